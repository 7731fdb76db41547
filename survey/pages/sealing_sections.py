"""What sealing tells the shell: its settings page, what waits, the recovery of a key between two steps."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core import access_log, recoveries, shell
from gis_core.permissions import may
from survey.models import Round
from survey.rounds import holds_round, visible_rounds
from survey.sealing import recover_sealing

PREVIEW, SEAL = "preview_sealing", "seal_round"
LOG_WORDS = {
    "prepare_sealing": gettext_lazy("准备封存走访"),
    "confirm_sealing": gettext_lazy("确认封存走访"),
    "seal_round": gettext_lazy("封存走访"),
    "read_case_contact": gettext_lazy("查看诉求的联系方式"),
}


def register() -> None:
    access_log.ACTIONS.update(LOG_WORDS)
    recoveries.register_recovery(recover_sealing)
    shell.register_settings_page(shell.Section("sealing", "sealings", gettext_lazy("封存"), SEAL, order=42))
    shell.register_workbench(waiting)


def waiting(user: Any, town: shell.TownChoice | None) -> Iterator[shell.WorkItem]:
    """For the officer: sealings that were prepared. For directors: closed rounds nobody prepared."""
    if not may(user, PREVIEW):
        return
    closed = visible_rounds(user, PREVIEW).filter(state=Round.State.CLOSED)
    prepared = Q(sealing__isnull=False, sealing__confirmed_at=None)
    if may(user, SEAL):
        for found in visible_rounds(user, SEAL).filter(state=Round.State.CLOSED).filter(prepared):
            if holds_round(user, found, SEAL):
                text = _("%(round)s：封存等您确认") % {"round": found.name}
                yield shell.WorkItem("round", text, reverse("sealing", args=[found.uid]))
        return
    for found in closed.filter(sealing=None):
        text = _("%(round)s：已结束，还没有封存") % {"round": found.name}
        yield shell.WorkItem("round", text, reverse("sealing", args=[found.uid]))
