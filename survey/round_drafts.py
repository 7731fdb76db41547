"""Preparing a round: what may be chosen, what is refused before it opens, and what is still missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.permissions import duties_for
from grids.models import Area, Dwelling, GenerationState, GridPlan, Stock, Town
from grids.scoping import active
from survey.assignments import balance
from survey.errors import RoundNotReady
from survey.models import FormVersion, NoticeText, Round
from survey.rounds import dwellings_of, require_whole_round

PLAN = "plan_rounds"
LONGEST_DAYS = 366
VISIT_FORM = "wangge_visit"  # goes beside the questionnaire in every round, so it is no choice


@dataclass(frozen=True)
class RoundFacts:
    """What the director decides."""

    name: str
    area_codes: list[str]
    form_version: FormVersion
    notice: NoticeText | None
    starts_on: date
    ends_on: date
    attempt_cap: int
    cool_down_hours: int
    allows_collect: bool = False
    allows_row_export: bool = False


@dataclass(frozen=True)
class Community:
    """A community that a round may cover, with what there is to visit."""

    code: str
    area: Area | None
    dwellings: int


@dataclass(frozen=True)
class Step:
    """One thing that a round needs before it opens. `stops` when it cannot open without."""

    key: str
    is_done: bool
    stops: bool
    sentence: str


class RoundRefused(RoundNotReady):
    """A choice that a round cannot have; `field` says which one."""

    code = "round_refused"
    status = 422

    def __init__(self, field: str, sentence: str, **details: Any) -> None:
        super().__init__(sentence, **details)
        self.field = field


def communities_for(user: Any, town: Town) -> list[Community]:
    """The communities of the town in which the person plans rounds, with their registered dwellings."""
    scope = duties_for(user, PLAN)
    rows = Dwelling.objects.filter(
        building__stock__town=town, building__stock__state=GenerationState.ACTIVE
    ).values_list("building__community_code")
    counts = dict(rows.annotate(dwellings=Count("pk")).order_by("building__community_code"))
    areas = {
        area.code: area
        for area in Area.objects.filter(town=town, level=Area.Level.COMMUNITY, valid_until=None).defer("geom")
    }
    codes = sorted({*counts, *areas} - {""})
    return [Community(code, areas.get(code), counts.get(code, 0)) for code in codes if scope.holds(code)]


def forms_for(area_codes: Iterable[str]) -> QuerySet[FormVersion]:
    """Versions that may be asked in all of these communities: built in, or made for an area above them."""
    found = FormVersion.objects.filter(retired_at=None, form__retired_at=None).exclude(
        form__form_id=VISIT_FORM
    )
    for code in area_codes:
        above = [code[:length] for length in range(len(code) + 1)]
        found = found.filter(Q(form__is_built_in=True) | Q(form__area_code__in=above))
    return found.select_related("form__item").order_by("-form__is_built_in", "form__title_zh", "-created_at")


def notices_for(area_codes: Iterable[str]) -> QuerySet[NoticeText]:
    """Notices of the areas that hold all of these communities; the nearest area and newest version first."""
    found = NoticeText.objects.all()
    for code in area_codes:
        found = found.filter(area_code__in=[code[:length] for length in range(len(code) + 1)])
    return found.order_by("-area_code", "-version")


@transaction.atomic
def save_draft(town: Town, facts: RoundFacts, *, by: Any, subject: Round | None = None) -> Round:
    """Make a round, or change one that is still being prepared.

    Raises:
        RoundRefused: a choice cannot be; NotAllowed: a community lies outside the duty.
    """
    found = subject or Round(town=town, created_by=by)
    if subject is not None:
        found = Round.objects.select_for_update().get(pk=subject.pk)
        _require_draft(found)
    _require_possible(town, facts, by=by)
    for name, value in vars(facts).items():
        setattr(found, name, value)
    require_whole_round(by, found, PLAN)
    found.save()
    return found


@transaction.atomic
def discard_draft(subject: Round, *, by: Any) -> None:
    """Throw away a round that never opened: nothing was collected in it."""
    found = Round.objects.select_for_update().get(pk=subject.pk)
    _require_draft(found)
    found.delete()


def _require_draft(found: Round) -> None:
    if found.state != Round.State.DRAFT:
        raise RoundNotReady(
            _("这一轮%(state)s，不能再修改或删除：里面可能已有走访记录。")
            % {"state": found.get_state_display()}
        )


def _require_possible(town: Town, facts: RoundFacts, *, by: Any) -> None:
    known = {community.code for community in communities_for(by, town)}
    if not facts.area_codes or set(facts.area_codes) - known:
        raise RoundRefused("area_codes", _("请至少选一个您职责内的社区。"))
    if not forms_for(facts.area_codes).filter(pk=facts.form_version.pk).exists():
        raise RoundRefused("form_version", _("这一版表单已停用，或者不适用于所选的全部社区。请另选一版。"))
    if "dwelling" not in facts.form_version.outline.get("roles", {}):
        raise RoundRefused(
            "form_version",
            _("这份表单没有标明哪一题是户室，记录会不知道属于哪一户。请改用登记过户室的表单。"),
        )
    if facts.ends_on < facts.starts_on:
        raise RoundRefused("ends_on", _("结束日期在开始日期之前。"))
    if (facts.ends_on - facts.starts_on).days > LONGEST_DAYS:
        raise RoundRefused("ends_on", _("一轮走访最长一年。请分成几轮。"))
    if facts.ends_on < timezone.localdate():
        raise RoundRefused("ends_on", _("结束日期已经过去。"))
    _require_listed(facts)


def _require_listed(facts: RoundFacts) -> None:
    """A form is asked only while its item is on the work list."""
    item = facts.form_version.form.item
    if item is None:
        return
    if item.valid_from > facts.starts_on or (item.valid_until and item.valid_until < facts.ends_on):
        until = item.valid_until.isoformat() if item.valid_until else "…"
        raise RoundRefused(
            "form_version",
            _("工作事项“%(item)s”的有效期是 %(start)s 至 %(end)s，这一轮超出了它。")
            % {"item": item.name_zh, "start": item.valid_from.isoformat(), "end": until},
        )


def steps_to_open(subject: Round) -> list[Step]:
    """What stands between a draft and its first visit, in the order in which to do it."""
    stock, plan = active(Stock, subject.town), active(GridPlan, subject.town)
    count = dwellings_of(subject).count()
    loads = balance(subject) if count else {}
    unassigned = loads.get(None, 0)
    form = subject.form_version
    is_usable = forms_for(subject.area_codes).filter(pk=form.pk).exists()
    return [
        Step("stock", stock is not None, True, _("启用房屋数据")),
        Step("plan", plan is not None, True, _("启用网格方案")),
        Step("dwellings", count > 0, True, _("社区内有登记的户室：%(count)d 户") % {"count": count}),
        Step("form", is_usable, True, _("表单可用：%(form)s %(version)s")
             % {"form": form.form.title_zh, "version": form.version}),
        Step("notice", subject.notice_id is not None, False, _("选定入户时宣读的告知文本")),
        Step("assigned", count > 0 and unassigned == 0, False,
             _("分配给网格员：还有 %(count)d 户还没有分配") % {"count": unassigned}
             if unassigned or not count else _("全部户室都已分配给网格员")),
        Step("dates", subject.ends_on >= timezone.localdate(), True,
             _("日期：%(start)s 至 %(end)s")
             % {"start": subject.starts_on.isoformat(), "end": subject.ends_on.isoformat()}),
    ]  # fmt: skip


def overlapping_rounds(subject: Round) -> QuerySet[Round]:
    """Other rounds under way in the same communities: a door would be knocked at twice."""
    others = Round.objects.filter(
        town=subject.town_id, state=Round.State.OPEN, area_codes__overlap=subject.area_codes
    )
    return others.exclude(pk=subject.pk)


def usual_dates(today: date) -> tuple[date, date]:
    """From today, for three weeks: with evenings and weekends in it, and an end in sight."""
    return today, today + timedelta(days=20)
