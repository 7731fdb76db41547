"""方案比较: two to four alternatives side by side, and what caps cost in choice."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grids.models import PlacementProject, PlacementRules, Variant
from grids.pages.placement.check_page import variant_of
from grids.pages.placement.check_words import compare_words
from grids.pages.placement.figures_shown import NOTHING, decimal, percent, points, signed
from grids.pages.placement.scope import project_in_duty, step_page
from grids.placement.choice_cost import frontier
from grids.placement.comparison import COUNT, FEWEST, MOST, NUMBER, Line, Part, compare, up_to_date

FACTORS = (None, "2.5", "2", "1.5", "1.25", "1.1", "1")
LEVELS = PlacementRules.Level


@never_cache
@require_safe
def compare_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    project = project_in_duty(request, uid)
    held = list(project.variants.defer("places", "findings").select_related("rules").order_by("made_at"))
    asked = request.GET.getlist("v")
    chosen = _chosen(project, asked or [str(one.uid) for one in held[-FEWEST:]])
    context: dict[str, Any] = {
        "variants": held,
        "chosen": chosen,
        "chosen_ids": {one.pk for one in chosen},
        "most": MOST,
        "left_out": max(0, len(set(asked)) - MOST),
        "levels": LEVELS.choices,
        "frontier_url": reverse("placement_frontier", args=[project.uid]),
        "words": compare_words(),
    }
    if len(chosen) >= FEWEST:
        parts = compare(chosen)
        context |= {"parts": _shown(parts), "told": _told(chosen, parts), "heads": _heads(project, chosen)}
    return step_page(request, "grids/placement/compare.html", project, "compare", context)


def _chosen(project: PlacementProject, asked: Sequence[str]) -> list[Variant]:
    """In the order asked for, each once, no more than fit side by side."""
    return [variant_of(project, text) for text in list(dict.fromkeys(asked))[:MOST]]


def _heads(project: PlacementProject, chosen: Sequence[Variant]) -> list[dict[str, Any]]:
    standing = up_to_date(project, chosen)
    return [{"variant": one, "is_current": one.pk in standing} for one in chosen]


def _shown(parts: Sequence[Part]) -> list[dict[str, Any]]:
    return [
        {
            "key": part.key,
            "title": part.title,
            "lines": [_line(line) for line in part.lines],
        }
        for part in parts
    ]


def _line(line: Line) -> dict[str, Any]:
    """Marked where a reader sees different figures; what is lost in rounding is no difference."""
    values = [_figure(line, value) for value in line.values]
    return {"label": line.label, "values": values, "differs": len(set(values)) > 1}


def _figure(line: Line, value: Any) -> str:
    if value is None:
        return NOTHING
    if line.unit == COUNT:
        return f"{value:,}"
    if line.unit == NUMBER:
        return decimal(value)
    return percent(value)


# --- The differences in words -------------------------------------------------------------


def _told(chosen: Sequence[Variant], parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Each alternative against the first: only what differs, and no verdict."""
    lines = {line.key: line for part in parts for line in part.lines}
    return [
        {"name": other.name, "first": chosen[0].name, "sentences": _differences(lines, at)}
        for at, other in enumerate(chosen)
        if at
    ]


def _differences(lines: dict[str, Line], at: int) -> list[str]:
    said = [
        _share_said(_("同楼差异 W"), lines["w"], at),
        _share_said(_("得到第一志愿"), lines["first"], at),
        _share_said(_("选择的损失"), lines["lost"], at),
        _count_said(_("没有配到的户数"), lines["unplaced"], at),
        _count_said(_("不符合的规则"), lines["broken"], at),
        _count_said(_("最大一片相邻同类"), lines["largest"], at),
    ]
    moved = lines["moved"].values[at]
    if moved:
        said.append(_("%(count)s 户换了楼") % {"count": f"{moved:,}"})
    return [sentence for sentence in said if sentence]


def _share_said(label: str, line: Line, at: int) -> str:
    before, now = line.values[0], line.values[at]
    change = points(before, now)
    if before is None or now is None or change == "0":
        return ""
    return _("%(label)s %(change)s 个百分点") % {"label": label, "change": change}


def _count_said(label: str, line: Line, at: int) -> str:
    change = line.values[at] - line.values[0]
    return f"{label} {signed(f'{abs(change):,}', change)}" if change else ""


# --- What caps cost -----------------------------------------------------------------------


@never_cache
@require_safe
def frontier_json(request: HttpRequest, uid: UUID) -> JsonResponse:
    """`?level=building|unit|floor`: cap, choice lost, W, people housed; the same cap for every tenure."""
    project = project_in_duty(request, uid)
    asked = request.GET.get("level", "")
    level = asked if asked in LEVELS.values else "building"
    rows = frontier(project, FACTORS, level=level)
    return JsonResponse({"rows": rows, "applicants": project.applicants.count()})
