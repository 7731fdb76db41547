"""What the access matrix needs of this room in town 甲: a round under way, and one being prepared."""

from gis_core.models import User
from grids.models import Town
from survey.assignments import Place, assign
from survey.models import AssignmentSet
from survey.rounds import open_round
from tests.grids.two_towns import GRID
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
