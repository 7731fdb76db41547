"""From the password through the one-time code to the page that was asked for."""

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gis_core import one_time_codes, sign_in_links
from gis_core.access_log import log_access
from gis_core.errors import Refusal
from gis_core.forms import CodeForm, NewPasswordForm, SignInForm
from gis_core.permissions import needs_second_step
from gis_core.qr_codes import qr_path
from gis_core.sessions import before_second_step, public


def safe_next(request: HttpRequest) -> str:
    """The page asked for before signing in, if it is one of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if is_ours and asked.startswith("/") else ""


def _with_next(name: str, request: HttpRequest) -> str:
    asked = safe_next(request)
    return reverse(name) + (f"?{urlencode({'next': asked})}" if asked else "")


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and request.method == "GET":
        return redirect(safe_next(request) or "workbench")
    form = SignInForm(request.POST or None)
    if form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if user is not None:
            login(request, user)
            log_access(user, "sign_in", f"user {user.pk}", request=request)
            if needs_second_step(user):
                return redirect(_with_next("sign_in_code", request))
            return redirect(safe_next(request) or "workbench")
        form.add_error(None, _("用户名或密码不对。连续 5 次不对，账号会锁定 15 分钟。"))
    context = {
        "form": form,
        "next": safe_next(request),
        "expired": request.GET.get("expired") == "1",
        "idle_min": settings.SESSION_IDLE_S // 60,
    }
    return render(request, "sign_in/sign_in.html", context, status=400 if form.errors else 200)


@before_second_step
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the app; a person without an app sets one up first."""
    if request.user.is_verified():
        return redirect(safe_next(request) or "workbench")
    if not one_time_codes.is_enrolled(request.user):
        return redirect(_with_next("sign_in_enrol", request))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            one_time_codes.give_code(request.user, form.cleaned_data["code"], request)
            return redirect(safe_next(request) or "workbench")
        except one_time_codes.WrongCode as refusal:
            form.add_error("code", refusal.sentence)
    context = {"form": form, "next": safe_next(request)}
    return render(request, "sign_in/code.html", context, status=400 if form.errors else 200)


@before_second_step
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_enrol(request: HttpRequest) -> HttpResponse:
    """Set up the authenticator app. A second one needs the first: else a stolen password would do."""
    if one_time_codes.is_enrolled(request.user) and not request.user.is_verified():
        return redirect(_with_next("sign_in_code", request))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            codes = one_time_codes.confirm_device(request.user, form.cleaned_data["code"], request)
            context = {"codes": codes, "next": safe_next(request) or reverse("workbench")}
            return render(request, "sign_in/recovery_codes.html", context)
        except one_time_codes.WrongCode as refusal:
            form.add_error("code", refusal.sentence)
    device = one_time_codes.pending_device(request.user)
    path, side = qr_path(device.config_url)
    context = {
        "form": form,
        "next": safe_next(request),
        "qr_path": path,
        "qr_side": side,
        "secret": one_time_codes.secret_text(device),
    }
    return render(request, "sign_in/enrol.html", context, status=400 if form.errors else 200)


@before_second_step
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    log_access(request.user, "sign_out", f"user {request.user.pk}", request=request)
    logout(request)
    response = redirect("sign_in")
    # Maps are kept by the browser for a year; the next person at this machine must not find them there.
    response["Clear-Site-Data"] = '"cache"'
    return response


@public
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, secret: str) -> HttpResponse:
    """The page of an invitation or reset link: choose a password, then sign in with it."""
    try:
        link = sign_in_links.open_link(secret)
    except Refusal as refusal:
        return render(request, "sign_in/link_over.html", {"refusal": refusal}, status=refusal.status)
    form = NewPasswordForm(link.user, request.POST or None, ask_old=False)
    if form.is_valid():
        person = sign_in_links.use_link(secret, form.cleaned_data["password"], request=request)
        logout(request)
        query = urlencode({"welcome": person.get_username()})
        return redirect(f"{reverse('sign_in')}?{query}")
    context = {"form": form, "link": link}
    response = render(request, "sign_in/welcome.html", context, status=400 if form.errors else 200)
    response["Referrer-Policy"] = "no-referrer"  # the address holds the secret
    return response
