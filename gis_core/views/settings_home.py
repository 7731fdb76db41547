"""/settings/ opens the first page of it that this person may use."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from gis_core.permissions import require
from gis_core.shell import settings_pages


@require_safe
def settings_home(request: HttpRequest) -> HttpResponse:
    require(request.user, "open_settings")
    pages = settings_pages(request.user)
    return redirect(pages[0][1] if pages else "workbench")
