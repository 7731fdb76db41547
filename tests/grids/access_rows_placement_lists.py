"""Rows of the projects, their two lists and their rules; the project is that of the check's rows."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from grids.models import PlacementRules
from grids.placement.rules import make_rules
from tests.grids.access_rows import Kind, Row, World, at, own_town
from tests.grids.access_rows_placement_check import OPEN, of_project, project_of


def _unused_rules(world: World, user: Any) -> str:
    project = project_of(world)
    rules: PlacementRules = project.rules.filter(name="unused").first() or make_rules(
        project, name="unused", reason="r"
    )
    return reverse("placement_rules_delete", args=[project.uid, rules.pk])


def _flats(world: World) -> dict[str, Any]:
    flat = project_of(world).flats.get().code
    content = f"房源编码,户型\n{flat},两室\n".encode()
    return {"file": SimpleUploadedFile("flats.csv", content)}


ROWS = [
    Row("placements", Kind.LIST, at("placements"), OPEN),
    Row("placement_new", Kind.OBJECT, own_town("placement_new"), OPEN),
    Row("placement_template", Kind.LIST, at("placement_template", kind="flats"), OPEN),
    Row("placement", Kind.OBJECT, of_project("placement"), OPEN, ok=(302,)),
    Row(
        "placement_flats",
        Kind.OBJECT,
        of_project("placement_flats"),
        OPEN,
        method="post",
        ok=(302,),
        posted=_flats,
    ),
    Row("placement_applicants", Kind.OBJECT, of_project("placement_applicants"), OPEN),
    Row("placement_rules", Kind.OBJECT, of_project("placement_rules"), OPEN),
    Row("placement_rename", Kind.OBJECT, of_project("placement_rename"), OPEN),
    Row(
        "placement_forget_applicants",
        Kind.OBJECT,
        of_project("placement_forget_applicants"),
        OPEN,
        method="post",
        ok=(302,),
    ),
    Row("placement_rules_delete", Kind.OBJECT, _unused_rules, OPEN, method="post", ok=(302,)),
    Row(
        "placement_delete",
        Kind.OBJECT,
        of_project("placement_delete"),
        OPEN,
        method="post",
        ok=(302,),
        posted=lambda world: {"typed_name": project_of(world).name},
    ),
]
