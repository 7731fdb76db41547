"""A town with an open round, people on it, and a form: what most tests of this room stand on.

Town 甲 (tests/grids/two_towns.py): community …001001 with buildings 0–3, grids …001 (0, 1) and …002 (2, 3);
community …001002 with buildings 4 and 5. Each building gets 2 stairwells × 2 floors × 2 doors = 8 dwellings,
so the first community has 32, grid …001 has 16.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

from django.utils import timezone

from gis_core.models import User
from grids.models import Building, Dwelling, Town
from survey.assignments import Place, assign
from survey.models import AssignmentSet, Form, FormVersion, NoticeText, Round, WorkListItem
from survey.rounds import open_round
from tests.grids.two_towns import FIRST, GRID, OTHER_GRID, draw_towns
from tests.people import make_person

UNITS = FLOORS = DOORS = (1, 2)


@dataclass(frozen=True)
class Field:
    """One open round in the first community of 甲; `worker` has grid …001, `colleague` grid …002."""

    town: Town
    other_town: Town
    round: Round
    form_version: FormVersion
    director: User
    worker: User
    colleague: User
    set: AssignmentSet
    colleague_set: AssignmentSet

    def dwelling(self, building: int = 0, unit: int = 1, floor: int = 1, door: int = 1) -> Dwelling:
        return Dwelling.objects.select_related("building").get(
            building__stock=self.round.stock, building__number=building, unit=unit, floor=floor, door=door
        )


def add_dwellings(town: Town) -> None:
    for building in Building.objects.filter(stock__town=town):
        fill_building(building, UNITS, FLOORS, DOORS)


def fill_building(
    building: Building, units: Iterable[int], floors: Iterable[int], doors: Iterable[int]
) -> None:
    """A dwelling behind every door of every floor of every stairwell."""
    Dwelling.objects.bulk_create(
        Dwelling(
            building=building,
            code=f"{building.code}{unit:02d}{floor:02d}{door:02d}",
            unit=unit,
            floor=floor,
            door=door,
            source="register",
        )
        for unit, floor, door in product(units, floors, doors)
    )


def make_item(area_code: str = "330100") -> WorkListItem:
    return WorkListItem.objects.create(
        code=f"Q-{area_code}",
        area_code=area_code,
        name_zh="住户与需求登记",
        name_en="Households and needs",
        purpose_zh="安排服务，规划便民设施",
        purpose_en="To arrange services and plan facilities",
        basis="consent",
        retention_days=365,
        valid_from=date(2026, 1, 1),
    )


def make_form_version(
    item: WorkListItem, form_id: str, version: str, xform: str, outline: dict[str, Any]
) -> FormVersion:
    """A stored version, as the upload page would leave it."""
    import hashlib

    form = Form.objects.create(
        form_id=form_id, area_code=item.area_code, item=item, title_zh="住户表", title_en="Household"
    )
    return FormVersion.objects.create(
        form=form,
        version=version,
        xform=xform,
        xform_md5=hashlib.md5(xform.encode()).hexdigest(),  # noqa: S324 — OpenRosa's own checksum
        workbook=b"",
        workbook_sha256=hashlib.sha256(b"").hexdigest(),
        outline=outline,
    )


def draw_round(
    form_version: FormVersion, town: Town, *, area_codes: list[str] | None = None, **facts: Any
) -> Round:
    """A round still being prepared."""
    today = timezone.localdate()
    notice, _new = NoticeText.objects.get_or_create(
        area_code=town.root_code,
        version=1,
        defaults={"text_zh": "本次走访只登记您家需要的服务。", "text_en": "Only services."},
    )
    return Round.objects.create(
        town=town,
        name="秋季走访",
        form_version=form_version,
        notice=notice,
        area_codes=area_codes or [FIRST],
        starts_on=today - timedelta(days=1),
        ends_on=today + timedelta(days=20),
        **facts,
    )


def draw_field(form_version: FormVersion | None = None, **facts: Any) -> Field:
    """Everything above, the round open and both grids assigned."""
    town, other = draw_towns()
    add_dwellings(town)
    add_dwellings(other)
    version = form_version or make_form_version(make_item(), "hh", "1", "<h/>", {})
    director = make_person("director", "community_director", area_code=FIRST)
    worker = make_person("worker", "grid_worker", grid_code=GRID)
    colleague = make_person("colleague", "grid_worker", grid_code=OTHER_GRID)
    opened = open_round(draw_round(version, town, **facts), by=director)
    assign(opened, worker, [Place(grid_code=GRID)], by=director)
    assign(opened, colleague, [Place(grid_code=OTHER_GRID)], by=director)
    sets = {row.worker_id: row for row in AssignmentSet.objects.filter(round=opened)}
    return Field(
        town, other, opened, version, director, worker, colleague, sets[worker.pk], sets[colleague.pk]
    )
