"""Whom to call about a case that went on after its round was sealed; every look is written down."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.permissions import require
from survey.access import open_case_contact
from survey.pages.records_reading import ask_reason, door_labels, reason_given
from survey.requests import HANDLE, require_request


@never_cache
@require_safe
def case_contact(request: HttpRequest, uid: UUID) -> HttpResponse:
    require(request.user, HANDLE)
    found = require_request(request.user, uid, to_handle=True)
    door = door_labels([found.dwelling_code]).get(found.dwelling_code, found.dwelling_code)
    subject = f"request {found.pk}"
    reason = reason_given(request, subject)
    if not reason:
        return ask_reason(request, subject, f"{found.get_category_display()} · {door}")
    contact = open_case_contact(request.user, found, reason, request=request)
    return render(
        request, "survey/sealing/case_contact.html", {"one": found, "door": door, "contact": contact}
    )
