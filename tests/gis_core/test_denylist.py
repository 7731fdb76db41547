"""The denylist catches what it must, leaves the rest alone, and nothing in the product carries its words."""

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, CreateModel, RenameField
from drf_spectacular.generators import SchemaGenerator

from gis_core.denylist import (
    DeniedColumns,
    denied_names,
    has_id_number,
    is_denied_name,
    require_allowed_columns,
    wordlist,
)

OWN_APPS = ("gis_core", "grids", "survey")


@pytest.mark.parametrize("name", wordlist()["denied"])
def test_denied_names_are_caught(name: str) -> None:
    assert is_denied_name(name)


@pytest.mark.parametrize("name", wordlist()["allowed"])
def test_other_names_are_left_alone(name: str) -> None:
    assert not is_denied_name(name)


def test_a_table_with_a_denied_column_is_refused_by_name() -> None:
    with pytest.raises(DeniedColumns) as refused:
        require_allowed_columns(["楼栋", "户主民族", "religion"])
    assert refused.value.details["columns"] == ["户主民族", "religion"]
    require_allowed_columns(["楼栋", "单元", "民族路门牌"])


def test_identity_numbers_are_found_by_their_check_digit() -> None:
    # 11010519491231002X is the worked example of GB 11643-1999.
    assert has_id_number("证号11010519491231002X，请核对")
    assert not has_id_number("110105194912310021")  # wrong check digit
    assert not has_id_number("楼栋 32010600100100001 订单 202611221105")


def test_no_model_field_carries_a_denied_word() -> None:
    names = [
        f"{model.__name__}.{field.name}"
        for label in OWN_APPS
        if apps.is_installed(label)
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
    ]
    assert names
    assert denied_names(names) == []


def test_no_migration_ever_made_a_field_with_a_denied_word() -> None:
    names = []
    for (label, _name), migration in MigrationLoader(None).disk_migrations.items():
        for operation in migration.operations if label in OWN_APPS else []:
            if isinstance(operation, CreateModel):
                names += [operation.name, *(name for name, _field in operation.fields)]
            elif isinstance(operation, AddField):
                names.append(operation.name)
            elif isinstance(operation, RenameField):
                names += [operation.old_name, operation.new_name]
    assert names
    assert denied_names(names) == []


def test_no_api_schema_carries_a_denied_word() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    names: list[str] = []
    _collect(schema, names)
    assert denied_names(names) == []


def _collect(node: object, names: list[str]) -> None:
    """Property names, parameter names and enumerated values of an OpenAPI schema."""
    if isinstance(node, dict):
        names += [str(key) for key in node.get("properties", {})]
        names += [str(value) for value in node.get("enum", [])]
        if "in" in node and "name" in node:
            names.append(str(node["name"]))
        for value in node.values():
            _collect(value, names)
    elif isinstance(node, list):
        for value in node:
            _collect(value, names)
