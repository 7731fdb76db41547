"""A data-quality report as lines of text, for the terminal."""

from typing import Any

MARKS = {"problem": "✗", "warning": "!", "info": "·"}


def report_lines(report: dict[str, Any], language: str = "zh-hans") -> list[str]:
    """Counts in a few lines, then one line a finding."""
    sentence = "sentence_en" if language.startswith("en") else "sentence_zh"
    lines = list(_count_lines(report["counts"], is_english=language.startswith("en")))
    return lines + [f"{MARKS[row['severity']]} {row[sentence]}" for row in report["findings"]]


def _count_lines(counts: dict[str, Any], *, is_english: bool) -> list[str]:
    lines = []
    if "buildings" in counts:
        words = "buildings, {:,} dwellings (estimate)" if is_english else "栋楼，{:,} 户（估算）"
        lines.append(f"{counts['buildings']:,} " + words.format(counts["dwellings_estimated"]))
    if "facilities" in counts:
        words = "facilities in {} categories" if is_english else "处设施，{} 类"
        lines.append(f"{counts['facilities']:,} " + words.format(len(counts["facilities_by_category"])))
    if "network" in counts:
        network = counts["network"]
        words = "km of streets, {nodes:,} junctions, {edges:,} stretches, {islands} islands"
        if not is_english:
            words = "公里步行路网，{nodes:,} 个路口，{edges:,} 段，{islands} 处孤岛"
        lines.append(f"{network['length_km']:,.1f} " + words.format(**network))
    return lines
