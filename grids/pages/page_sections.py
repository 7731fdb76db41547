"""What these pages tell the shell: sections, first steps, and what waits for whom."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core import shell
from gis_core.permissions import may
from grids.models import FacilityInventory, GenerationState, GridPlan, Stock, StreetNetwork
from grids.scoping import visible_towns

FIRST_STEPS = (
    shell.FirstStep(
        gettext_lazy("导入一个城镇"),
        gettext_lazy("上传 OSM 数据，看清找到什么、缺什么，再启用。"),
        "data_upload",
        gettext_lazy("上传数据"),
        "import_town",
        order=10,
    ),
    shell.FirstStep(
        gettext_lazy("看生活圈"),
        gettext_lazy("选一类设施，看谁走得到、哪里缺。"),
        "coverage",
        gettext_lazy("打开生活圈"),
        "open_coverage",
        order=20,
    ),
    shell.FirstStep(
        gettext_lazy("核对网格"),
        gettext_lazy("看各网格的户数、边界和责任人。"),
        "grids",
        gettext_lazy("打开网格"),
        "open_grids",
        order=30,
    ),
)


def register() -> None:
    from grids.town_import import uploads  # noqa: F401 — they register their jobs

    shell.register_section(shell.Section("grids", "grids", gettext_lazy("网格"), "open_grids", order=30))
    shell.register_section(
        shell.Section("places", "places", gettext_lazy("房屋设施"), "open_places", order=40)
    )
    shell.register_section(shell.Section("data", "data", gettext_lazy("数据"), "open_data", order=80))
    shell.register_settings_page(
        shell.Section("profile", "city_profile", gettext_lazy("城市标准"), "edit_profile", order=50)
    )
    shell.register_workbench(waiting)
    for step in FIRST_STEPS:
        shell.register_first_step(step)


def waiting(user: Any, town: shell.TownChoice | None) -> Iterator[shell.WorkItem]:
    """Loads that were checked and wait to be put to use, in the towns this person looks after."""
    if not may(user, "activate_generation"):
        return
    towns = visible_towns(user, "activate_generation")
    for kind, word in ((StreetNetwork, _("路网")), (Stock, _("房屋")), (FacilityInventory, _("设施"))):
        for row in kind.objects.filter(town__in=towns, state=GenerationState.CHECKED).select_related("town"):
            yield shell.WorkItem(
                "finding",
                _("%(town)s：第 %(number)d 代%(kind)s已检查，待启用")
                % {"town": shell.local_name(row.town), "number": row.number, "kind": word},
                f"{reverse('data')}?town={row.town.slug}",
                row.created_at,
            )
    for plan in GridPlan.objects.filter(town__in=towns, state=GenerationState.CHECKED).select_related("town"):
        problems = sum(finding["severity"] == "problem" for finding in plan.report.get("findings", []))
        if problems:
            yield shell.WorkItem(
                "finding",
                _("%(town)s：网格方案 %(number)d 有 %(count)d 处必须改正")
                % {"town": shell.local_name(plan.town), "number": plan.number, "count": problems},
                f"{reverse('grids')}?town={plan.town.slug}&plan={plan.number}",
                plan.created_at,
            )
