"""Whoever reads a household gives a reason, has the duty, and is written down before anything is opened."""

import ast
from pathlib import Path

import pytest

from gis_core.errors import NotFound
from gis_core.models import AccessLog
from survey import access
from survey.access import ReasonMissing, RoundSealed
from survey.keys import destroy_key
from survey.models import Round
from survey.rounds import close_round
from tests.grids.two_towns import FIRST, OTHER_GRID, OTHER_TOWN, SECOND
from tests.people import make_person
from tests.survey.records.kept import draw_records_field, keep_record, keep_upload

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def field():
    return draw_records_field()


def test_a_director_reads_a_record_and_the_log_says_who_which_and_why(field):
    record = keep_record(field, field.dwelling())
    opened = access.open_xml(field.director, record, "居民来电核对")
    assert "王阿姨" in (opened.xml or b"").decode()
    row = AccessLog.objects.get(action="read_record")
    assert (row.user, row.area_code, row.reason) == (field.director, FIRST, "居民来电核对")
    assert str(record.pk) in row.subject
    assert record.dwelling_code in row.subject


@pytest.mark.parametrize("reason", ["", "   ", "\x00", "核对 11010519491231002X"])
def test_without_a_usable_reason_nothing_is_opened(field, reason):
    record = keep_record(field, field.dwelling())
    with pytest.raises(ReasonMissing):
        access.open_xml(field.director, record, reason)
    assert not AccessLog.objects.filter(action="read_record").exists()


@pytest.mark.parametrize(
    ("role", "code"),
    [
        ("community_director", SECOND),
        ("community_director", OTHER_TOWN),
        ("planner", "330100"),
        ("housing_official", "330100"),
        ("auditor", "330100"),
        ("administrator", "330100"),
        ("building_leader", FIRST),
        ("data_protection_officer", "330100"),  # without a case number
    ],
)
def test_everybody_else_finds_nothing(field, role, code):
    record = keep_record(field, field.dwelling())
    other = make_person("other", role, area_code=code)
    with pytest.raises(NotFound):
        access.open_xml(other, record, "看看")
    with pytest.raises(NotFound):
        access.open_household(other, field.round, record.dwelling_code, "看看")
    assert not AccessLog.objects.filter(action__startswith="read_").exists()


def test_the_data_protection_officer_reads_one_household_by_its_case(field):
    record = keep_record(field, field.dwelling())
    officer = make_person("dpo", "data_protection_officer", area_code="330100")
    opened = access.open_household(officer, field.round, record.dwelling_code, "查阅", case_number="2026-017")
    assert opened.composition == {"age_bands": {"60-79": 2}, "household_type": "", "origin": "moved"}
    assert opened.contact["phone"] == "13800138000"
    assert AccessLog.objects.get(action="read_household").reason == "2026-017 查阅"


def test_a_worker_reads_the_own_assignment_while_the_round_is_open(field):
    own = keep_record(field, field.dwelling(0))
    other = keep_record(field, field.dwelling(2), by=field.colleague)
    assert access.open_xml(field.worker, own, "再次上门").xml
    with pytest.raises(NotFound):
        access.open_xml(field.worker, other, "再次上门")
    close_round(field.round, by=field.director)
    own.refresh_from_db()
    with pytest.raises(NotFound):
        access.open_xml(field.worker, own, "再次上门")


def test_a_sealed_round_is_read_by_nobody(field):
    record = keep_record(field, field.dwelling())
    Round.objects.filter(pk=field.round.pk).update(state="sealed")
    record.refresh_from_db()
    with pytest.raises(RoundSealed):
        access.open_xml(field.director, record, "核对")


def test_a_destroyed_key_opens_nothing_and_breaks_nothing(field):
    record = keep_record(field, field.dwelling())
    destroy_key(record.key_id)
    assert access.open_xml(field.director, record, "核对").xml is None
    opened = access.open_household(field.director, field.round, record.dwelling_code, "核对")
    assert opened.composition == {}


def test_what_names_no_dwelling_belongs_to_the_place_it_came_from(field):
    record = keep_record(field, None, round=None, state="held", held_reason="unknown_dwelling")
    upload = keep_upload(field, b"not xml")
    elsewhere = make_person("elsewhere", "community_director", area_code=SECOND)
    assert list(access.visible_records(field.director)) == [record]
    assert list(access.visible_uploads(field.director)) == [upload]
    assert not access.visible_records(elsewhere).exists()
    assert not access.visible_uploads(elsewhere).exists()


def test_a_duty_for_a_grid_reads_no_household(field):
    """A building's code may begin with the code of a grid; grids are no prefixes of anything."""
    keep_record(field, field.dwelling(2))
    narrow = make_person("narrow", "community_director", grid_code=OTHER_GRID)
    assert not access.visible_records(narrow).exists()


# `access` serves people, by way of `unsealing`; intake and its neighbours read while they judge.
MACHINE = ("attachments", "entity_versions", "envelopes", "intake", "opening", "stored_xml")
# Sealing counts what a round told, and gives the contact of an open case another key; see sealing_* tests.
MACHINE += ("tallying", "case_contacts")
MAY_OPEN = {f"{name}.py" for name in ("keys", "unsealing", *MACHINE)}


def test_nobody_else_decrypts():
    callers, readers = set(), set()
    for path in (ROOT / "survey").rglob("*.py"):
        tree = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        names = {node.id for node in tree if isinstance(node, ast.Name)}
        names |= {node.attr for node in tree if isinstance(node, ast.Attribute)}
        imports = [node for node in tree if isinstance(node, ast.ImportFrom)]
        names |= {one.name for node in imports for one in node.names}
        here = str(path.relative_to(ROOT / "survey"))
        if {"unseal", "key_of", "private"} & names:
            callers.add(here)
        if "unsealing" in names or any(node.module == "survey.unsealing" for node in imports):
            readers.add(here)
    assert readers == {"access.py"}
    assert "unsealing.py" in callers
    assert callers <= MAY_OPEN
