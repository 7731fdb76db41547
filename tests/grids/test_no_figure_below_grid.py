"""Nothing surveyed leaves below the grid: every address, export, tile and field, and the tables themselves.

Four fences, each tried by itself: the tables of this room cannot hold a finer figure; nothing in this room
can reach the survey's tables, by import, by SQL text or by the queries that its addresses really run; what is
answered from a sealed round names grids and larger areas only; and in the survey's own room answers of a
household are decrypted for the director's case screens and nowhere else.
"""

import ast
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from gis_core.models import Role
from grids.models import GridPlan, SealedPairs, SealedTally
from survey import keys
from tests.grids.access_rows import Kind, World
from tests.grids.mixing.worlds import GRID_1, SPENT, STREET, A, draw_town, origin, seal
from tests.grids.two_towns import FIRST
from tests.people import client_for, make_person
from tests.survey.access_rows_records import record
from tests.survey.matrix_world import draw_world
from tests.test_access_matrix import ROWS

pytestmark = pytest.mark.django_db

GRIDS = Path(settings.BASE_DIR) / "grids"
CORE = Path(settings.BASE_DIR) / "gis_core"
SURVEY_TABLE = re.compile(r"\bsurvey_[a-z]+")
BELOW_GRID = re.compile(r"\b\d{16,23}\b")
READERS = (Role.DIRECTOR, Role.PLANNER, Role.HOUSING, Role.GRID_WORKER, Role.DPO, Role.AUDITOR)
SURVEYED = {"origin", "household_type", "age_band", "age_bands", "composition"}

# Screens on which one household is read, by its director or by case, each reading logged with its reason.
CASE_SCREENS = {"record", "household", "household_print", "household_case", "conflict", "kept_upload"}
# Pages that count answers before sealing and show how many there are, of no place smaller than a grid.
COUNTING_SCREENS = {"sealing"}
COMPOSITION = ("household.composition", "submission.xml", "submission.raw", "entity_version.content")


def addresses(resolver: Any = None) -> Iterator[tuple[str, str]]:
    """(name, module of the view) of every address of the site."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one)
        elif isinstance(one, URLPattern):
            yield one.name or "", one.callback.__module__


# --- The tables ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", [A + "00001", A + "00001010101", "33010000100", ""])
@pytest.mark.parametrize("level", ["grid", "community", "street", "building", "dwelling"])
def test_the_database_refuses_a_sealed_figure_of_anything_smaller(code, level):
    release = seal(draw_town())
    facts = {"release": release, "dimension": "origin", "category": "x", "count": 1, "sd": 1}
    with pytest.raises(DatabaseError), transaction.atomic():
        SealedTally.objects.create(level=level, code=code, answered=40, dwellings=40, **facts)


def test_the_database_refuses_pair_sums_of_anything_but_a_community():
    release = seal(draw_town())
    for code in (A + "00001", GRID_1, STREET):
        with pytest.raises(DatabaseError), transaction.atomic():
            SealedPairs.objects.create(
                release=release, code=code, dimension="x", within_pairs=1, within_differing=1, sd=1
            )


def test_only_the_sealed_tables_of_this_room_know_a_surveyed_dimension():
    """No model of the town has a field for composition, nor a link to a model of the survey."""
    holders = set()
    for model in [*apps.get_app_config("grids").get_models(), *apps.get_app_config("gis_core").get_models()]:
        names = {field.name for field in model._meta.get_fields() if not field.auto_created}
        assert not names & SURVEYED, model
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and field.related_model is not None:
                assert field.related_model._meta.app_label != "survey", (model, field)
        if "dimension" in names:
            holders.add(model.__name__)
    assert holders == {"SealedTally", "SealedPairs"}


# --- The code -----------------------------------------------------------------------------


def python_files() -> list[Path]:
    return [*GRIDS.rglob("*.py"), *CORE.rglob("*.py")]


def test_this_room_imports_nothing_of_the_survey():
    met = [
        (path, name)
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _imported(node)
        if name.split(".")[0] == "survey"
    ]
    assert met == []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


def test_the_import_contract_of_the_rooms_stands():
    text = (Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8")
    assert 'layers = ["survey", "grids", "gis_core"]' in text


def test_no_sql_and_no_string_of_this_room_names_a_survey_table():
    tables = {model._meta.db_table for model in apps.get_app_config("survey").get_models()}
    assert tables
    for path in [*GRIDS.rglob("*.sql"), *CORE.rglob("*.sql")]:
        assert not SURVEY_TABLE.findall(path.read_text(encoding="utf-8")), path
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not tables & set(SURVEY_TABLE.findall(node.value)), path


# --- Every address ------------------------------------------------------------------------


@pytest.fixture
def world() -> World:
    """The world of the access matrix, a record in it whose household said everything, and a sealed round."""
    found = draw_world()
    _seal_first(found.towns.own)
    record(found)
    return found


def _seal_first(town: Any) -> None:
    cells = [
        *origin("grid", GRID_1, (50.0, 20.5, 9.5), 90),
        *origin("community", FIRST, (60.5, 30.0, 9.5), 120),
    ]
    plan = GridPlan.objects.get(town=town)
    seal(town, cells=cells, pairs=[], plan=plan, ends_on=date(2026, 3, 31), allocations={"origin": SPENT})


def readable(rows: list[Any]) -> list[Any]:
    return [row for row in rows if row.method == "get" and row.kind not in (Kind.OPEN, Kind.DEVICE)]


def test_no_address_of_the_town_reads_a_survey_table(world):
    """Every GET of this room, asked by every role: the queries that really ran."""
    modules = dict(addresses())
    rows = [row for row in readable(ROWS) if modules[row.name].startswith("grids.")]
    assert len(rows) > 50
    met = []
    for role in READERS:
        user = make_person(f"reader-{role}", role, area_code="330100")
        client = client_for(user)
        for row in rows:
            cache.clear()
            with CaptureQueriesContext(
                connection,
            ) as ran:
                client.get(row.path(world, user))
            met += [
                (row.name, role, query["sql"][:120])
                for query in ran.captured_queries
                if SURVEY_TABLE.search(query["sql"]) and not _of_the_shell(query["sql"])
            ]
    assert met == []


def _of_the_shell(sql: str) -> bool:
    """What waits for a person is counted in the frame of every page: requests, held records, no answers."""
    return "composition" not in sql and sql.startswith("SELECT COUNT(*)")


def test_answers_are_decrypted_for_the_case_screens_only(world, monkeypatch):
    """Every GET of the site, asked by every role: for which addresses a household's answers were opened."""
    opened: list[str] = []
    plain = keys.unseal

    def watched(key_id: str, sealed: bytes, *, about: str) -> bytes:
        opened.append(about)
        return plain(key_id, sealed, about=about)

    for module in [keys, *_users_of_unseal()]:
        monkeypatch.setattr(module, "unseal", watched)
    met: dict[str, set[str]] = {}
    for role in READERS:
        user = make_person(f"reader-{role}", role, area_code="330100")
        client = client_for(user)
        for row in readable(ROWS):
            path = row.path(world, user)
            opened.clear()
            cache.clear()
            response = client.get(path)
            if set(opened) & set(COMPOSITION) and response.status_code < 400:
                met.setdefault(row.name, set()).add(str(role))
                if row.name in COUNTING_SCREENS:
                    assert not BELOW_GRID.search(response.content.decode()), row.name
    assert set(met) <= CASE_SCREENS | COUNTING_SCREENS, met
    assert {"record", "household"} <= set(met)  # else nothing was watched
    for name, roles in met.items():
        assert roles <= {str(Role.DIRECTOR), str(Role.DPO)}, (name, roles)
    assert {name for name, _module in addresses()} >= CASE_SCREENS | COUNTING_SCREENS


