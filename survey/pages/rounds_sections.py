"""What these pages tell the shell: the section, a first step, and what waits for a director."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core import access_log, shell
from gis_core.permissions import may
from survey.models import Round
from survey.progress import progress_of
from survey.round_scope import seen_buildings
from survey.rounds import visible_rounds

OPEN = "open_rounds"
ENDS_SOON = timedelta(days=3)
LOG_WORDS = {
    "open_round": gettext_lazy("开始走访"),
    "close_round": gettext_lazy("结束走访"),
    "discard_round": gettext_lazy("删除筹备中的走访"),
    "assign_dwellings": gettext_lazy("分配户室"),
    "make_device": gettext_lazy("生成设备登录"),
    "revoke_device": gettext_lazy("停用设备"),
}


def register() -> None:
    access_log.ACTIONS.update(LOG_WORDS)
    shell.register_section(shell.Section("rounds", "rounds", gettext_lazy("走访普查"), OPEN, order=50))
    shell.register_settings_page(
        shell.Section("devices", "devices", gettext_lazy("设备"), "manage_devices", order=15)
    )
    shell.register_first_step(
        shell.FirstStep(
            gettext_lazy("准备一轮走访"),
            gettext_lazy("选社区、表单和日期，再把户室分给网格员。"),
            "round_new",
            gettext_lazy("新建一轮"),
            "plan_rounds",
            order=25,
        )
    )
    shell.register_workbench(waiting)


def waiting(user: Any, town: shell.TownChoice | None) -> Iterator[shell.WorkItem]:
    """Of open rounds: the end that comes near, call-backs that are due, dwellings that nobody visits."""
    if not may(user, OPEN):
        return
    for found in visible_rounds(user, OPEN).filter(state=Round.State.OPEN):
        address = reverse("round", args=[found.uid])
        tally = progress_of(found, buildings=seen_buildings(user, found, OPEN)).whole
        yield from _ending(found, address)
        if tally.due:
            words = _("%(round)s：%(count)d 户约定的时间到了")
            yield shell.WorkItem("call", words % {"round": found.name, "count": tally.due}, f"{address}#due")
        if tally.unassigned:
            words = _("%(round)s：%(count)d 户还没有分配")
            yield shell.WorkItem(
                "finding",
                words % {"round": found.name, "count": tally.unassigned},
                reverse("round_assign", args=[found.uid]),
            )


def _ending(found: Round, address: str) -> Iterator[shell.WorkItem]:
    left = found.ends_on - timezone.localdate()
    if left > ENDS_SOON:
        return
    if left.days < 0:
        sentence = _("%(round)s：%(day)s 已到期，仍在进行，请结束")
    else:
        sentence = _("%(round)s：%(day)s 结束")
    yield shell.WorkItem("round", sentence % {"round": found.name, "day": found.ends_on.isoformat()}, address)
