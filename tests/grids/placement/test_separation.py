"""Placement sees dwellings, tenure, room class, access, priority, receipts and choices; it moves nobody.

Proved from the code (imports, names, SQL), from PostgreSQL's schema, and from every query of a whole run.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey
from django.test.utils import CaptureQueriesContext

from gis_core.denylist import denied_names
from grids import placement
from grids.models import Appeal, Applicant, Draw, Flat, Offer, PlacementProject, PlacementRules, Variant
from grids.placement.check import check_places
from grids.placement.choice_cost import frontier
from grids.placement.imports import import_applicants, import_flats
from grids.placement.rules import make_rules
from grids.placement.variants import make_variant
from tests.grids.placement.new_quarter import EAST_1, applicant, flat, flats_csv, quarter_project, table

OWN = (PlacementProject, Flat, Applicant, PlacementRules, Variant, Draw, Offer, Appeal)
FORBIDDEN_MODULES = (
    "survey", "grids.tallies", "grids.mixing", "grids.privacy_ledger", "grids.territory.populations",
    "grids.coverage.residents",
)  # fmt: skip
ALLOWED_MODELS = {
    "PlacementProject", "Flat", "Applicant", "PlacementRules", "Variant", "Draw", "Offer", "Appeal",
    "Town", "Area", "Stock", "Estate", "Building", "Dwelling", "GridPlan", "CoverageRun", "BuildingWalk",
}  # fmt: skip
FORBIDDEN_TABLES = ("survey_", "grids_sealed", "grids_published", "grids_privacy", "grids_population")


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(Path(placement.__file__).parent.glob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


# --- The code -----------------------------------------------------------------------------


def test_no_way_of_imports_leads_to_surveyed_sealed_or_published_figures():
    graph = grimp.build_graph("grids", "survey", "gis_core")
    inside = {"grids.placement", *graph.find_descendants("grids.placement")}
    for start in inside:
        above = graph.find_upstream_modules(start)
        reached = {one for one in above if one.startswith(FORBIDDEN_MODULES)}
        assert reached == set(), start


def test_only_tables_of_dwellings_and_of_the_draw_are_named():
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grids.models"):
                names = {one.name for one in node.names}
                assert node.module == "grids.models", path
                assert names <= ALLOWED_MODELS, (path, names - ALLOWED_MODELS)


def test_no_sql_is_written_by_hand():
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"cursor", "raw", "extra", "RawSQL", "get_model"}, (path, node.lineno)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.search(r"\b(SELECT|UPDATE|DELETE FROM|INSERT INTO|JOIN)\b", node.value), path


# --- The schema ---------------------------------------------------------------------------


def test_no_foreign_key_leads_to_a_survey_or_a_published_table():
    """Followed as far as keys go; users and what hangs on them know nothing of any household."""
    reached, waiting = set(), list(OWN)
    while waiting:
        model = waiting.pop()
        if model in reached:
            continue
        reached.add(model)
        waiting += [
            field.related_model for field in model._meta.get_fields() if isinstance(field, ForeignKey)
        ]
    tables = {model._meta.db_table for model in reached}
    assert not [table for table in tables if table.startswith(FORBIDDEN_TABLES)]


def test_nothing_of_the_survey_points_at_a_placement():
    own = set(OWN)
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey) and field.related_model in own:
                assert model in own, model


@pytest.mark.django_db
def test_postgresql_knows_of_no_key_and_no_view_between_them():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
            WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
            """,
            [[model._meta.db_table for model in OWN]],
        )
        targets = {target for _source, target in cursor.fetchall()}
        cursor.execute("SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'")
        views = cursor.fetchall()
    assert targets <= {model._meta.db_table for model in OWN} | {
        "grids_town",
        "grids_stock",
        "gis_core_user",
    }
    for name, definition in views:
        for model in OWN:
            assert model._meta.db_table not in definition, name


def test_an_applicant_is_these_columns_and_no_others():
    assert {field.name for field in Applicant._meta.get_fields()} == {
        "id", "project", "receipt", "tenure", "room_class", "needs_accessible", "priority", "choices",
        "takes_any", "given_flat", "secret",
    }  # fmt: skip


def test_no_column_is_on_the_denylist():
    for model in OWN:
        assert denied_names(field.name for field in model._meta.get_fields()) == [], model


def test_rules_cap_nothing_but_tenure():
    """Tenures of the register are all that a cap may name."""
    from grids.housing.registers import TENURES

    assert {field.name for field in PlacementRules._meta.get_fields() if not field.is_relation} == {
        "id", "name", "reason", "cap_level", "cap_factors", "reserves_accessible", "most_in_cluster",
        "shares_entrances", "made_at",
    }  # fmt: skip
    assert set(TENURES.values()) == {
        "market", "public_rental", "affordable_rental", "talent", "resettlement", "shared_ownership",
        "work_unit", "dormitory",
    }  # fmt: skip


def test_refusing_an_offer_leaves_no_mark():
    """An offer has its answer and what came of it; no field counts, blocks or moves a person back."""
    fields = {field.name for field in Offer._meta.get_fields()}
    assert fields == {
        "id", "draw", "receipt", "flat_code", "state", "offered_at", "answered_at", "moved_in_on", "months_3",
        "months_12",
    }  # fmt: skip
    words = re.compile(r"penal|sanction|block|ban|strike|refus|demot|blacklist")
    for model in (Applicant, Offer, PlacementProject, PlacementRules):
        assert not [field.name for field in model._meta.get_fields() if words.search(field.name)], model


def test_reasons_for_a_rejection_are_a_closed_list():
    assert set(Appeal.Reason.values) == {"size", "accessibility", "stock", "tenure_cap"}
    field = Appeal._meta.get_field("reason")
    assert [value for value, _word in field.choices] == Appeal.Reason.values
    assert not any(one.name in {"note", "comment", "text", "why"} for one in Appeal._meta.get_fields())


# --- A whole run --------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_whole_run_reads_dwellings_only_and_writes_nothing_but_placements():
    """Import, rules, check, alternatives, frontier: every statement that PostgreSQL is sent."""
    project = quarter_project()  # the town is the test's own doing
    with CaptureQueriesContext(connection) as sent:
        import_flats(project, flats_csv(), "flats.csv", None)
        people = [applicant("A1", 志愿1=EAST_1, 申报房源=flat(EAST_1, 1, 1)), applicant("A2", "安置房")]
        import_applicants(project, table(people), "people.csv", None)
        rules = make_rules(project, name="r", reason="为什么", cap_factors={"public_rental": "1.5"})
        check_places(project, rules, {"A1": flat(EAST_1, 1, 1)})
        for kind in Variant.Kind.values:
            make_variant(project, kind, rules, kind, None)
        frontier(project, [None, "1.25"])
    statements = [query["sql"] for query in sent if '"grids_' in query["sql"] or '"survey_' in query["sql"]]
    assert len(statements) > 30
    for sql in statements:
        tables = set(re.findall(r'"((?:grids|survey|gis_core)_\w+?)"', sql))
        assert not [table for table in tables if table.startswith(FORBIDDEN_TABLES)], sql
        if written := re.match(r'(INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', sql):
            assert written[2] in {model._meta.db_table for model in OWN}, sql
