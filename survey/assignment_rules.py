"""What may not be assigned, and why: asked before anything is written."""

from django.utils.translation import gettext as _

from gis_core.models import User
from gis_core.permissions import Scope, duties_for
from grids.models import GridMembership
from survey.assignment_places import VISIT, Place, stairwells_of
from survey.errors import AssignmentRefused
from survey.models import Round


def require_changeable(round_: Round) -> None:
    """Two directors at once: the second waits for the first, and finds what the first left."""
    found = Round.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    if found.state not in (Round.State.DRAFT, Round.State.OPEN):
        raise AssignmentRefused(_("这一轮%(state)s，分配不再更改。") % {"state": found.get_state_display()})


def require_in_round(round_: Round, places: list[Place]) -> None:
    known: set[Place] = set().union(*(row.places for row in stairwells_of(round_)))
    for place in places:
        if place not in known:
            raise AssignmentRefused(_("%(place)s 不在这一轮走访的范围内。") % {"place": place.code})


def require_duty(worker: User, places: list[Place]) -> None:
    """A worker visits only where a duty holds the place; what a director assigns cannot widen a duty."""
    scope = duties_for(worker, VISIT)
    in_grids = _buildings_of(scope)
    for place in places:
        if scope.holds(place.code) or place.grid_code in scope.grid_codes - {""}:
            continue
        if place.building_code and place.building_code in scope.building_codes | in_grids:
            continue
        raise AssignmentRefused(
            _("%(worker)s 在 %(place)s 没有网格员职责。请先在“人员与职责”中增加。")
            % {"worker": worker.display_name, "place": place.code}
        )


def _buildings_of(scope: Scope) -> frozenset[str]:
    """Codes of the buildings in the duties' grids, by the plan in use."""
    if not scope.grid_codes:
        return frozenset()
    members = GridMembership.objects.filter(plan__state="active", grid__code__in=sorted(scope.grid_codes))
    return frozenset(members.values_list("building__code", flat=True))