def _users_of_unseal() -> list[Any]:
    import sys

    named = [name for name in sys.modules if name.startswith("survey.") and name != "survey.keys"]
    return [sys.modules[name] for name in named if getattr(sys.modules[name], "unseal", None) is keys.unseal]


# --- Every answer of a sealed round ---------------------------------------------------------


def test_what_is_answered_from_a_round_names_grids_and_larger_areas_only():
    town = draw_town()
    release = seal(town)
    key = f"sealed:{release.uid}"
    client = client_for(make_person("planner", "planner", area_code="330100"))
    bodies = []
    for level in ("grid", "community", "street"):
        bodies.append(
            client.get("/api/v1/mix/figures/", {"town": "mixed", "source": key, "level": level}).json()
        )
    for path in ("split", "trend"):
        query = {"town": "mixed", "source": key, "dimension": "origin", "area": A}
        bodies.append(client.get(f"/api/v1/mix/{path}/", query).json())
    bodies.append(client.get("/api/v1/mix/sources/?town=mixed").json()["sealed"])
    for body in bodies:
        assert not BELOW_GRID.search(json.dumps(body)), body
        for row in _rows(body):
            assert len(row["code"]) in (0, 9, 12, 15)
            assert row["number"] is None
            assert row["merged"] == ""


def _rows(body: Any) -> Iterator[dict[str, Any]]:
    if isinstance(body, dict):
        if "counts" in body and "shown" in body:
            yield body
        for value in body.values():
            yield from _rows(value)
    elif isinstance(body, list):
        for value in body:
            yield from _rows(value)


def test_every_way_to_ask_a_round_for_a_building_is_refused():
    town = draw_town()
    key = f"sealed:{seal(town).uid}"
    code = A + "00001"
    client = client_for(make_person("planner", "planner", area_code="330100"))
    query = {"town": "mixed", "source": key, "dimension": "origin"}
    asked = [
        ("/api/v1/mix/figures/", {"level": "building"}),
        ("/api/v1/mix/figures/", {"level": "dwelling"}),
        ("/api/v1/mix/trend/", {"level": "building", "area": code}),
        ("/api/v1/mix/trend/", {"level": "grid", "area": code}),
        ("/api/v1/mix/split/", {"area": code}),
        ("/api/v1/mix/split/", {"area": GRID_1}),
        ("/api/v1/mix/exposure/", {"area": A}),
        ("/api/v1/mix/profile/", {"area": A}),
        *(("/mix/export/", {"level": "building", "format": fmt}) for fmt in ("csv", "xlsx", "gpkg")),
    ]
    for path, more in asked:
        assert client.get(path, {**query, **more}).status_code in (400, 404), (path, more)
    figures = client.get("/api/v1/mix/figures/", {**query, "level": "grid", "area": code})
    assert figures.json()["rows"] == []


def test_no_field_of_the_town_s_interface_is_a_surveyed_one():
    schema = client_for(make_person("planner", "planner", area_code="330100")).get("/api/schema/").json()
    fields = {
        name for shape in schema["components"]["schemas"].values() for name in shape.get("properties", {})
    }
    assert fields
    assert not fields & SURVEYED


def test_tile_layers_are_made_of_nothing_surveyed():
    """What a tile's features say is written in SQL and in two files; none of them knows a sealed figure."""
    files = [*(GRIDS / "sql").glob("tile_*.sql"), *(GRIDS / "maps").glob("*.py")]
    assert len(files) > 5
    for path in files:
        text = path.read_text(encoding="utf-8").lower()
        for word in ("sealedtally", "sealed_tally", "sealedpairs", "household_type", "age_band"):
            assert word not in text, path
