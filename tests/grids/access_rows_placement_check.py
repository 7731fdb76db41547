"""Rows of 校核 and 方案比较: alternatives, their maps and files, and the comparison."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from grids.models import PlacementProject, Stock, Variant
from grids.placement.imports import import_applicants, import_flats
from grids.placement.rules import make_rules
from grids.placement.variants import make_variant
from tests.grids.access_rows import Kind, Path, Row, World
from tests.grids.two_towns import FIRST

OPEN = "open_placement"


def project_of(world: World) -> PlacementProject:
    """A project of town 甲 with a flat, a receipt number, rules and two alternatives."""
    own = world.towns.own
    found = PlacementProject.objects.filter(town=own, name="check").first()
    if found is not None:
        return found
    stock = Stock.objects.get(town=own)
    made = PlacementProject.objects.create(town=own, stock=stock, name="check", area_code=FIRST)
    building = stock.buildings.filter(code__startswith=FIRST).order_by("code")[0]
    flat = f"{building.code}010101"
    import_flats(made, f"房源编码,户型\n{flat},两室\n".encode(), "f.csv", None)
    people = f"回执号,房屋性质,户型,申报房源\nA1,公租房,两室,{flat}\n"
    import_applicants(made, people.encode(), "a.csv", None)
    rules = make_rules(made, name="r", reason="r")
    for kind in ("given", "serial"):
        make_variant(made, kind, rules, kind, None)
    return made


def of_project(name: str) -> Path:
    return lambda world, user: reverse(name, args=[project_of(world).uid])


def of_variant(name: str, *more: str) -> Path:
    """An alternative of town 甲; a new one where the last was deleted."""

    def path(world: World, user: Any) -> str:
        project = project_of(world)
        held = project.variants.filter(kind="serial").first()
        variant: Variant = held or make_variant(project, "serial", None, "serial", None)
        uids: list[UUID | str] = [project.uid, variant.uid, *more]
        return reverse(name, args=uids)

    return path


ROWS = [
    Row("placement_check", Kind.OBJECT, of_project("placement_check"), OPEN),
    Row(
        "placement_variant_new",
        Kind.OBJECT,
        of_project("placement_variant_new"),
        OPEN,
        method="post",
        ok=(302,),
        posted=lambda world: {"kind": "lottery", "rules": "", "name": ""},
    ),
    Row("placement_variant_map", Kind.OBJECT, of_variant("placement_variant_map"), OPEN),
    Row("placement_variant_export", Kind.OBJECT, of_variant("placement_variant_export", "xlsx"), OPEN),
    Row(
        "placement_variant_delete",
        Kind.OBJECT,
        of_variant("placement_variant_delete"),
        OPEN,
        method="post",
        ok=(302,),
    ),
    Row("placement_compare", Kind.OBJECT, of_project("placement_compare"), OPEN),
    Row("placement_frontier", Kind.OBJECT, of_project("placement_frontier"), OPEN),
]
