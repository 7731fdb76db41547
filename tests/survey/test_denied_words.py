"""Nothing of this room carries a denied word: tables, built-in forms, interface, exports, fields of pages."""

from html.parser import HTMLParser
from io import BytesIO

import openpyxl
import pytest
from django.apps import apps
from drf_spectacular.generators import SchemaGenerator

from gis_core.denylist import denied_names, is_denied_name
from survey import exports
from survey.answer_labels import questions_of
from survey.models import Form, FormVersion
from survey.questionnaires.built_in import seed_forms
from tests.people import client_for
from tests.survey.records.kept import draw_records_field, keep_record, question

pytestmark = pytest.mark.django_db


def test_no_column_of_the_room():
    names = [
        f"{model.__name__}.{field.name} {getattr(field, 'verbose_name', '')}"
        for model in apps.get_app_config("survey").get_models()
        for field in model._meta.get_fields()
    ]
    assert len(names) > 150
    assert denied_names(names) == []


def test_no_choice_of_a_column():
    choices = [
        str(word)
        for model in apps.get_app_config("survey").get_models()
        for field in model._meta.get_fields()
        for pair in getattr(field, "choices", None) or []
        for word in pair
    ]
    assert len(choices) > 60
    assert denied_names(choices) == []


def test_no_question_or_choice_of_the_built_in_forms():
    seed_forms()
    versions = FormVersion.objects.filter(form__is_built_in=True)
    assert {version.form.form_id for version in versions} == {"wangge_household", "wangge_visit"}
    names = []
    for version in versions:
        for one in questions_of(version.outline).values():
            names += [one["name"], *(s["property"] for s in one["save_to"])]
            if one["is_answerable"]:  # notes and the notice are read out, they ask for nothing
                names += one["labels"].values()
            for choice in one["choices"]:
                names += [choice["value"], *choice["labels"].values()]
    assert len(names) > 100
    assert denied_names(names) == []
    assert Form.objects.filter(is_built_in=True).count() == 2


def test_no_name_of_the_interface_for_programs():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    names: list[str] = []
    waiting: list[object] = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            names += [str(key) for key in node.get("properties", {})]
            names += [str(value) for value in node.get("enum", [])]
            names += [str(node["name"])] if "in" in node and "name" in node else []
            waiting += list(node.values())
        elif isinstance(node, list):
            waiting += node
    assert denied_names(names) == []


def test_an_export_leaves_a_denied_question_behind_even_if_a_form_had_one():
    outline = {
        "questions": [
            question("faith", "信仰", "Faith", "integer"),
            question("rooms", "几间", "Rooms", "integer"),
        ]
    }
    assert [one["name"] for one in exports.told_questions(outline)] == ["rooms"]


def test_no_heading_of_an_export():
    field = draw_records_field(allows_row_export=True)
    keep_record(field, field.dwelling())
    made = exports.make_export(field.director, field.round, "核对")
    book = openpyxl.load_workbook(BytesIO(made.content))
    heads = [str(cell.value) for sheet in book for cell in sheet[1] if cell.value]
    assert heads
    assert denied_names(heads) == []


class Fields(HTMLParser):
    """Names of everything a page lets a person fill in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("input", "select", "textarea"):
            self.names += [
                value for key, value in attrs if key in ("name", "placeholder", "aria-label") and value
            ]


def test_no_field_of_the_desk_pages():
    field = draw_records_field()
    record = keep_record(field, field.dwelling())
    desk = client_for(field.director)
    own = f"/rounds/{field.round.uid}"
    addresses = [
        f"{own}/{rest}" for rest in ("rows/", "review/", f"households/{record.dwelling_code}/erase/")
    ]
    addresses += [f"/rounds/records/{record.pk}/?reason=review", "/requests/new/", "/requests/"]
    names = [name for address in addresses for name in Fields(desk.get(address).content.decode()).names]
    assert len(names) > 20
    assert [name for name in names if is_denied_name(name)] == []
