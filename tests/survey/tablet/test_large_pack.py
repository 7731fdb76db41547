"""A worker with 5,000 dwellings: the pack stays below 10 MB, whatever is known of every door."""

import pytest
from django.utils import timezone

from gis_core.models import Duty
from grids.models import Building, Dwelling
from survey.daypack.pack import DayPack
from survey.models import Entity, Request
from survey.rounds import list_dwellings
from tests.survey.tablet.tablets import draw_day
from tests.survey.worlds import Field, fill_building

pytestmark = pytest.mark.django_db

LIMIT_BYTES = 10 * 2**20
UNITS, FLOORS, DOORS = range(11, 36), range(1, 34), range(1, 4)  # 25 × 33 × 3 = 2,475 a building
FACTS = {
    "has_lift": "yes",
    "has_heat": "no",
    "has_gas": "yes",
    "is_self_contained": "yes",
    "occupancy": "rented",
}


def fill(field: Field) -> int:
    """Two towers on top of the 16 dwellings; every door with all facts, one in five with two needs."""
    for building in Building.objects.filter(stock=field.round.stock, number__in=(0, 1)):
        fill_building(building, UNITS, FLOORS, DOORS)
    list_dwellings(field.round)
    Entity.objects.filter(list_name="dwellings").update(data=FACTS)
    codes = Dwelling.objects.filter(building__number__in=(0, 1)).values_list("code", flat=True)
    Request.objects.bulk_create(
        Request(town=field.town, dwelling_code=code, category=category, opened_at=timezone.now())
        for code in list(codes)[::5]
        for category in ("health", "learning")
    )
    return 16 + 2 * len(UNITS) * len(FLOORS) * len(DOORS)


def test_five_thousand_dwellings_stay_below_ten_megabytes():
    field = draw_day()
    count = fill(field)
    assert Duty.objects.filter(user=field.worker).exists()
    pack = DayPack(field.set)
    manifest = pack.manifest(lambda part: part.kind)
    assert pack.dwelling_count == count == 4966
    size_bytes = sum(part["bytes"] for part in manifest["parts"])
    assert size_bytes < LIMIT_BYTES, f"{size_bytes / 2**20:.1f} MB"
