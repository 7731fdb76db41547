"""The verify page: anyone, without signing in, follows a draw and redoes it. Nothing here is secret."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.errors import NotFound
from gis_core.sessions import public
from grids.models import Draw
from grids.pages.verify_words import verify_words
from grids.placement import verify_draw
from grids.placement.draw_steps import is_overdue, stop_if_overdue
from grids.placement.instructions import instructions
from grids.placement.public_archive import public_archive, public_file_names, public_file_texts

SCRIPT = "verify_draw.py"
KINDS = {"json": "application/json", "txt": "text/plain", "py": "text/x-python"}


def draw_of(uid: UUID) -> Draw:
    """The draw of this address; one that missed its time is stopped when somebody looks."""
    draw = Draw.objects.select_related("project").filter(uid=uid).first()
    if draw is None:
        raise NotFound(_("没有这次摇号。请核对公示上的网址。"))
    if is_overdue(draw) and stop_if_overdue(draw):
        return Draw.objects.select_related("project").get(pk=draw.pk)
    return draw


def page_context(draw: Draw) -> dict[str, Any]:
    archive = public_archive(draw)
    facts = json.loads(archive["rules"])["facts"]
    return {
        "draw": draw,
        "archive": archive,
        "facts": facts,
        "parties": [{**one, "nonce": nonce} for one, nonce in zip(draw.parties, draw.nonces, strict=True)],
        "stock": stock_rows(facts),
        "is_published": draw.published_at is not None,
    }


def stock_rows(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Flats per building, a column for each class letter."""
    labels = sorted(facts["stock"])
    codes = sorted({code for part in facts["stock"].values() for code in part})
    return [
        {
            "code": code,
            "name": facts["buildings"].get(code) or code,
            "counts": [facts["stock"][label].get(code, 0) for label in labels],
        }
        for code in codes
    ]


@public
@require_safe
def verify_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    draw = draw_of(uid)
    names = [*public_file_names(draw), SCRIPT]
    context = page_context(draw)
    context["page_state"] = {
        "archive": reverse("verify_file", args=[uid, "public.json"]),
        "isPublished": context["is_published"],
        "isStopped": draw.stopped_at is not None,
        "buildings": context["facts"]["buildings"],
        "words": verify_words(),
    }
    context["files"] = [{"name": name, "url": reverse("verify_file", args=[uid, name])} for name in names]
    return render(request, "grids/verify.html", context)


@public
@require_safe
def verify_file(request: HttpRequest, uid: UUID, name: str) -> HttpResponse:
    files = public_file_texts(draw_of(uid))
    if name == SCRIPT:
        with open(verify_draw.__file__, "rb") as file:
            files[name] = file.read()
    if name not in files:
        raise NotFound(_("这个文件还没有公布。"))
    response = HttpResponse(files[name], content_type=f"{KINDS[name.rsplit('.')[-1]]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-cache"
    return response


@public
@require_safe
def verify_print(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The 公示 list for the notice board."""
    context = page_context(draw_of(uid))
    archive, names = context["archive"], context["facts"]["buildings"]
    priority = {one["id"]: one["priority"] for one in archive["list"]}
    context["rows"] = [{"id": one, "priority": priority[one]} for one in archive.get("order", [])]
    context["results"] = [
        {**one, "short": one["row"][:12], "name": names.get(one["building"]) or one["building"]}
        for one in archive.get("results", [])
    ]
    context["address"] = request.build_absolute_uri(reverse("verify", args=[uid]))
    return render(request, "grids/verify_print.html", context)


@public
@require_safe
def verify_without_us(request: HttpRequest, uid: UUID) -> HttpResponse:
    draw = draw_of(uid)
    address = request.build_absolute_uri(reverse("verify", args=[uid]))
    context = page_context(draw)
    context["blocks"] = instructions(context["archive"], address) if context["is_published"] else []
    context["script"] = reverse("verify_file", args=[uid, SCRIPT])
    return render(request, "grids/verify_without_us.html", context)
