"""The survey of the demo: workers, the round, its visits. A second call finds all of it there."""

from gis_core.models import User
from gis_core.progress import Progress
from grids.models import Town
from survey.demo.round import find_round, make_round
from survey.demo.visits import is_sent, last_call, make_visits
from survey.models import Round


def load_survey(town: Town, people: dict[str, User], progress: Progress) -> None:
    """Whatever is missing of the demo's round; a round that somebody ended or sealed is left as it is."""
    found = find_round(town) or make_round(town, people)
    if found.state == Round.State.OPEN and not is_sent(found.form_version, last_call(found)):
        make_visits(found, progress)
