"""Rows of the draw of a placement and of what is written down after it; see access_rows.py."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from grids.models import Appeal, Draw, Offer, PlacementProject, PlacementRules, Stock
from tests.grids.access_rows import Kind, Path, Row, World
from tests.grids.two_towns import FIRST

CODE = FIRST + "00001" + "010101"
ONE = {"id": "R1", "priority": 1, "class": "two", "type": "public_rental", "choices": [], "takes_any": True}


def project_of(world: World, name: str) -> PlacementProject:
    """A project of town 甲, one for each address."""
    stock = Stock.objects.get(town=world.towns.own)
    found, _new = PlacementProject.objects.get_or_create(
        town=world.towns.own, stock=stock, name=name, area_code=FIRST
    )
    return found


def of_project(name: str) -> Path:
    return lambda world, user: reverse(name, kwargs={"uid": project_of(world, name).uid})


def published_draw(world: World, name: str) -> Draw:
    project, now = project_of(world, name), timezone.now()
    rules, _new = PlacementRules.objects.get_or_create(project=project, name="r", reason="r")
    draw, _new = Draw.objects.get_or_create(
        project=project,
        defaults={
            "rules": rules,
            "closed_at": now,
            "beacon_due_at": now,
            "published_at": now,
            "seed": "00" * 32,
            "full_archive": {"applicants": [ONE], "order": ["R1"], "classes": {}},
        },
    )
    return draw


def _offer(world: World, user: Any) -> str:
    draw = published_draw(world, "placement_offer")
    offer, _new = Offer.objects.get_or_create(
        draw=draw, receipt="R1", flat_code=CODE, offered_at=draw.published_at
    )
    return reverse("placement_offer", kwargs={"uid": draw.project.uid, "pk": offer.pk, "step": "accept"})


def _appeal(world: World, user: Any) -> str:
    draw = published_draw(world, "placement_appeal_answer")
    appeal, _new = Appeal.objects.get_or_create(draw=draw, receipt="R1")
    return reverse("placement_appeal_answer", kwargs={"uid": draw.project.uid, "pk": appeal.pk})


def _step(name: str, path: Path | None = None) -> Row:
    """A step that town 甲's official may ask for; what it answers is the step's own affair."""
    return Row(name, Kind.OBJECT, path or of_project(name), "run_draw", method="post", ok=(302, 409, 422))


ROWS = [
    Row("placement_draw", Kind.OBJECT, of_project("placement_draw"), "open_placement"),
    Row("placement_result", Kind.OBJECT, of_project("placement_result"), "open_placement"),
    *(
        _step(f"placement_draw_{step}")
        for step in ("close", "commit", "reveal", "run", "publish", "stop", "again")
    ),
    _step("placement_offer", _offer),
    _step("placement_offer_next"),
    _step("placement_appeal"),
    _step("placement_appeal_answer", _appeal),
]
