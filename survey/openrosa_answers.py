"""How OpenRosa answers look: headers on every one of them, XML for Collect, JSON for our own tablet."""

from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import translation

from gis_core.errors import Refusal
from survey.openrosa_parts import MOST_BYTES
from survey.receipts import Receipt

XML = "text/xml; charset=utf-8"
RESPONSE = "http://openrosa.org/http/response"
VERSION = "1.0"


def with_headers(response: HttpResponseBase) -> HttpResponseBase:
    """What Collect looks for on any answer; without the version it says that this is no OpenRosa server."""
    response["X-OpenRosa-Version"] = VERSION
    response["X-OpenRosa-Accept-Content-Length"] = str(MOST_BYTES)
    response["Content-Language"] = translation.get_language() or "zh-hans"
    response["Vary"] = "Accept, Accept-Language, Authorization"
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def xml_answer(body: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(f'<?xml version="1.0" encoding="UTF-8"?>{body}', content_type=XML, status=status)


def message(
    request: HttpRequest, sentence: str, *, status: int, receipt: Receipt | None = None, code: str = ""
) -> HttpResponseBase:
    """One sentence, and the receipt where there is one."""
    if "application/json" in request.headers.get("Accept", ""):
        told: dict[str, Any] = {"message": sentence, "receipt": receipt.as_json() if receipt else None}
        if code:
            told["code"] = code
        return with_headers(JsonResponse(told, status=status))
    nature = f"error:{code}" if code else "submit_success" if receipt else ""
    said = f'<message nature="{escape(nature)}">{escape(sentence)}</message>'
    body = f'<OpenRosaResponse xmlns="{RESPONSE}" items="0">{said}</OpenRosaResponse>'
    return with_headers(xml_answer(body, status=status))


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal in OpenRosa's clothes."""
    answer = message(request, refusal.sentence, status=refusal.status, code=refusal.code)
    assert isinstance(answer, HttpResponse)
    return answer
