"""Every request of the desk: signed in, second step done, not idle for too long, in the reader's language.

A page is closed unless it says otherwise: `@public` opens one to anyone, `@before_second_step` to a
person who has given the password but not yet the one-time code. Views of the API authenticate by
`gis_core.api.DeskSession`, which asks the same.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.api import error_body, wants_json
from gis_core.permissions import duties_in_force, needs_second_step

View = TypeVar("View", bound=Callable[..., Any])

SEEN_AT = "seen_at"
NOTE_SEEN_EVERY_S = 30  # a session row is written at most this often


def public(view: View) -> View:
    """Anyone may open this page, signed in or not."""
    view.before_second_step = True  # type: ignore[attr-defined]
    return login_not_required(view)


def before_second_step(view: View) -> View:
    """For pages on the way from the password to the one-time code."""
    view.before_second_step = True  # type: ignore[attr-defined]
    return view


def asked_by_itself(view: View) -> View:
    """The page asks again on its own, so the request does not count as somebody being there."""
    view.asked_by_itself = True  # type: ignore[attr-defined]
    return view


class DeskSessionMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            user.duties_today = duties_in_force(user)  # type: ignore[attr-defined]
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        if user.is_authenticated:  # what a signed-in person got stays in no cache unless the view says so
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if request.user.is_authenticated:
            if _is_idle(request):
                logout(request)
                return None if _is_open(view) else send_to_sign_in(request, expired=True)
            if not getattr(view, "asked_by_itself", False):
                _note_seen(request)
        if _is_open(view):
            return None
        if not request.user.is_authenticated:
            return send_to_sign_in(request)
        if getattr(view, "before_second_step", False) or not needs_second_step(request.user):
            return None
        return None if request.user.is_verified() else send_to_second_step(request)


def _is_open(view: Callable[..., Any]) -> bool:
    return not getattr(view, "login_required", True)


def _is_idle(request: HttpRequest) -> bool:
    seen_at = request.session.get(SEEN_AT)
    return seen_at is not None and time.time() - seen_at > settings.SESSION_IDLE_S


def _note_seen(request: HttpRequest) -> None:
    if time.time() - request.session.get(SEEN_AT, 0) > NOTE_SEEN_EVERY_S:
        request.session[SEEN_AT] = time.time()


def _redirect(request: HttpRequest, url: str, code: str, sentence: str) -> HttpResponse:
    """Programs get 401; a page part fetched by script is told where to go; people are sent there."""
    if wants_json(request):
        return JsonResponse(error_body(code, sentence), status=401)
    if request.headers.get("X-Requested-With") == "fetch" or request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = response["X-Location"] = url
        return response
    return HttpResponseRedirect(url)


def send_to_sign_in(request: HttpRequest, *, expired: bool = False) -> HttpResponse:
    asked = {"next": request.get_full_path()} if request.method == "GET" and request.path != "/" else {}
    query = urlencode({**asked, **({"expired": "1"} if expired else {})})
    url = reverse("sign_in") + (f"?{query}" if query else "")
    return _redirect(request, url, "not_authenticated", _("请先登录。"))


def send_to_second_step(request: HttpRequest) -> HttpResponse:
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    url = reverse("sign_in_code") + (f"?{query}" if query else "")
    return _redirect(request, url, "second_step_missing", _("请先输入一次性代码完成登录。"))
