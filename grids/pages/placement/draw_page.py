"""What the page of the draw shows: five cards, one step each, and what surrounds them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from gis_core.errors import Refusal
from gis_core.models import AccessLog
from gis_core.permissions import may
from grids.models import Draw, PlacementProject, Variant
from grids.pages.placement.draw_forms import CloseForm
from grids.pages.placement.rules_words import sentences_of
from grids.pages.placement.scope import RUN, step_page
from grids.placement.draw_steps import is_overdue, stop_if_overdue

State = PlacementProject.State
TURN = {
    State.PREPARING: "close",
    State.CLOSED: "commit",
    State.COMMITTED: "reveal",
    State.REVEALED: "run",
    State.DRAWN: "publish",
}
OF_THE_DRAW = 2  # caps and accessible flats bind it; clusters and doors are looked at by the check alone
# Step, title, what it proves, who takes it.
CARDS = (
    (
        "close",
        pgettext_lazy("step", "封闭名单"),
        gettext_lazy("从这时起，谁也加不进来，谁也去不掉；房源、规则、参与的各方和要用的公开数也定了。"),
        gettext_lazy("经办人"),
    ),
    (
        "commit",
        gettext_lazy("承诺"),
        gettext_lazy("各方先交自己随机数的哈希：随机数谁也看不到，可是再也不能换。"),
        gettext_lazy("各方"),
    ),
    (
        "reveal",
        pgettext_lazy("step", "公开随机数"),
        gettext_lazy("随机数全部在公开数产生以前公开：没有人能先看结果，再决定交不交。"),
        gettext_lazy("各方"),
    ),
    (
        "run",
        gettext_lazy("摇号"),
        gettext_lazy("公开数一产生，顺序就由名单、规则、随机数和公开数算出，谁也不能再改。只有一次。"),
        gettext_lazy("经办人"),
    ),
    (
        "publish",
        gettext_lazy("公示"),
        gettext_lazy("结果公布到楼栋，每份申请一行；凭回执号和密语才能打开自己的一行。人人可以重算。"),
        gettext_lazy("经办人"),
    ),
)


@dataclass(frozen=True)
class Card:
    """One step. `state`: done, now, later; off when the draw was stopped before it."""

    key: str
    title: Any
    proves: Any
    who: Any
    state: str
    at: datetime | None

    @property
    def template(self) -> str:
        return f"grids/placement/draw_{self.key}.html"


@dataclass(frozen=True)
class Trouble:
    """Why a step was not taken, where it was asked for, and what had been typed."""

    step: str
    refusal: Refusal
    party: str = ""


def draw_of(project: PlacementProject) -> Draw | None:
    """The project's draw; one that missed its time is stopped when somebody looks."""
    draw = Draw.objects.filter(project=project).first()
    if draw is None:
        return None
    draw.project = project
    if is_overdue(draw) and stop_if_overdue(draw):
        draw.refresh_from_db()
        project.refresh_from_db(fields=["state"])
        draw.project = project
    return draw


def cards_of(project: PlacementProject, draw: Draw | None) -> list[Card]:
    done = {}
    if draw is not None:
        times = (draw.closed_at, draw.committed_at, draw.revealed_at, draw.drawn_at, draw.published_at)
        done = dict(zip((key for key, *_rest in CARDS), times, strict=True))
    turn, waits = TURN.get(State(project.state)), "off" if project.state == State.STOPPED else "later"
    return [
        Card(
            key,
            title,
            proves,
            who,
            "done" if done.get(key) else "now" if key == turn else waits,
            done.get(key),
        )
        for key, title, proves, who in CARDS
    ]


def draw_page(
    request: HttpRequest,
    project: PlacementProject,
    *,
    form: CloseForm | None = None,
    trouble: Trouble | None = None,
    status: int = 200,
) -> HttpResponse:
    draw = draw_of(project)
    cards = cards_of(project, draw)
    turn = next((card.key for card in cards if card.state == "now"), "")
    context = {
        "draw": draw,
        "cards": cards,
        "turn": turn,
        "trouble": trouble,
        "is_out_of_place": trouble is not None and trouble.step not in (turn, *_asides(project)),
        "typed": request.POST,
        "may_run": may(request.user, RUN),
        "may_stop": project.state in (State.CLOSED, State.COMMITTED),
        "draw_state": {"words": draw_words()},
        **(_before(project, form) if draw is None else _after(request, draw)),
    }
    return step_page(request, "grids/placement/draw.html", project, "draw", context, status)


