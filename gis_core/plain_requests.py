"""Requests that none of our pages sends are answered before anything reads them.

A NUL in a text is refused by the database, so it would end as an error of ours. A body is written to disk
while it is parsed, and the check of forged requests parses it before anybody asks who sent it: without a
limit here a stranger could fill the disk. Addresses whose clients bring a token instead of a session read
their bodies themselves, after they know who sends; they say so, and how much they take, with `read_by_view`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _

from gis_core.api import refusal_page
from gis_core.errors import NotFound, Refusal, TooLarge
from gis_core.permissions import may

FILES_OF_ONE_FORM = 2


class NulInText(Refusal):
    code = "nul_in_text"


@dataclass(frozen=True)
class OwnReading:
    """Addresses below `prefix` take this many bytes and parse them in the view, behind its own check."""

    prefix: str
    most_bytes: int
    refuse: Callable[[HttpRequest, Refusal], HttpResponse]


_own_readings: list[OwnReading] = []


def read_by_view(
    prefix: str,
    most_bytes: int,
    refuse: Callable[[HttpRequest, Refusal], HttpResponse] = refusal_page,
) -> None:
    """Register a prefix; views below it never touch `request.POST` before they know the sender."""
    _own_readings.append(OwnReading(prefix, most_bytes, refuse))


def own_reading(path: str) -> OwnReading | None:
    return next((one for one in _own_readings if path.startswith(one.prefix)), None)


class PlainRequestsMiddleware:
    """Behind the session, so that who asks is known; bodies are parsed only after it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        own = own_reading(request.path_info)
        if _length(request) > (own.most_bytes if own else largest_body(request.user)):
            return (own.refuse if own else refusal_page)(request, TooLarge(_("请求太大，未读取。")))
        if "\x00" in request.path_info:
            return refusal_page(request, NotFound(_("这个地址没有内容，或者不在您的职责范围内。")))
        if _has_nul(request.GET):
            return refusal_page(request, _nul())
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        if request.method == "POST" and not own_reading(request.path_info) and _has_nul(request.POST):
            return refusal_page(request, _nul())
        return None


def largest_body(user: Any) -> int:
    """Bytes that this person may send at once: files come only from those whose work brings some."""
    words = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if may(user, "import_town"):
        return words + FILES_OF_ONE_FORM * settings.UPLOAD_MAX_BYTES
    # A tablet's outbox with its photos, brought to the desk as a file.
    if may(user, "plan_rounds"):
        return words + settings.UPLOAD_MAX_BYTES
    return words + settings.LIST_MAX_BYTES if may(user, "open_placement") else words


def _length(request: HttpRequest) -> int:
    stated = request.META.get("CONTENT_LENGTH") or "0"
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 20 else 0


def _has_nul(given: QueryDict) -> bool:
    return any("\x00" in text for name, texts in given.lists() for text in (name, *texts))


def _nul() -> NulInText:
    return NulInText(_("请求中有不可用的字符（NUL），未处理。"))
