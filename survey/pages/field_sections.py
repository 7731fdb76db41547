"""工作台 of those who work at the doors: where their work is done, and what came back to them."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core import shell
from gis_core.permissions import may
from survey.assignment_places import VISIT
from survey.models import Round, SendBack
from survey.requests import REPORT
from survey.review import open_returns


def register() -> None:
    shell.register_first_step(
        shell.FirstStep(
            gettext_lazy("在平板上走访"),
            gettext_lazy("在平板的浏览器里打开走访应用并登录：早上下载分给您的户室，没有网络也能走访。"),
            "tablet",
            gettext_lazy("打开走访应用"),
            VISIT,
            order=10,
        )
    )
    shell.register_first_step(
        shell.FirstStep(
            gettext_lazy("替居民报诉求"),
            gettext_lazy("楼里谁家有难处，选户室和类别，写一句话，社区就会受理。"),
            "request_new",
            gettext_lazy("新诉求"),
            REPORT,
            order=70,
        )
    )
    shell.register_workbench(waiting)


def waiting(user: Any, town: shell.TownChoice | None) -> Iterator[shell.WorkItem]:
    """Records sent back to this person, round by round; they are corrected on the tablet."""
    if not may(user, VISIT):
        return
    mine = open_returns(SendBack.objects.filter(to=user, submission__round__state=Round.State.OPEN))
    rows = mine.order_by().values_list("submission__round__name", "submission__round", "at")
    newest: dict[tuple[int, str], list[Any]] = {}
    for name, key, at in rows:
        newest.setdefault((key, name), []).append(at)
    for (_key, name), times in sorted(newest.items()):
        text = _("%(round)s：%(count)d 份记录退回给您，请在平板上更正") % {"round": name, "count": len(times)}
        yield shell.WorkItem("review", text, reverse("tablet"), max(times))
