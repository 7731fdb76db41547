"""Addresses of forms, work list and notices: who opens them, and what lies outside one's duties."""

from typing import Any

from django.urls import reverse

from survey.models import Form, FormVersion, WorkListItem
from tests.grids.access_rows import Kind, Path, Row, World, at
from tests.survey.worlds import make_form_version, make_item

XFORM = "<h/>"
OUTLINE: dict[str, Any] = {
    "form_id": "matrix_form", "version": "1", "title": {"zh": "表", "en": "Form"}, "languages": [],
    "root": "/data", "questions": [], "groups": [], "entity_lists": [], "entities": [], "roles": {},
    "namespaces": {},
}  # fmt: skip


def own_form(world: World) -> FormVersion:
    """A form that belongs to the whole of town 甲."""
    kept = FormVersion.objects.filter(form__form_id="matrix_form").first()
    return kept or make_form_version(own_item(world), "matrix_form", "1", XFORM, OUTLINE)


def own_item(world: World) -> WorkListItem:
    code = world.towns.own.root_code
    return WorkListItem.objects.filter(area_code=code).first() or make_item(code)


def of_form(name: str) -> Path:
    return lambda world, user: reverse(name, kwargs={"uid": own_form(world).form.uid})


def of_version(name: str) -> Path:
    def path(world: World, user: Any) -> str:
        version = own_form(world)
        return reverse(name, kwargs={"uid": version.form.uid, "pk": version.pk})

    return path


def of_item(world: World, user: Any) -> str:
    return reverse("work_list_item", kwargs={"pk": own_item(world).pk})


def chosen_item(world: World) -> dict[str, Any]:
    own_form(world)
    return {"item": Form.objects.get(form_id="matrix_form").item_id}


EDIT = {"action": "edit_forms"}
ROWS = [
    Row("forms", Kind.LIST, at("forms"), **EDIT),
    Row("form_upload", Kind.LIST, at("form_upload"), **EDIT),
    Row("form", Kind.OBJECT, of_form("form"), **EDIT),
    Row("form_bind", Kind.OBJECT, of_form("form_bind"), method="post", ok=(302,), posted=chosen_item,
        changes_town=True, **EDIT),
    Row("form_retire", Kind.OBJECT, of_form("form_retire"), method="post", ok=(302,),
        changes_town=True, **EDIT),
    Row("form_version_retire", Kind.OBJECT, of_version("form_version_retire"), method="post", ok=(302,),
        changes_town=True, **EDIT),
    Row("form_workbook", Kind.OBJECT, of_version("form_workbook"), **EDIT),
    Row("form_xform", Kind.OBJECT, of_version("form_xform"), **EDIT),
    Row("work_list", Kind.LIST, at("work_list"), action="edit_work_list"),
    Row("work_list_new", Kind.LIST, at("work_list_new"), action="edit_work_list"),
    Row("work_list_item", Kind.OBJECT, of_item, action="edit_work_list", changes_town=True),
    Row("notices", Kind.LIST, at("notices"), action="edit_notices"),
    Row("notice_new", Kind.LIST, at("notice_new"), action="edit_notices"),
]  # fmt: skip
