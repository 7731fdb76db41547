"""Lists of buildings, facilities and estates: what is searched, filtered, sorted, and how a row reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.shell import local_name
from grids.catalogue import by_code, headings
from grids.models import Area, Building, Estate, Facility, GridMembership, GridPlan, Stock, Town
from grids.scoping import visible_grids

TABS = [
    ("buildings", gettext_lazy("楼栋")),
    ("facilities", gettext_lazy("服务设施")),
    ("estates", gettext_lazy("住宅小区")),
]
SORTS: dict[str, dict[str, str]] = {
    "buildings": {
        "code": "code",
        "floors": "floors",
        "dwellings": "dwelling_count",
        "footprint": "footprint_m2",
    },
    "facilities": {"name": "name_zh", "area": "area_m2"},
    "estates": {"name": "name_zh", "buildings": "building_total", "dwellings": "dwelling_total"},
}
DWELLING_SOURCES = {
    "register": gettext_lazy("登记户数"),
    "estimate": gettext_lazy("估算户数"),
    "none": gettext_lazy("无住户"),
}
YES_NO = {"yes": False, "no": True}  # value -> isnull


@dataclass(frozen=True)
class Asked:
    """What the address asks for; anything unknown is ignored."""

    q: str = ""
    kind: str = ""
    category: str = ""
    community: str = ""
    grid: str = ""
    floors: str = ""
    source: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        return cls(**{key: str(query.get(key, "")).strip()[:60] for key in cls.__dataclass_fields__})

    @property
    def is_filtered(self) -> bool:
        return any((self.q, self.kind, self.category, self.community, self.grid, self.floors, self.source))


def _ordered(rows: QuerySet[Any], tab: str, sort: str, default: tuple[str, ...]) -> QuerySet[Any]:
    field = SORTS[tab].get(sort.removeprefix("-"))
    if field is None:
        return rows.order_by(*default)
    return rows.order_by(f"-{field}" if sort.startswith("-") else field, *default)


def buildings(rows: QuerySet[Building], asked: Asked) -> QuerySet[Building]:
    if asked.q:
        rows = rows.filter(
            Q(name__icontains=asked.q)
            | Q(address__icontains=asked.q)
            | Q(code__startswith=asked.q)
            | Q(source_id=asked.q)
            | Q(estate__name_zh__icontains=asked.q)
        )
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.community:
        rows = rows.filter(community_code=asked.community)
    if asked.grid:
        inside = GridMembership.objects.filter(plan__state="active", grid__code=asked.grid)
        rows = rows.filter(pk__in=inside.values("building"))
    if asked.floors in YES_NO:
        rows = rows.filter(floors__isnull=YES_NO[asked.floors])
    if asked.source:
        rows = rows.filter(dwelling_source=asked.source)
    return _ordered(rows.select_related("estate"), "buildings", asked.sort, ("code",))


def facilities(rows: QuerySet[Facility], asked: Asked) -> QuerySet[Facility]:
    if asked.q:
        rows = rows.filter(
            Q(name_zh__icontains=asked.q)
            | Q(name_en__icontains=asked.q)
            | Q(address__icontains=asked.q)
            | Q(source_id=asked.q)
        )
    if asked.category:
        rows = rows.filter(categories__contains=[asked.category])
    if asked.kind:
        rows = rows.filter(status=asked.kind)
    if asked.source:
        rows = rows.filter(source=asked.source)
    return _ordered(rows, "facilities", asked.sort, ("name_zh", "name_en", "number"))


def estates(rows: QuerySet[Estate], asked: Asked) -> QuerySet[Estate]:
    if asked.q:
        rows = rows.filter(Q(name_zh__icontains=asked.q) | Q(name_en__icontains=asked.q))
    if asked.kind in ("closed", "open"):
        rows = rows.filter(is_closed=asked.kind == "closed")
    rows = rows.annotate(
        building_total=Count("buildings"), dwelling_total=Sum("buildings__dwelling_count", default=0)
    )
    return _ordered(rows, "estates", asked.sort, ("name_zh", "number"))


LISTS: dict[str, Callable[[Any, Asked], QuerySet[Any]]] = {
    "buildings": buildings,
    "facilities": facilities,
    "estates": estates,
}


def shown(tab: str, rows: list[Any]) -> list[Any]:
    """Rows with the words that a template cannot work out."""
    for row in rows:
        if tab == "facilities":
            row.category_names = category_names(row)
        elif tab == "buildings":
            row.source_words = DWELLING_SOURCES.get(row.dwelling_source, "")
    return rows


def category_names(facility: Facility) -> list[str]:
    return [local_name(by_code()[code]) for code in facility.categories if code in by_code()]


def choices(user: Any, town: Town, stock: Stock | None, plan: GridPlan | None, tab: str) -> dict[str, Any]:
    """What the filters of a tab offer."""
    if tab == "facilities":
        groups = [
            (local_name(heading), [(row.code, local_name(row)) for row in heading.categories])
            for heading in headings()
        ]
        sources = [("osm", "OpenStreetMap"), ("table", _("表格")), ("manual", _("手工"))]
        return {"categories": groups, "kinds": Facility.Status.choices, "sources": sources}
    if tab == "estates":
        return {"kinds": [("closed", _("封闭")), ("open", _("开放"))]}
    areas = Area.objects.filter(town=town, level=Area.Level.COMMUNITY, valid_until=None)
    grids = visible_grids(user, "open_places").filter(plan=plan).order_by("code") if plan else []
    return {
        "kinds": Building.Kind.choices,
        "communities": [(area.code, local_name(area)) for area in areas] if areas.count() > 1 else [],
        "grids": [(grid.code, local_name(grid)) for grid in grids],
        "sources": list(DWELLING_SOURCES.items()),
    }
