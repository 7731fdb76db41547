"""A city's standard beside the catalogue: thresholds as data, every change a new version with its reason."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gis_core.access_log import log_access
from gis_core.errors import Conflict, NotFound, Refusal
from gis_core.permissions import require
from gis_core.shell import current_town_slug, is_number, local_name
from grids.catalogue import PROVISIONS, effective, headings, walk_categories
from grids.coverage.runs import LARGEST_CUTOFF_M
from grids.models import CityProfile, CoverageRun, Town
from grids.profiles import STANDARD, city_profile, seed_profiles, walking_profiles
from grids.scoping import held_towns, visible_towns

EDIT = "edit_profile"
LEAST_M = 30


class WrongThreshold(Refusal):
    code = "wrong_threshold"
    status = 422


def _town(request: HttpRequest) -> Town | None:
    towns = visible_towns(request.user, EDIT)
    return towns.filter(slug=current_town_slug(request) or "").first() or towns.first()


def _profile(pk: str) -> CityProfile | None:
    return CityProfile.objects.filter(pk=pk).first() if is_number(pk) else None


def _profile_asked(request: HttpRequest, town: Town | None) -> CityProfile:
    seed_profiles()
    asked = request.GET.get("profile", "")
    found = _profile(asked)
    if asked and found is None:
        raise NotFound(_("没有这个城市标准。"))
    return found or (city_profile(town) if town else CityProfile.objects.order_by("code", "-version")[0])


@never_cache
@require_safe
def profile_page(request: HttpRequest) -> HttpResponse:
    require(request.user, EDIT)
    town = _town(request)
    return _page(request, town, _profile_asked(request, town))


def _page(
    request: HttpRequest, town: Town | None, profile: CityProfile, error: Refusal | None = None
) -> HttpResponse:
    in_use = city_profile(town) if town else None
    context = {
        "town": town,
        "may_choose": town is not None and held_towns(request.user, EDIT).filter(pk=town.pk).exists(),
        "profile": profile,
        "profiles": CityProfile.objects.order_by("code", "-version"),
        "in_use": in_use,
        "is_in_use": in_use is not None and in_use.pk == profile.pk,
        "run_is_older": _run_is_older(town, in_use),
        "groups": _groups(profile, request.POST if error else {}),
        "provisions": _provision_words(),
        "changed_count": len(profile.categories),
        "walkers": walking_profiles(),
        "largest_m": LARGEST_CUTOFF_M,
        "error": error,
        "posted": request.POST if error else {},
    }
    return render(request, "grids/profile.html", context, status=error.status if error else 200)


def _run_is_older(town: Town | None, in_use: CityProfile | None) -> bool:
    """Was the current result computed by another standard than the town's?"""
    run = CoverageRun.objects.filter(town=town, is_current=True).first() if town else None
    return run is not None and in_use is not None and run.profile_id != in_use.pk


def _provision_words() -> list[tuple[str, str]]:
    words = {"shall": _("应配建"), "may": _("宜配建"), "rec": _("指南推荐"), "seed": _("需求提出")}
    return [(code, words[code]) for code in PROVISIONS]


def _groups(profile: CityProfile, posted: Any) -> list[dict[str, Any]]:
    here, words = effective(profile), dict(_provision_words())
    groups = []
    for heading in headings():
        rows = []
        for category in heading.categories:
            own = here[category.code]
            rows.append(
                {
                    "code": category.code,
                    "name": local_name(category),
                    "catalogue_m": category.threshold_m,
                    "threshold_m": posted.get(f"m-{category.code}", own.threshold_m),
                    "catalogue_provision": words[category.provision],
                    "provision": posted.get(f"p-{category.code}", own.provision),
                    "is_changed": category.code in profile.categories,
                    "source": category.source_clause,
                    "evidence": category.evidence,
                }
            )
        groups.append({"code": heading.code, "name": local_name(heading), "rows": rows})
    return groups


@require_POST
def profile_new(request: HttpRequest) -> HttpResponse:
    """A new version of this standard, or a city's own one made from it."""
    require(request.user, EDIT)
    town = _town(request)
    base = _profile(request.POST.get("base", ""))
    if base is None:
        raise NotFound(_("没有这个城市标准。"))
    try:
        made = _new_version(request, base)
    except Refusal as refusal:
        return _page(request, town, base, refusal)
    log_access(
        request.user,
        "new_profile",
        f"profile {made.code} v{made.version}",
        reason=made.reason,
        request=request,
    )
    return redirect(f"{reverse('city_profile')}?profile={made.pk}")


def _new_version(request: HttpRequest, base: CityProfile) -> CityProfile:
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise WrongThreshold(_("请写明修改的依据，如地方标准的名称和条文。"))
    changed = _changes(request)
    name = request.POST.get("name", "").strip() or base.name_zh
    code = base.code if name == base.name_zh else (slugify(name, allow_unicode=True)[:40] or base.code)
    if code == STANDARD:
        raise WrongThreshold(
            _("“%(name)s”供所有没有本市标准的城镇使用，不能改。请在“名称”中写本市标准的名称。")
            % {"name": base.name_zh}
        )
    if name == base.name_zh and changed == base.categories:
        raise Conflict(_("没有改动：各类的距离和配建要求与现有版本相同。"))
    try:
        with transaction.atomic():
            last = CityProfile.objects.filter(code=code).aggregate(last=Max("version"))["last"] or 0
            return CityProfile.objects.create(
                code=code,
                version=last + 1,
                name_zh=name[:100],
                name_en=base.name_en if code == base.code else "",
                source=base.source if code == base.code else "",
                categories=changed,
                household_size=base.household_size,
                reason=reason[:200],
            )
    except IntegrityError as err:
        raise Conflict(_("有人同时建立了新版本。请刷新后再试。")) from err


def _changes(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """What differs from the catalogue, category by category."""
    changed: dict[str, dict[str, Any]] = {}
    for category in walk_categories():
        here: dict[str, Any] = {}
        text = request.POST.get(f"m-{category.code}", "").strip()
        if text:
            threshold_m = _metres(text, local_name(category))
            if threshold_m != category.threshold_m:
                here["threshold_m"] = threshold_m
        provision = request.POST.get(f"p-{category.code}", "")
        if provision in PROVISIONS and provision != category.provision:
            here["provision"] = provision
        if here:
            changed[category.code] = here
    return changed


def _metres(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and LEAST_M <= int(text) <= LARGEST_CUTOFF_M):
        raise WrongThreshold(
            _("“%(name)s”的距离为“%(met)s”，应为 %(least)d 到 %(most)d 的整数米。")
            % {"name": name, "met": text[:20], "least": LEAST_M, "most": LARGEST_CUTOFF_M},
            met=text[:20],
        )
    return int(text)


@require_POST
def profile_choose(request: HttpRequest) -> HttpResponse:
    """Measure a town by this standard; its figures follow with the next computation."""
    require(request.user, EDIT)
    town = held_towns(request.user, EDIT).filter(slug=request.POST.get("town", "")).first()
    profile = _profile(request.POST.get("profile", ""))
    if town is None or profile is None:
        raise NotFound(_("没有这个城镇或标准，或者不在您的职责范围内。"))
    town.profile = profile
    town.save(update_fields=["profile"])
    subject = f"town {town.slug} profile {profile.code} v{profile.version}"
    log_access(request.user, "choose_profile", subject, area_code=town.root_code, request=request)
    return redirect(f"{reverse('city_profile')}?town={town.slug}&profile={profile.pk}")
