"""Rows of the page 混居 and of the map files that it reads; see access_rows.py."""

from typing import Any

from django.urls import reverse

from grids.maps.mix_outlines import areas_version
from grids.scoping import active_generations, scope_token
from tests.grids.access_rows import Kind, Path, Row, World, own_town

OPEN = "open_mix"


def of_stock(name: str, /, **more: Any) -> Path:
    """An address of town 甲's stock with the scope token of whoever asks."""

    def path(world: World, user: Any) -> str:
        own = world.towns.own
        stock = active_generations(own)["stock"]
        return reverse(name, kwargs={"stock_uid": stock.uid, "scope": scope_token(user, OPEN, own), **more})

    return path


def _outlines(world: World, user: Any) -> str:
    own = world.towns.own
    named = {"slug": own.slug, "scope": scope_token(user, OPEN, own), "version": areas_version(own)}
    return reverse("mix_outlines", kwargs={**named, "level": "community"})


ROWS = [
    Row("mix", Kind.OBJECT, own_town("mix"), OPEN),
    Row("mix_state", Kind.OBJECT, own_town("mix_state"), OPEN),
    Row("mix_print", Kind.OBJECT, own_town("mix_print"), OPEN),
    Row("mix_values", Kind.OBJECT, of_stock("mix_values", dimension="building_kind", figure="w"), OPEN),
    Row("mix_array", Kind.OBJECT, of_stock("mix_array", name="dwellings"), OPEN),
    Row("mix_outlines", Kind.OBJECT, _outlines, OPEN),
]
