"""The own account: language, password, authenticator, duties."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gis_core import one_time_codes
from gis_core.access_log import log_access
from gis_core.errors import Refusal
from gis_core.forms import NewPasswordForm
from gis_core.permissions import needs_second_step
from gis_core.sessions import public
from gis_core.views.sign_in import safe_next


@never_cache
@sensitive_post_parameters("old_password", "password", "again")
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    form = NewPasswordForm(request.user, request.POST or None, ask_old=True)
    if form.is_valid():
        request.user.set_password(form.cleaned_data["password"])
        request.user.save(update_fields=["password"])
        update_session_auth_hash(request, request.user)
        log_access(request.user, "change_password", f"user {request.user.pk}", request=request)
        messages.success(request, _("密码已修改。其他设备上的登录已结束。"))
        return redirect("account")
    context = {
        "form": form,
        "duties": request.user.duties.order_by(F("revoked_at").asc(nulls_first=True), "-valid_from"),
        "today": timezone.localdate(),
        "needs_code": needs_second_step(request.user),
        "is_enrolled": one_time_codes.is_enrolled(request.user),
        "codes_left": one_time_codes.recovery_codes_left(request.user),
    }
    return render(request, "account/account.html", context, status=400 if form.errors else 200)


@never_cache
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown this once; the earlier ones stop working."""
    if not request.user.is_verified():
        raise Refusal(_("请先登记验证器，再生成备用代码。"))
    context = {"codes": one_time_codes.new_recovery_codes(request.user), "next": "/account/"}
    return render(request, "sign_in/recovery_codes.html", context)


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language: kept with the account, and in a cookie for the pages before signing in."""
    asked = request.POST.get("language", "")
    if asked not in dict(settings.LANGUAGES):
        raise Refusal(_("没有这种语言：%(code)s。") % {"code": asked})
    response = redirect(safe_next(request) or "workbench")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, asked, max_age=365 * 86400, samesite="Lax", secure=settings.HTTPS
    )
    if request.user.is_authenticated and request.user.language != asked:
        request.user.language = asked
        request.user.save(update_fields=["language"])
    translation.activate(asked)
    return response
