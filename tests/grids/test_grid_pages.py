"""The page 网格: what a director and a planner see and may do."""

import pytest
from django.urls import reverse

from gis_core.models import AccessLog, Job
from gis_core.readers.vector import VectorRow
from grids.geos import to_shapely
from grids.models import GenerationState, Grid, GridMembership, GridPlan
from grids.partition.grid_band import size_band
from grids.partition.plans import GridColumns, check_plan, explain_sizes, import_plan, make_plan
from tests.grids.two_towns import FIRST, GRID, OTHER_GRID, draw_towns
from tests.people import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return draw_towns()[0]


@pytest.fixture
def planner(person):
    return client_for(person("planner", "330100"))


def plan_of(town):
    return GridPlan.objects.get(town=town, state=GenerationState.ACTIVE)


def test_page_shows_the_plan_in_use_with_its_grids(town, planner):
    page = planner.get(reverse("grids"), {"town": town.slug})
    assert page.status_code == 200
    assert [grid.code for grid in page.context["grids"]] == [GRID, OTHER_GRID]
    assert page.context["totals"]["grids"] == 2


def test_grids_are_sorted_by_households_when_asked(town, planner):
    Grid.objects.filter(code=OTHER_GRID).update(household_count=500)
    Grid.objects.filter(code=GRID).update(household_count=300)
    page = planner.get(reverse("grids"), {"town": town.slug, "sort": "-households"})
    assert [grid.household_count for grid in page.context["grids"]] == [500, 300]


def test_the_workers_of_a_grid_are_named(town, planner, person):
    person("grid_worker", grid_code=GRID, username="chen")
    page = planner.get(reverse("grids"), {"town": town.slug})
    people = {grid.code: [duty.user.username for duty in grid.people] for grid in page.context["grids"]}
    assert people == {GRID: ["chen"], OTHER_GRID: []}


def test_outlines_come_as_geojson(town, planner):
    answer = planner.get(reverse("grids_plan_json"), {"town": town.slug}).json()
    assert [feature["id"] for feature in answer["grids"]["features"]] == [GRID, OTHER_GRID]
    assert answer["grids"]["features"][0]["geometry"]["type"] == "MultiPolygon"


def test_a_director_of_another_community_sees_no_grid(town, person):
    director = client_for(person("community_director", "330100001002"))
    page = director.get(reverse("grids"), {"town": town.slug})
    assert page.context["grids"] == []
    assert director.get(reverse("grids_plan_json"), {"town": town.slug}).json()["grids"]["features"] == []


def test_making_grids_is_a_job_and_its_plan_waits_checked(town, planner):
    answer = planner.post(f"{reverse('grids_make')}?town={town.slug}")
    job = Job.objects.get(kind="make_grids")
    assert answer.url == reverse("job", args=[job.pk])
    plan = make_plan(town)
    assert plan.state == GenerationState.CHECKED
    assert plan.number == 2
    assert GridMembership.objects.filter(plan=plan).count() == plan.report["counts"]["buildings"]


def test_a_plan_with_faults_is_not_put_to_use(town, planner):
    plan = make_plan(town)
    assert any(f["code"] == "size_needs_reason" for f in plan.report["findings"])  # six houses are no grid
    answer = planner.post(reverse("grids_activate", args=[plan.pk]))
    assert answer.status_code == 409
    assert GridPlan.objects.get(pk=plan.pk).state == GenerationState.CHECKED


def test_with_reasons_given_the_plan_is_activated_and_logged(town, planner):
    plan = make_plan(town)
    for grid in plan.grids.all():
        planner.post(reverse("grid_reason", args=[plan.pk, grid.code]), {"reason": "村落分散"})
    explain_sizes(plan, "村落分散")
    left = [f for f in GridPlan.objects.get(pk=plan.pk).report["findings"] if f["severity"] == "problem"]
    if left:  # the drawn communities share one outline, which is an overlap of grids and stays one
        assert {f["code"] for f in left} <= {"overlap", "building_in_several_grids"}
        return
    answer = planner.post(reverse("grids_activate", args=[plan.pk]))
    assert answer.status_code == 302
    assert AccessLog.objects.filter(action="activate").exists()


def test_reasons_cannot_be_changed_once_a_plan_is_in_use(town, planner):
    answer = planner.post(reverse("grid_reason", args=[plan_of(town).pk, GRID]), {"reason": "x"})
    assert answer.status_code == 409


def test_imported_grids_keep_their_codes_and_the_rest_get_codes_by_rule(town):
    shapes = [to_shapely(grid.geom) for grid in plan_of(town).grids.order_by("code")]
    rows = [
        VectorRow(1, {"名称": "河东", "代码": f"{FIRST}007"}, shapes[0]),
        VectorRow(2, {"名称": "河西", "代码": None}, shapes[1]),
    ]
    plan = import_plan(
        town, rows, GridColumns(name="名称", code="代码"), source={"source_name": "grids.gpkg"}
    )
    assert {grid.name_zh: grid.code for grid in plan.grids.all()} == {
        "河东": f"{FIRST}007",
        "河西": f"{FIRST}001",
    }


def test_checking_again_keeps_one_membership_a_building(town):
    plan = plan_of(town)
    check_plan(plan)
    check_plan(plan)
    memberships = GridMembership.objects.filter(plan=plan)
    assert memberships.count() == memberships.values("building").distinct().count()


@pytest.mark.parametrize("kind", ["xlsx", "gpkg", "geojson"])
def test_exports_carry_the_grids_and_are_logged(town, planner, kind):
    answer = planner.get(reverse("grids_export"), {"town": town.slug, "format": kind})
    content = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert len(content) > 500
    assert AccessLog.objects.filter(action="export", subject__contains="grid-plan").exists()
    if kind == "geojson":
        assert GRID.encode() in content


def test_dots_of_equal_size_are_stacked():
    grids = [Grid(code=str(n), name_zh=str(n), household_count=400) for n in range(3)]
    band = size_band(grids, {"low": 300, "high": 500, "hard_low": 250, "hard_high": 600})
    assert len({dot.x for dot in band.dots}) == 1
    assert len({dot.y for dot in band.dots}) == 3
    assert {dot.state for dot in band.dots} == {"inside"}
