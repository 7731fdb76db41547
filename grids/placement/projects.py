"""The beginning of a project, and whether it may still be changed."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from gis_core.permissions import AREA_CODE_LENGTHS
from grids.generations import active
from grids.models import Draw, PlacementProject, Stock, Town
from grids.placement.errors import NothingToCheck, ProjectClosed, ProjectInUse, WrongName


@transaction.atomic
def begin_project(town: Town, name: str, by: Any, area_code: str = "") -> PlacementProject:
    """A project on the stock in use today; a later stock does not change it.

    Raises:
        NothingToCheck: the town has no buildings yet. WrongName: none, or one that is taken.
    """
    name = free_name(town, name)
    stock = active(Stock, town)
    if stock is None:
        raise NothingToCheck(
            _("“%(town)s”还没有楼栋，不能建配房项目。请先导入楼栋。") % {"town": town.name_zh}
        )
    made = PlacementProject.objects.create(
        town=town, stock=stock, name=name, area_code=area_code or town.root_code, created_by=by
    )
    log_access(by, "begin_placement", f"placement {made.pk}", area_code=made.area_code)
    return made


@transaction.atomic
def rename_project(project: PlacementProject, name: str, by: Any) -> None:
    """Another name, while the list is open: from then on the name is part of what is published.

    Raises:
        ProjectClosed, WrongName
    """
    held = require_preparing(project)
    held.name = free_name(held.town, name, but=held)
    held.save(update_fields=["name"])
    log_access(by, "rename_placement", f"placement {held.pk}", area_code=held.area_code)
    project.refresh_from_db()


@transaction.atomic
def delete_project(project: PlacementProject, typed_name: str, by: Any) -> None:
    """Flats, applications, rules and alternatives go with it; a project with a draw stays for good.

    Raises:
        WrongName: the name was not typed. ProjectInUse: there is a draw.
    """
    held = PlacementProject.objects.select_for_update().get(pk=project.pk)
    if typed_name.strip() != held.name:
        raise WrongName(_("请原样输入项目名称“%(name)s”，再删除。") % {"name": held.name})
    if Draw.objects.filter(project=held).exists():
        raise ProjectInUse(
            _("“%(name)s”的名单已经封闭，有摇号记录，不能删除。") % {"name": held.name}, state=held.state
        )
    log_access(by, "delete_placement", f"placement {held.pk}", area_code=held.area_code)
    held.variants.all().delete()  # they hold on to their rules
    held.rules.all().delete()
    held.delete()


def free_name(town: Town, name: str, but: PlacementProject | None = None) -> str:
    """The name without spaces around it.

    Raises:
        WrongName: there is none, or another project of the town has it.
    """
    name = name.strip()
    if not name:
        raise WrongName(_("请填写项目名称。"))
    same = PlacementProject.objects.filter(town=town, name=name)
    if (same.exclude(pk=but.pk) if but else same).exists():
        raise WrongName(_("已有叫“%(name)s”的配房项目，请换一个名称。") % {"name": name})
    return name


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