def _asides(project: PlacementProject) -> tuple[str, ...]:
    """Forms that stand beside the five steps."""
    if project.state == State.STOPPED:
        return ("again",)
    return ("stop",) if project.state in (State.CLOSED, State.COMMITTED) else ()


def _before(project: PlacementProject, form: CloseForm | None) -> dict[str, Any]:
    tried = set(Variant.objects.filter(project=project).values_list("rules_id", flat=True))
    rules = list(project.rules.all())
    for one in rules:
        one.told, one.is_tried = told(sentences_of(one)[:OF_THE_DRAW]), one.pk in tried
    flats, applicants = project.flats.count(), project.applicants.count()
    return {
        "form": form or CloseForm(project),
        "rules": rules,
        "counts": {"flats": flats, "applicants": applicants, "waiting": max(0, applicants - flats)},
    }


def _after(request: HttpRequest, draw: Draw) -> dict[str, Any]:
    facts = json.loads(draw.rules_text)["facts"]
    parties = [{**one, "nonce": nonce} for one, nonce in zip(draw.parties, draw.nonces, strict=True)]
    word = "sha256" if draw.project.state == State.CLOSED else "nonce"
    return {
        "facts": facts,
        "sentences": sentences_of(draw.rules)[:OF_THE_DRAW],
        "has_checks_only": draw.rules.most_in_cluster is not None or draw.rules.shares_entrances,
        "flat_count": sum(sum(part.values()) for part in facts["stock"].values()),
        "parties": parties,
        "party_names": listed([one["party"] for one in parties]),
        "missing": listed([one["party"] for one in parties if not one[word]]),
        "is_last": sum(not one[word] for one in parties) == 1,
        "next_party": next((one["party"] for one in parties if not one[word]), ""),
        "address": request.build_absolute_uri(reverse("verify", args=[draw.uid])),
        "slips": _slips(draw),
        "placed": len(draw.full_archive["places"]) if draw.drawn_at else None,
        "again_name": again_name(draw.project.name),
        "waits_until": draw.beacon_due_at if draw.drawn_at is None and not draw.stopped_at else None,
        "is_due": timezone.now() >= draw.beacon_due_at,
    }


def listed(names: list[str]) -> str:
    """Names in one line, in the punctuation of the language."""
    return ("、" if (get_language() or "zh").startswith("zh") else ", ").join(names)


def told(sentences: list[str]) -> str:
    """Sentences one after the other; Chinese needs no space between them."""
    return ("" if (get_language() or "zh").startswith("zh") else " ").join(sentences)


def _slips(draw: Draw) -> dict[str, Any]:
    """May the receipts still be printed, and when were they last?"""
    printed = AccessLog.objects.filter(action="print_slips", subject=f"draw {draw.uid}").order_by("-at")
    return {
        "may_print": draw.published_at is None and draw.stopped_at is None,
        "printed_at": printed.values_list("at", flat=True).first(),
    }


def again_name(name: str) -> str:
    """A name to start from: the old one, and that it is another attempt."""
    return (_("%(name)s（重新摇号）") % {"name": name[:90]}).strip()


def draw_words() -> dict[str, str]:
    return {
        "days": _("还有 {days} 天 {hours} 小时"),
        "hours": _("还有 {hours} 小时 {minutes} 分"),
        "minutes": _("还有 {minutes} 分 {seconds} 秒"),
        "over": _("时间到了，正在刷新……"),
        "over_typing": _("时间到了。请保存好填写的内容，再刷新本页。"),
        "fits": _("与承诺相符，可以提交。"),
        "fits_not": _("与承诺不符。请逐字核对：大小写、空格、标点都要一样。"),
        "edges": _("开头或末尾有空格，已去掉。请照去掉以后的样子记下。"),
        "short": _("太短，容易被人试出来。请至少用 16 个字符，或者点“随机生成”。"),
        "hashed": _("哈希已填入上面的格子。请先把随机数抄下或存好。"),
        "no_crypto": _(
            "这个浏览器在不加密的网址（http）上不能算 SHA-256。请用 https 打开，"
            "或者在自己的电脑上运行：printf %s '随机数' | sha256sum"
        ),
    }
