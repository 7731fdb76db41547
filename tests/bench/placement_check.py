"""The check of 5,000 flats in the bench's database, inside a transaction that is undone."""

from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from django.db import transaction

if TYPE_CHECKING:
    from grids.models import Town

COUNT, BUILDINGS, ROUNDS = 5_000, 60, 5


class _UndoneError(Exception):
    pass


def time_check() -> tuple[float, float, float, int]:
    """(median, worst, median processor) seconds of the whole check; people live in the buildings already."""
    times: list[tuple[float, float]] = []
    try:
        with transaction.atomic():
            _run(times)
            raise _UndoneError
    except _UndoneError:
        walls, cpus = zip(*times, strict=True)
        return median(walls), max(walls), median(cpus), COUNT


def _run(times: list[tuple[float, float]]) -> None:
    from grids.models import Applicant, Flat
    from grids.placement.check import check_places
    from grids.placement.projects import begin_project
    from grids.placement.rules import limits_of, make_rules
    from grids.placement.trial import inputs_text, serial_places, trial_seed
    from tests.bench.placement_city import TENURES, city

    project = begin_project(_town(), "bench", None)
    flats, applicants = city(COUNT, BUILDINGS)
    for one in (*flats, *applicants):
        one.project = project
    Flat.objects.bulk_create(flats)
    Applicant.objects.bulk_create(applicants)
    rules = make_rules(
        project,
        name="1.25",
        reason="bench",
        cap_factors=dict.fromkeys(TENURES, "1.25"),
        most_in_cluster=4,
        shares_entrances=True,
    )
    places = serial_places(flats, applicants, limits_of(rules), trial_seed(inputs_text(flats, applicants)))
    check_places(project, rules, places)  # arrays are read once a process
    for _round in range(ROUNDS):
        begun, begun_cpu = perf_counter(), process_time()
        check_places(project, rules, places)
        times.append((perf_counter() - begun, process_time() - begun_cpu))


def _town() -> "Town":
    """Buildings in a row, each with market homes in its upper floors."""
    from django.contrib.gis.geos import MultiPolygon, Point, Polygon

    from grids.models import Building, Dwelling, GenerationState, Stock, Town
    from tests.bench.placement_city import COMMUNITY, building_code

    town = Town.objects.create(slug="bench-placement", name_zh="配房", root_code="99")
    stock = Stock.objects.create(town=town, number=1, source_name="drawn", state=GenerationState.ACTIVE)
    made = Building.objects.bulk_create(
        Building(
            stock=stock,
            number=number,
            code=building_code(number),
            community_code=COMMUNITY,
            source_id=f"way/{number}",
            geom=MultiPolygon(Polygon.from_bbox((114 + number / 1e3, 30, 114.0005 + number / 1e3, 30.001))),
            point=Point(114.0002 + number / 1e3, 30.0005),
            footprint_m2=400,
            dwelling_count=100,
        )
        for number in range(BUILDINGS)
    )
    Dwelling.objects.bulk_create(
        Dwelling(
            building=building,
            code=f"{building.code}{1 + place % 4:02d}{60 + place // 4:02d}01",
            unit=1 + place % 4,
            floor=60 + place // 4,
            door=1,
            tenure="market",
            source="register",
        )
        for building in made
        for place in range(100)
    )
    return town
