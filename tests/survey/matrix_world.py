"""What the access matrix needs of this room in town 甲: a round under way, and one being prepared."""

from gis_core.models import Duty, Job, User
from grids.models import Building, Dwelling, PlaceCorrection, Town
from survey.assignments import Place, assign
from survey.models import AssignmentSet
from survey.rounds import open_round
from tests.grids.access_rows import World
from tests.grids.two_towns import FIRST, GRID, draw_two_towns
from tests.people import make_person
from tests.survey.records.kept import OUTLINE
from tests.survey.worlds import Field, add_dwellings, draw_round, make_form_version, make_item


def draw_survey(own: Town, other: Town, worker: User, director: User) -> Field:
    """An open round in the first community of 甲, its first grid given to `worker`, and a draft beside it."""
    add_dwellings(own)
    version = make_form_version(make_item(own.root_code), "hh", "1", "<h/>", OUTLINE)
    opened = open_round(draw_round(version, own, allows_collect=True), by=director)
    draw_round(version, own, allows_collect=True)
    assign(opened, worker, [Place(grid_code=GRID)], by=director)
    held = AssignmentSet.objects.get(round=opened, worker=worker)
    return Field(own, other, opened, version, director, worker, worker, held, held)


def draw_world() -> World:
    """Two towns with runs, a job, a correction, and a round whose worker has one community."""
    towns = draw_two_towns()
    building = Building.objects.get(stock=towns.own_run.stock, number=3)
    owner = make_person("owner", "planner", area_code="330100")
    worker = make_person("worker", "grid_worker", area_code=FIRST)
    director = make_person("director", "community_director", area_code=FIRST)
    survey = draw_survey(towns.own, towns.other, worker, director)
    dwelling = Dwelling.objects.get(building=building, unit=1, floor=1, door=1)
    job = Job.objects.create(kind="run_coverage", owner=owner, area_code="330100")
    correction = PlaceCorrection.objects.create(
        town=towns.own,
        subject="building",
        source_id=building.source_id,
        code=building.code,
        field="floors",
        new_value=6,
        reason="现场核对",
    )
    return World(towns, job, worker, Duty.objects.get(user=worker), dwelling, correction, survey)
