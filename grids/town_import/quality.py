"""The data-quality report of an import: what was found, what is missing, and what that means for the
figures."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

EXAMPLES_LISTED = 10


@dataclass(frozen=True)
class Finding:
    """One thing the reader of a figure must know."""

    code: str
    severity: str  # info | warning | problem
    sentence_zh: str
    sentence_en: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


def report_of(
    counts: dict[str, Any], findings: Iterable[Finding], files: Sequence[dict[str, str]]
) -> dict[str, Any]:
    """The report as a generation keeps it; problems first."""
    order = {"problem": 0, "warning": 1, "info": 2}
    ranked = sorted(findings, key=lambda finding: order[finding.severity])
    return {"counts": counts, "findings": [asdict(finding) for finding in ranked], "files": list(files)}


def percent(part: int, whole: int) -> str:
    """A share that never rounds something to nothing or a part to all."""
    if not part or not whole:
        return "0 %"
    share = 100 * part / whole
    if part == whole:
        return "100 %"
    return "<1 %" if share < 1 else f"{min(round(share), 99)} %"
