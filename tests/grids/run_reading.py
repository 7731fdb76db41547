"""What a coverage run says: of a building, of an area, and why."""

from grids.coverage.walks import fact_card
from grids.models import AreaShare, BuildingWalk, CoverageRun

FAR = 32767


def walks(run: CoverageRun, code: str, table: str = "walk_dm") -> list[int | None]:
    """Decimetres to the nearest facility of a category, by building number; None: nothing known."""
    place = run.categories.index(code)
    rows = BuildingWalk.objects.filter(run=run).order_by("number")
    return [getattr(row, table)[place] if getattr(row, table) else None for row in rows]


def share(
    run: CoverageRun, code: str, *, level: str = "town", mode: str = "norm", area: str = ""
) -> AreaShare:
    rows = run.area_shares.filter(level=level, mode=mode).of_category(run, code)
    return rows.get(code=area) if area else rows.get()


def why(run: CoverageRun, number: int, code: str) -> str | None:
    return next(row["why"] for row in fact_card(run, number)["walks"] if row["category"] == code)
