"""Findings of a report as pages show them: the sentence in the reader's language, the gravest first."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

ORDER = {"problem": 0, "warning": 1, "info": 2}
WORDS = {"problem": _("必须改正"), "warning": _("请留意"), "info": _("说明")}


def finding_rows(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows with `sentence`, `word` and `index` (its place in the report, which the map refers to)."""
    is_english = (get_language() or "").startswith("en")
    rows = []
    for index, finding in enumerate(report.get("findings", [])):
        sentence = finding.get("sentence_en" if is_english else "sentence_zh") or finding.get(
            "sentence_zh", ""
        )
        rows.append(
            {
                "count": 0,
                "examples": [],
                "grid_codes": [],
                **finding,
                "index": index,
                "sentence": sentence,
                "word": WORDS.get(finding["severity"], finding["severity"]),
            }
        )
    return sorted(rows, key=lambda row: ORDER.get(row["severity"], 3))


def counts_by_severity(report: dict[str, Any]) -> list[dict[str, Any]]:
    """How many findings of each severity, gravest first; none are left out."""
    found = [finding["severity"] for finding in report.get("findings", [])]
    return [{"severity": s, "word": WORDS[s], "count": found.count(s)} for s in ORDER if s in found]
