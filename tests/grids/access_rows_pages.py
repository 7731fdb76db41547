"""Rows of the pages of grids, places, data and the city profile; see access_rows.py."""

from typing import Any

from django.urls import reverse

from grids.models import Building, Facility
from tests.grids.access_rows import Kind, Path, Row, World, at, detail, own_town
from tests.grids.two_towns import GRID


def of_plan(name: str, /, **more: Any) -> Path:
    return lambda world, user: reverse(name, kwargs={"pk": world.towns.own_run.plan_id, **more})


def of_network(name: str, query: str = "", /) -> Path:
    def path(world: World, user: Any) -> str:
        return reverse(name, kwargs={"kind": "network", "pk": world.towns.own_run.network_id}) + query

    return path


def _correction(world: World, user: Any) -> str:
    return reverse("correction_undo", kwargs={"pk": world.correction.pk})


def _own_town(world: World) -> dict[str, Any]:
    return {"town": world.towns.own.slug, "profile": world.towns.own_run.profile_id}


NOBODYS_UPLOAD = at("data_columns", pk="00000000-0000-0000-0000-000000000000")
BOX = "?bbox=119,29,121,31"


def _post(name: str, path: Path, action: str, *ok: int, changes_town: bool = False, **more: Any) -> Row:
    return Row(name, Kind.OBJECT, path, action, method="post", ok=ok, changes_town=changes_town, **more)


GRID_ROWS = [
    Row("grids", Kind.OBJECT, own_town("grids"), "open_grids"),
    Row("grids_plan_json", Kind.OBJECT, own_town("grids_plan_json"), "open_grids"),
    Row("grids_export", Kind.OBJECT, own_town("grids_export", "&format=xlsx"), "open_grids"),
    _post("grids_make", own_town("grids_make"), "edit_grids", 302, changes_town=True),
    _post("grids_check", of_plan("grids_check"), "edit_grids", 302),
    _post(
        "grids_activate", of_plan("grids_activate"), "activate_generation", 302, 409, 422, changes_town=True
    ),
    _post("grid_reason", of_plan("grid_reason", code=GRID), "edit_grids", 302, 409),
]

PLACE_ROWS = [
    Row("places", Kind.OBJECT, own_town("places"), "open_places"),
    Row("building", Kind.OBJECT, detail("building", Building), "open_places"),
    Row(
        "building_by_number",
        Kind.OBJECT,
        at("building_by_number", slug="jia", number=0),
        "open_places",
        ok=(302,),
    ),
    _post("building_correct", detail("building_correct", Building), "edit_places", 302, 400, 422),
    Row("facility", Kind.OBJECT, detail("facility", Facility), "open_places"),
    _post("facility_correct", detail("facility_correct", Facility), "edit_places", 302, 400, 422),
    _post("correction_undo", _correction, "edit_places", 302),
]

DATA_ROWS = [
    Row("data", Kind.OBJECT, own_town("data"), "open_data"),
    Row("generation", Kind.OBJECT, of_network("generation"), "open_data"),
    Row("generation_features", Kind.OBJECT, of_network("generation_features", BOX), "open_data"),
    *(
        _post(name, of_network(name), "activate_generation", 302, 409, changes_town=True)
        for name in ("generation_activate", "generation_retire", "generation_discard")
    ),
    _post(
        "data_activate",
        at("data_activate"),
        "activate_generation",
        302,
        409,
        changes_town=True,
        posted=_own_town,
    ),
    Row("data_upload", Kind.LIST, at("data_upload"), "import_town"),
    Row("data_columns", Kind.OBJECT, NOBODYS_UPLOAD, "import_town", ok=(404,)),
]

PROFILE_ROWS = [
    Row("city_profile", Kind.LIST, at("city_profile"), "edit_profile"),
    _post("city_profile_new", at("city_profile_new"), "edit_profile", 404),
    _post(
        "city_profile_choose",
        at("city_profile_choose"),
        "edit_profile",
        302,
        changes_town=True,
        posted=_own_town,
    ),
]

PAGE_ROWS = [*GRID_ROWS, *PLACE_ROWS, *DATA_ROWS, *PROFILE_ROWS]
