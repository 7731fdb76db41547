"""What these pages tell the shell: the section 诉求, settings pages, and what waits for whom."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core import access_log, daily_jobs, shell
from gis_core.permissions import may
from survey.access import REVIEW, visible_entities, visible_records, visible_uploads
from survey.conflicts import open_conflicts
from survey.models import KeptUpload, Round, Submission
from survey.requests import HANDLE, REPORT, overdue, visible_requests
from survey.rounds import visible_rounds

LOG_WORDS = {
    "read_record": gettext_lazy("查看走访记录"),
    "read_household": gettext_lazy("查看住户"),
    "read_upload": gettext_lazy("查看留存的上传"),
    "return_record": gettext_lazy("退回的记录下发平板"),
    "review_record": gettext_lazy("审核走访记录"),
    "settle_conflict": gettext_lazy("合并冲突"),
    "withdraw_consent": gettext_lazy("撤回同意"),
    "erase_household": gettext_lazy("删除住户登记"),
    "erase_expired": gettext_lazy("删除到期内容"),
    "export_rows": gettext_lazy("逐户导出"),
    "request_step": gettext_lazy("办理诉求"),
    "day_pack": gettext_lazy("下载走访资料"),
    "fetch_doors": gettext_lazy("下载户室名单"),
    "import_outbox": gettext_lazy("导入平板文件"),
}


def register() -> None:
    from survey import retention

    access_log.ACTIONS.update(LOG_WORDS)
    daily_jobs.every_day(retention.ACTION)
    shell.register_section(shell.Section("requests", "requests", gettext_lazy("民生诉求"), REPORT, order=55))
    shell.register_settings_page(
        shell.Section("cases", "household_case", gettext_lazy("个案查阅"), "read_household_case", order=40)
    )
    shell.register_first_step(
        shell.FirstStep(
            gettext_lazy("按受理编号查一户"),
            gettext_lazy("居民要求查阅、更正或删除时，凭受理编号打开那一户。"),
            "household_case",
            gettext_lazy("打开个案查阅"),
            "read_household_case",
            order=25,
        )
    )
    shell.register_settings_page(
        shell.Section("retention", "retention", gettext_lazy("保存期限"), "open_retention", order=45)
    )
    shell.register_workbench(waiting)


def waiting(user: Any, town: shell.TownChoice | None) -> Iterator[shell.WorkItem]:
    """Records to look at, corrections that came, what is held, conflicts, requests past their day."""
    if may(user, REVIEW):
        yield from _records(user)
    if may(user, HANDLE):
        late = overdue(visible_requests(user)).count()
        if late:
            words = _("%(count)d 件诉求已过期限") % {"count": late}
            yield shell.WorkItem("call", words, f"{reverse('requests')}?due=late")


def _records(user: Any) -> Iterator[shell.WorkItem]:
    from survey.pages.records_review import in_tab, records_of, uploads_of

    words = {
        "new": _("%(round)s：%(count)d 份记录待审核"),
        "edited": _("%(round)s：%(count)d 份更正待审核"),
        "held": _("%(round)s：%(count)d 份记录待处理"),
    }
    for round_ in visible_rounds(user, REVIEW).exclude(state__in=[Round.State.DRAFT, Round.State.SEALED]):
        address = reverse("review", args=[round_.uid])
        found = records_of(user, round_)
        for tab, sentence in words.items():
            rows = in_tab(found, tab)
            if count := rows.count():
                text = sentence % {"round": round_.name, "count": count}
                at = rows.order_by("-received_at").values_list("received_at", flat=True).first()
                yield shell.WorkItem("review", text, f"{address}?tab={tab}", at)
        clashes = open_conflicts(visible_entities(user)).filter(versions__submission__round=round_).distinct()
        if count := clashes.count():
            text = _("%(round)s：%(count)d 处冲突待合并") % {"round": round_.name, "count": count}
            yield shell.WorkItem("finding", text, reverse("conflicts", args=[round_.uid]))
        if count := uploads_of(user, round_).count():
            text = _("%(round)s：%(count)d 份上传没有成为记录") % {"round": round_.name, "count": count}
            yield shell.WorkItem("finding", text, f"{address}?tab=uploads")
    yield from _unplaced(user)


def _unplaced(user: Any) -> Iterator[shell.WorkItem]:
    records = visible_records(user).filter(round=None, state=Submission.State.HELD)
    uploads: Any = visible_uploads(user).filter(round=None, settled_at=None)
    count = records.count() + KeptUpload.objects.filter(pk__in=uploads.values("pk")).count()
    if count:
        text = _("%(count)d 份上传不属于任何一轮走访") % {"count": count}
        yield shell.WorkItem("finding", text, reverse("review_unplaced"))
