"""The beginning of a project, and whether it may still be changed."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from gis_core.permissions import AREA_CODE_LENGTHS
from grids.generations import active
from grids.models import PlacementProject, Stock, Town
from grids.placement.errors import NothingToCheck, ProjectClosed


@transaction.atomic
def begin_project(town: Town, name: str, by: Any, area_code: str = "") -> PlacementProject:
    """A project on the stock in use today; a later stock does not change it.

    Raises:
        NothingToCheck: the town has no buildings yet.
    """
    stock = active(Stock, town)
    if stock is None:
        raise NothingToCheck(
            _("“%(town)s”还没有楼栋，不能建配房项目。请先导入楼栋。") % {"town": town.name_zh}
        )
    made = PlacementProject.objects.create(
        town=town, stock=stock, name=name.strip(), area_code=area_code or town.root_code, created_by=by
    )
    log_access(by, "begin_placement", f"placement {made.pk}", area_code=made.area_code)
    return made


def require_preparing(project: PlacementProject) -> PlacementProject:
    """The project's row, locked; inside a transaction.

    Raises:
        ProjectClosed
    """
    held = PlacementProject.objects.select_for_update().get(pk=project.pk)
    if held.state != PlacementProject.State.PREPARING:
        raise ProjectClosed(
            _("“%(name)s”的名单已经封闭，房源、申请和规则不能再改。") % {"name": held.name}, state=held.state
        )
    return held


def smallest_area(codes: Iterable[str]) -> str:
    """The code of the smallest area that holds all of these buildings; "" where there is none."""
    held = list(codes)
    for length in reversed(AREA_CODE_LENGTHS):
        shared = {code[:length] for code in held}
        if len(shared) == 1:
            return shared.pop()
    return ""
