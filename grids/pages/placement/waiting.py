"""What waits for a housing official: the next step of each project that is under way."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from gis_core import shell
from gis_core.permissions import may
from grids.pages.placement.scope import OPEN, State, current_step, visible_projects

MOST_PROJECTS = 5


def waiting(user: Any, town: shell.TownChoice | None) -> Iterator[shell.WorkItem]:
    if not may(user, OPEN):
        return
    under_way = visible_projects(user).exclude(state__in=[State.PUBLISHED, State.STOPPED])
    for project in under_way[:MOST_PROJECTS]:
        step = current_step(project)
        told = _("%(project)s：下一步 %(step)s") % {"project": project.name, "step": step.label}
        yield shell.WorkItem("placement", told, step.url, project.created_at)
