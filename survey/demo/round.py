"""The demo's round: work list, notice, the household form, grids given to four workers, one left to give."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from gis_core.models import User
from grids.demo.people import COMMUNITY_CODE
from grids.models import GenerationState, Grid, Town
from survey.assignments import Place, assign
from survey.models import NoticeText, Round, WorkListItem
from survey.questionnaires.built_in import seed_forms
from survey.round_drafts import RoundFacts, save_draft
from survey.rounds import open_round

ROUND_NAME = "秋季走访"
BEGAN_DAYS_AGO, LASTS_DAYS = 9, 21
LEFT_OPEN = 10  # this grid has nobody yet, so that the pages show what that looks like
GRIDS_OF = {"worker": (0, 1, 2), "worker2": (3, 4, 5), "worker3": (6, 7, 8), "worker4": (9,)}
NOTICE_ZH = (
    "我们是新桥社区网格服务人员。本次走访只登记您家需要的服务和住房、设施情况，用于安排服务和规划便民设施。"
    "不登记民族、宗教、身份证号，不拍人像，不记录行踪。您可以不回答任何问题，也可以随时查看、更正、删除或撤回，"
    "不影响您享受的服务。登记的内容保存一年。联系与投诉：新桥社区居委会（虚构）。"
)
NOTICE_EN = (
    "We are grid workers of Xinqiao Community. This visit records only the services your household needs and"
    " the state of the dwelling and its facilities, to arrange services and to plan facilities. We do not ask"
    " for ethnicity, religion or identity numbers, take no pictures of people and follow nobody's movements."
    " You may leave any question unanswered, and may see, correct, delete or withdraw what you said at any"
    " time; it changes nothing in the services you receive. Kept for one year. Questions and complaints: the"
    " residents' committee of Xinqiao (fictional)."
)


def make_work_list(town: Town, *, by: Any) -> WorkListItem:
    item, _new = WorkListItem.objects.get_or_create(
        code="XQ-01",
        defaults={
            "area_code": town.root_code,
            "name_zh": "住户与需求登记",
            "name_en": "Households and needs",
            "purpose_zh": "安排上门服务，规划便民设施",
            "purpose_en": "To arrange services and plan facilities",
            "basis": WorkListItem.Basis.CONSENT,
            "retention_days": 365,
            "valid_from": timezone.localdate() - timedelta(days=365),
            "created_by": by,
        },
    )
    return item


def make_notice(town: Town, *, by: Any) -> NoticeText:
    notice, _new = NoticeText.objects.get_or_create(
        area_code=town.root_code,
        version=1,
        defaults={
            "text_zh": NOTICE_ZH,
            "text_en": NOTICE_EN,
            "contact": "新桥社区居委会（虚构）",
            "created_by": by,
        },
    )
    return notice


def find_round(town: Town) -> Round | None:
    return Round.objects.filter(town=town, name=ROUND_NAME).exclude(state=Round.State.DRAFT).first()


def household_facts(town: Town, people: dict[str, User], **facts: Any) -> RoundFacts:
    """A round with the household form, its work-list item and its notice in place."""
    make_work_list(town, by=people["admin"])
    notice = make_notice(town, by=people["dpo"])
    household, _visit = seed_forms()
    usual = {"attempt_cap": 3, "cool_down_hours": 4, "allows_collect": False, "allows_row_export": False}
    return RoundFacts(form_version=household, notice=notice, **{**usual, **facts})


def grid_codes(town: Town) -> list[str]:
    grids = Grid.objects.filter(plan__town=town, plan__state=GenerationState.ACTIVE).order_by("code")
    return list(grids.values_list("code", flat=True))


def make_round(town: Town, people: dict[str, User]) -> Round:
    """Prepared, assigned and opened by the director, through the same functions as on the pages."""
    director = people["director"]
    today = timezone.localdate()
    facts = household_facts(
        town,
        people,
        name=ROUND_NAME,
        area_codes=[COMMUNITY_CODE],
        starts_on=today - timedelta(days=BEGAN_DAYS_AGO),
        ends_on=today + timedelta(days=LASTS_DAYS - BEGAN_DAYS_AGO),
        allows_collect=True,
        allows_row_export=True,
    )
    draft = Round.objects.filter(town=town, name=ROUND_NAME, state=Round.State.DRAFT).first()
    opened = open_round(save_draft(town, facts, by=director, subject=draft), by=director)
    codes = grid_codes(town)
    for username, positions in GRIDS_OF.items():
        places = [Place(grid_code=codes[at]) for at in positions]
        assign(opened, people[username], places, by=director)
    return opened
