"""The tablet app itself: a built shell, the same bytes for everyone. Its token says who one is."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import ResponseHeaders
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.errors import Refusal
from gis_core.sessions import asked_by_itself, public

# The form engine compiles WebAssembly that it carries in a data: address. Only this document may.
APP_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, "'wasm-unsafe-eval'"],
    "style-src": [SELF],
    "img-src": [SELF, "data:", "blob:"],
    "media-src": [SELF, "blob:"],
    "connect-src": [SELF, "data:"],
    "worker-src": [SELF],
    "manifest-src": [SELF],
    "object-src": [NONE],
    "base-uri": [SELF],
    "frame-ancestors": [NONE],
    "form-action": [SELF],
}
ICON_SIZES = (192, 512)


class NotBuilt(Refusal):
    code = "not_built"
    status = 503


class _WithoutVary(ResponseHeaders):
    """Headers that no middleware can add `Vary` to.

    The language middleware names Accept-Language, the session Cookie. A browser that starts offline in
    another language, or signed in to the desk, would then not find the shell that it keeps.
    """

    def __setitem__(self, key: str, value: Any) -> None:
        if key.lower() != "vary":
            super().__setitem__(key, value)


class SameForEveryone(HttpResponse):
    def __init__(self, content: bytes, content_type: str) -> None:
        super().__init__(content)
        headers = {"Content-Type": content_type, "Cache-Control": "no-cache"}
        self.headers: ResponseHeaders = _WithoutVary(headers)


@public
@asked_by_itself
@csp(APP_POLICY)
@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    return SameForEveryone(built("index.html"), "text/html; charset=utf-8")


@public
@asked_by_itself
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; its scope is its own folder, /tablet/."""
    return SameForEveryone(built("sw.js"), "text/javascript; charset=utf-8")


@public
@asked_by_itself
@require_safe
def web_manifest(request: HttpRequest) -> HttpResponse:
    """What the launcher shows, in the reader's language."""
    full = {
        "src": static("tablet/icon-512-full.png"),
        "sizes": "512x512",
        "type": "image/png",
        "purpose": "maskable",
    }
    icons = [
        {"src": static(f"tablet/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"}
        for side in ICON_SIZES
    ]
    said = {
        "id": "/tablet/",
        "name": _("网格走访"),
        "short_name": _("走访"),
        "description": _("走访普查的平板应用，没有网络也能用。"),
        "lang": "en" if translation.get_language() == "en" else "zh-Hans",
        "dir": "ltr",
        "start_url": "/tablet/",
        "scope": "/tablet/",
        "display": "standalone",
        "background_color": "#f1f4f6",
        "theme_color": "#1f4a75",
        "icons": [*icons, full],
    }
    answer = JsonResponse(
        said, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )
    answer["Cache-Control"] = "no-cache"
    return answer


def built(name: str) -> bytes:
    path = Path(settings.VAR_DIR) / "dist" / "tablet" / name
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise NotBuilt(_("平板应用还没有生成。请运行 ./dev setup。")) from None


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int) -> bytes:
    return path.read_bytes()
