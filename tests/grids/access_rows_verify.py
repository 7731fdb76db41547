"""Rows of the public verify page, and of what only the official in charge takes out of a draw."""

from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from grids.models import Draw, PlacementProject, PlacementRules, Stock
from tests.grids.access_rows import Kind, Path, Row, World, at
from tests.grids.two_towns import FIRST

SOME = UUID("0f0e0d0c-0b0a-4009-8807-060504030201")


def of_draw(name: str, **more: object) -> Path:
    """A draw of town 甲; `more` says how far it has come."""

    def path(world: World, user: object) -> str:
        stock = Stock.objects.get(town=world.towns.own)
        project, _new = PlacementProject.objects.get_or_create(
            town=world.towns.own, stock=stock, name=name, area_code=FIRST
        )
        rules, _new = PlacementRules.objects.get_or_create(project=project, name="r", reason="r")
        now = timezone.now()
        draw, _new = Draw.objects.get_or_create(
            project=project,
            defaults={"rules": rules, "closed_at": now, "beacon_due_at": now, "full_archive": {}, **more},
        )
        return reverse(name, args=[draw.uid])

    return path


ROWS = [
    Row("verify", Kind.OPEN, at("verify", uid=SOME)),
    Row("verify_print", Kind.OPEN, at("verify_print", uid=SOME)),
    Row("verify_without_us", Kind.OPEN, at("verify_without_us", uid=SOME)),
    Row("verify_file", Kind.OPEN, at("verify_file", uid=SOME, name="public.json")),
    Row(
        "draw_full_archive",
        Kind.OBJECT,
        of_draw("draw_full_archive", drawn_at=timezone.now()),
        "run_draw",
    ),
    Row("draw_slips", Kind.OBJECT, of_draw("draw_slips"), "run_draw"),
]
