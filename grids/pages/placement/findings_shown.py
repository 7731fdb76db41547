"""What a check found about rules and choices, arranged for its page: broken rules first, long lists paged."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from grids.models import Flat, Variant
from grids.pages.placement.figures_shown import (
    decimal,
    flat_words,
    percent,
    tenure_words,
)

FLATS_A_PAGE = 30
SHALL = "shall"

Findings = Mapping[str, Any]


def summary(findings: Findings) -> list[dict[str, str]]:
    """The figures at the head of the page, each with the part of the page that explains it."""
    rules, mix, choice = findings["rules"], findings["mix"], findings["choice"]
    broken = sum(not row["is_met"] for row in rules)
    gaps = [row for row in findings["coverage"] if row["gap"] and row["provision"] == SHALL]
    unplaced = len(findings["unplaced"])
    return [
        {
            "to": "rules",
            "label": _("规则"),
            "figure": _("%(count)d 条不符") % {"count": broken} if broken else _("全部符合"),
            "note": _("共 %(count)d 条") % {"count": len(rules)},
            "state": "bad" if broken else "good",
        },
        {
            "to": "mix",
            "label": _("同楼差异 W"),
            "figure": f"{percent(mix['before']['w'])} → {percent(mix['after']['w'])}",
            "note": _("这些楼合起来"),
        },
        {
            "to": "choice",
            "label": _("得到第一志愿"),
            "figure": percent(choice["first"]),
            "note": _lost_note(choice["lost_vs_lottery"]),
        },
        {
            "to": "choice",
            "label": _("没有配到"),
            "figure": f"{unplaced:,}",
            "note": _("共 %(count)s 户申请") % {"count": f"{choice['applicants']:,}"},
        },
        {
            "to": "coverage",
            "label": _("步行够不着的必配服务"),
            "figure": _("%(count)d 类") % {"count": len(gaps)} if findings["coverage"] else _("未计算"),
            "note": _("按房源所在的楼"),
        },
    ]


def _lost_note(lost: float | None) -> str:
    if lost is None:
        return _("没有人填志愿")
    if lost == 0:
        return _("选择没有损失")
    told = {"n": percent(abs(lost))}
    return _("比不设限少得 %(n)s") % told if lost > 0 else _("比不设限多得 %(n)s") % told


# --- Rules --------------------------------------------------------------------------------


def rule_rows(findings: Findings) -> list[dict[str, Any]]:
    """Broken ones first; how many flats each has to show."""
    rows = [{**row, "count": len(row["flats"])} for row in findings["rules"]]
    return sorted(rows, key=lambda row: row["is_met"])


def flats_of_rule(
    variant: Variant, codes: Sequence[str], names: Mapping[str, str], page: str | None
) -> dict[str, Any]:
    """One page of the flats that break a rule: which, of what class, for whom."""
    project = variant.project
    shown: Page[Any] = Paginator(list(codes), FLATS_A_PAGE).get_page(page)
    here = list(shown.object_list)
    rooms = dict(Flat.objects.filter(project=project, code__in=here).values_list("code", "room_class"))
    holders: dict[str, list[str]] = {}
    for receipt, code in sorted(variant.places.items()):
        holders.setdefault(code, []).append(receipt)
    receipts = [receipt for code in here for receipt in holders.get(code, ())]
    told = project.applicants.filter(receipt__in=receipts).values_list("receipt", "tenure")
    tenures = {receipt: tenure_words(tenure) for receipt, tenure in told}
    rows = [
        {
            **flat_words(code, names),
            "room_class": rooms.get(code, ""),
            "holders": [
                {"receipt": receipt, "tenure": tenures.get(receipt, "")} for receipt in holders.get(code, ())
            ],
        }
        for code in here
    ]
    return {"page": shown, "rows": rows}


# --- Choice -------------------------------------------------------------------------------


def choice_shown(findings: Findings) -> dict[str, Any]:
    """Of all, then of every tenure: who bears what the rules cost."""
    choice = findings["choice"]
    return {
        "all": _choice_row(choice),
        "rows": [{"name": tenure_words(row["tenure"]), **_choice_row(row)} for row in choice["by_tenure"]],
        "sentence": _choice_sentence(choice),
        "unplaced": len(findings["unplaced"]),
        "choosing": choice["choosing"],
    }


def _choice_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "first": percent(row["first"]),
        "top_3": percent(row["top_3"]),
        "mean_rank": decimal(row["mean_rank"]),
        "lost": percent(row["lost_vs_lottery"]),
    }


def _choice_sentence(choice: Mapping[str, Any]) -> str:
    lost = choice["lost_vs_lottery"]
    if lost is None:
        return _("没有人填志愿，谈不上选择的得失。")
    n = percent(abs(lost))
    if lost > 0:
        change = _("与同一顺序、不设比例的摇号相比，志愿的分量少了 %(n)s。") % {"n": n}
    elif lost < 0:
        change = _("与同一顺序、不设比例的摇号相比，志愿的分量多了 %(n)s。") % {"n": n}
    else:
        change = _("与同一顺序、不设比例的摇号相比，志愿的分量没有变。")
    who = _("有 %(worse)d 户得到的更靠后，%(better)d 户更靠前。")
    return f"{change}{who % {'worse': choice['worse_off'], 'better': choice['better_off']}}"
