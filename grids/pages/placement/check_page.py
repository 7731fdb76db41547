"""校核: work out an alternative, and read what it does before anything happens."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.errors import NotFound, Refusal
from grids.maps.map_state import town_map
from grids.maps.mix_legends import legend_json
from grids.models import PlacementProject, Variant
from grids.pages.placement.check_words import check_words
from grids.pages.placement.figures_shown import flat_words, site_names, tenure_words
from grids.pages.placement.findings_shown import choice_shown, flats_of_rule, rule_rows, summary
from grids.pages.placement.headroom_shown import Asked, headroom_shown
from grids.pages.placement.scope import project_in_duty, step_page
from grids.pages.placement.site_shown import coverage_shown, doors_shown, mix_shown
from grids.pages.placement.variant_form import VariantForm
from grids.placement.check import worded
from grids.placement.variants import is_current, make_variant

UNKNOWN_SHOWN = 30
FLAT_DIGITS = 23


@never_cache
@require_safe
def check_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    project = project_in_duty(request, uid)
    return _page(request, project, VariantForm(project))


@never_cache
@require_POST
def variant_new(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Work it out and show it; what cannot be is said in the form, with what was typed."""
    project = project_in_duty(request, uid)
    form = VariantForm(project, request.POST)
    if not form.is_valid():
        return _page(request, project, form, status=422)
    chosen = form.cleaned_data
    try:
        made = make_variant(project, chosen["kind"], chosen["rules"], form.name_to_give(), request.user)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, project, form, status=refusal.status)
    messages.success(request, _("“%(name)s”已校核并保存。") % {"name": made.name})
    return redirect(f"{reverse('placement_check', args=[project.uid])}?variant={made.uid}")


def variant_of(project: PlacementProject, text: str) -> Variant:
    """The alternative that an address names."""
    try:
        found = project.variants.select_related("rules", "made_by").filter(uid=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(_("没有这个方案，或者已经删除。"))
    found.project = project
    return found


def _page(
    request: HttpRequest, project: PlacementProject, form: VariantForm, status: int = 200
) -> HttpResponse:
    held = project.variants.defer("places", "findings").select_related("rules").order_by("-made_at")
    variants = list(held)
    context: dict[str, Any] = {"form": form, "variants": variants, "has_lists": _has_lists(project)}
    asked = request.GET.get("variant", "")
    if asked or variants:
        context |= _findings(request, variant_of(project, asked or str(variants[0].uid)))
    return step_page(request, "grids/placement/check.html", project, "check", context, status)


def _has_lists(project: PlacementProject) -> bool:
    return project.flats.exists() and project.applicants.exists()


def _findings(request: HttpRequest, variant: Variant) -> dict[str, Any]:
    """Everything that the page says about one alternative."""
    project, found, page = variant.project, worded(variant.findings), request.GET.get("page")
    names = site_names(project, found)
    rules, opened = rule_rows(found), request.GET.get("rule", "")
    open_row = next((row for row in rules if row["code"] == opened and row["flats"]), None)
    map_state = town_map(request.user, project.town)
    return {
        "variant": variant,
        "is_current": is_current(variant),
        "summary": summary(found),
        "rules": rules,
        "opened": open_row and {"row": open_row, **flats_of_rule(variant, open_row["flats"], names, page)},
        "unknown": [_unknown_words(one, names) for one in found["unknown"][:UNKNOWN_SHOWN]],
        "unknown_count": len(found["unknown"]),
        "headroom": headroom_shown(found["headroom"], names, Asked.of(request.GET), request.GET.get("at")),
        "mix": mix_shown(project.town, found),
        "doors": doors_shown(found, names, variant.rules.most_in_cluster if variant.rules else None),
        "coverage": coverage_shown(found),
        "choice": choice_shown(found),
        "map_state": map_state,
        "page_state": {
            "map": map_state,
            "url": reverse("placement_variant_map", args=[project.uid, variant.uid]),
            "legend": legend_json(),
            "tenures": [tenure_words(code) for code in found["mix"]["tenures"]],
        },
        "words": check_words(),
    }


def _unknown_words(one: str, names: dict[str, str]) -> str:
    """A flat by building and door, a receipt as it is."""
    if len(one) == FLAT_DIGITS and one.isdigit() and one[:17] in names:
        told = flat_words(one, names)
        return f"{told['building']} {told['door']}"
    return one
