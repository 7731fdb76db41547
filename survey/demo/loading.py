"""The survey of the demo: workers, the round, its visits. A second call finds all of it there."""

from gis_core.models import User
from gis_core.progress import Progress
from grids.models import Town
from survey.demo.earlier_rounds import SPRING, WINTER, make_earlier_round, seal_earlier_round
from survey.demo.round import find_round, make_round
from survey.demo.visits import make_visits
from survey.models import Round, Submission


def load_survey(town: Town, people: dict[str, User], progress: Progress) -> None:
    """Whatever is missing of the demo's rounds; a round that somebody ended or sealed is left as it is."""
    winter = make_earlier_round(WINTER, town, people, progress)
    seal_earlier_round(winter, people, progress)
    make_earlier_round(SPRING, town, people, progress)
    found = find_round(town) or make_round(town, people)
    if found.state == Round.State.OPEN and not Submission.objects.filter(round=found).exists():
        make_visits(found, progress)
