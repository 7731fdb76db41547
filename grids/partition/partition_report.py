"""A plan in words and numbers, for the terminal and for programs."""

from typing import Any

from grids.models import GridPlan

MARKS = {"problem": "✗", "warning": "!", "info": "·"}


def plan_lines(plan: GridPlan) -> list[str]:
    """One line a grid, one line a finding."""
    counts = plan.report["counts"]
    lines = [
        f"{plan.town.name_zh}  plan {plan.number} ({plan.state})  {counts['grids']} grids, "
        f"{counts['households']} households in {counts['buildings']} buildings"
    ]
    for grid in plan.grids.order_by("code"):
        lines.append(
            f"  {grid.code}  {grid.household_count:>5} households  {grid.building_count:>4} buildings  "
            f"{grid.area_m2 / 1e4:>7.1f} ha  {grid.name_zh}"
            + (" (dedicated)" if grid.kind == "dedicated" else "")
        )
    for finding in plan.report["findings"]:
        lines.append(f"{MARKS[finding['severity']]} {finding['code']}: {finding['sentence_en']}")
    return lines


def plan_report(plan: GridPlan) -> dict[str, Any]:
    grids = plan.grids.order_by("code").values(
        "code", "name_zh", "kind", "household_count", "building_count", "area_m2", "size_reason"
    )
    return {
        "town": plan.town.slug,
        "plan": plan.number,
        "state": plan.state,
        "rules": plan.rules,
        **plan.report,
        "grids": list(grids),
    }
