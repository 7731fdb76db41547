"""People and duties: the list, one person, granting and ending duties, links."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Collate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core import mandates, one_time_codes, people, sign_in_links
from gis_core.errors import NotAllowed, NotFound, Refusal
from gis_core.forms import DutyForm, PersonForm
from gis_core.models import Duty, Role, User

PEOPLE_PER_PAGE = 50
NO_PASSWORD = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
STATES = ("active", "invited", "without_duty", "inactive")


@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    mandate = mandates.require_mandate(request.user)
    asked = {key: request.GET.get(key, "").strip() for key in ("q", "role", "state")}
    found = _filtered(mandates.visible_people(request.user), request.user, asked)
    page = Paginator(found, PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "asked": asked,
        "is_filtered": any(asked.values()),
        "roles": [(role.value, role.label) for role in Role.__members__.values() if role in mandate.roles],
        "states": state_labels(),
    }
    return render(request, "settings/people.html", context)


def state_labels() -> list[tuple[str, str]]:
    labels = (_("可以登录"), _("等待接受邀请"), _("没有有效职责"), _("已停用"))
    return list(zip(STATES, labels, strict=True))


def _filtered(found: QuerySet[User], by: Any, asked: dict[str, str]) -> QuerySet[User]:
    in_force = Duty.objects.in_force().filter(user=OuterRef("pk"))
    found = found.annotate(has_duty=Exists(in_force))
    if text := asked["q"]:
        in_words = Q(username__icontains=text) | Q(display_name__icontains=text)
        codes = mandates.visible_duties(by).filter(
            Q(area_code__startswith=text) | Q(grid_code__startswith=text) | Q(building_code__startswith=text)
        )
        found = found.filter(in_words | Q(pk__in=codes.values("user")) if text.isdigit() else in_words)
    if asked["role"]:
        found = found.filter(pk__in=mandates.visible_duties(by).filter(role=asked["role"]).values("user"))
    match asked["state"]:
        case "active":
            found = found.filter(is_active=True, has_duty=True).exclude(NO_PASSWORD)
        case "invited":
            found = found.filter(NO_PASSWORD, is_active=True)
        case "without_duty":
            found = found.filter(is_active=True, has_duty=False)
        case "inactive":
            found = found.filter(is_active=False)
    duties = mandates.visible_duties(by).order_by(F("revoked_at").asc(nulls_first=True), "-valid_from")
    return found.prefetch_related(Prefetch("duties", duties, to_attr="shown_duties")).order_by(
        "-is_active",
        Collate("display_name", "zh-x-icu"),
        "pk",  # by pinyin
    )


@never_cache
@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    mandate = mandates.require_mandate(request.user)
    codes = sorted(mandate.scope.area_codes)
    initial = {"language": "zh-hans", "home_code": codes[0] if len(codes) == 1 else ""}
    form = PersonForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            made = people.create_person(**form.cleaned_data, by=request.user, request=request)
            messages.success(request, _("账号已建立。接下来：授予职责，再生成邀请链接交给本人。"))
            return redirect("person", pk=made.pk)
        except Refusal as refusal:
            form.add_error("home_code" if refusal.code == "wrong_place" else "username", refusal.sentence)
    return render(request, "settings/person_new.html", {"form": form}, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def person_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One person; posting here grants a duty."""
    mandate = mandates.require_mandate(request.user)
    person = mandates.person_for(request.user, pk)
    form = DutyForm(mandate, request.POST or None, initial={"valid_from": timezone.localdate()})
    if form.is_valid():
        try:
            people.grant_duty(person, **form.cleaned_data, by=request.user, request=request)
            messages.success(request, _("职责已授予。"))
            return redirect("person", pk=pk)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
    return _person_page(request, person, form, status=400 if form.errors else 200)


def _person_page(
    request: HttpRequest, person: User, form: DutyForm, *, status: int, **extra: Any
) -> HttpResponse:
    duties = (
        mandates.visible_duties(request.user).filter(user=person).select_related("granted_by", "revoked_by")
    )
    context = {
        "person": person,
        "form": form,
        "duties": duties.order_by("-valid_from", "-pk"),
        "has_other_duties": person.duties.not_ended().exclude(pk__in=duties.values("pk")).exists(),
        "has_whole_account": mandates.has_whole_account(request.user, person),
        "is_self": person.pk == request.user.pk,
        "has_password": person.has_usable_password(),
        "is_enrolled": one_time_codes.is_enrolled(person),
        "open_link": person.sign_in_links.filter(used_at=None, expires_at__gt=timezone.now()).first(),
        **extra,
    }
    return render(request, "settings/person.html", context, status=status)


@require_POST
def duty_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    mandates.require_mandate(request.user)
    duty = mandates.visible_duties(request.user).filter(pk=pk).first()
    if duty is None:
        raise NotFound(_("没有找到这项职责，或者不在您的职责范围内。"))
    people.revoke_duty(duty, by=request.user, reason=request.POST.get("reason", ""), request=request)
    messages.success(request, _("职责“%(role)s”（%(place)s）已撤销，马上生效。")
                     % {"role": duty.get_role_display(), "place": duty.place_code})  # fmt: skip
    return redirect("person", pk=duty.user_id)


@never_cache
@require_POST
def person_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an invitation or reset link and show it, this once."""
    mandate = mandates.require_mandate(request.user)
    person = mandates.person_for(request.user, pk)
    secret, link = sign_in_links.make_link(person, by=request.user, request=request)
    url = request.build_absolute_uri(reverse("welcome", args=[secret]))
    form = DutyForm(mandate, initial={"valid_from": timezone.localdate()})
    return _person_page(request, person, form, status=200, link=link, link_url=url)


@require_POST
def person_codes(request: HttpRequest, pk: int) -> HttpResponse:
    mandates.require_mandate(request.user)
    person = mandates.person_for(request.user, pk)
    one_time_codes.reset_codes(person, by=request.user, request=request)
    messages.success(request, _("验证器已重置。%(name)s下次登录时会重新登记。") % {"name": person})
    return redirect("person", pk=pk)


@require_POST
def person_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop an account (its user name must be typed) or restore it."""
    mandates.require_mandate(request.user)
    person = mandates.person_for(request.user, pk)
    is_active = request.POST.get("is_active") == "1"
    if not is_active and request.POST.get("username", "").strip() != person.username:
        raise NotAllowed(_("输入的用户名与“%(name)s”不一致，账号没有停用。") % {"name": person.username})
    people.set_active(person, is_active, by=request.user, request=request)
    done = _("账号已恢复。") if is_active else _("账号已停用，该人员的登录已结束。")
    messages.success(request, done)
    return redirect("person", pk=pk)
