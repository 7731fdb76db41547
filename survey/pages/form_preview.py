"""A form as the tablet shows it, at the desk: the tablet's own components in a frame, and nothing is sent."""

from typing import Any
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp, csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from gis_core.errors import NotFound
from gis_core.permissions import require
from survey.models import FormVersion
from survey.pages.tablet_app import APP_POLICY, SameForEveryone, built
from survey.questionnaires.scope import EDIT_FORMS, form_for

# The form engine brings its own WebAssembly, as in the app itself; only the desk may frame it.
FRAME_POLICY = {**APP_POLICY, "frame-ancestors": [SELF]}


@never_cache
@csp_update({"frame-src": [SELF]})
@require_safe
def form_preview(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    version = _version(request, uid, pk)
    language = "en" if (get_language() or "").startswith("en") else "zh"
    shown = {"form": version.form, "version": version, "language": language}
    return render(request, "survey/forms/preview.html", shown)


@xframe_options_sameorigin
@csp(FRAME_POLICY)
@require_safe
def form_preview_frame(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    _version(request, uid, pk)
    return SameForEveryone(built("preview.html"), "text/html; charset=utf-8")


@never_cache
@require_safe
def form_preview_form(request: HttpRequest, uid: UUID, pk: int) -> JsonResponse:
    """The definition the frame opens; the round's notice is not known here, so the form's own stands."""
    version = _version(request, uid, pk)
    form = version.form
    said: dict[str, Any] = {
        "form_id": form.form_id,
        "version": version.version,
        "xml": version.xform,
        "title": {"zh": form.title_zh, "en": form.title_en or form.title_zh},
        "notice": {"zh": "", "en": ""},
    }
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False})


def _version(request: HttpRequest, uid: UUID, pk: int) -> FormVersion:
    require(request.user, EDIT_FORMS)
    found = form_for(request.user, uid).versions.select_related("form").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有这个版本。"))
    return found
