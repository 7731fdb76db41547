"""Statements planned once a connection: the same answers, also after an error took the plans away."""

import pytest
from django.db import DatabaseError, connection, transaction

from survey.prepared import run, run_all

SUM = "SELECT %(a)s::int + %(b)s::int * %(a)s::int, '50%%'"


def names() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name LIKE 'wangge_%%'", [])
        return [row[0] for row in cursor.fetchall()]


def asked(a: int, b: int) -> tuple[int, str]:
    with connection.cursor() as cursor:
        run(cursor, SUM, {"b": b, "a": a})
        return cursor.fetchone()


def test_values_go_to_their_names_and_a_statement_is_planned_once(db):
    assert (asked(2, 5), asked(3, 7)) == ((12, "50%"), (24, "50%"))
    assert len(names()) == len(set(names())) > 0
    before = len(names())
    asked(1, 1)
    assert len(names()) == before


def test_an_error_midway_leaves_a_connection_that_answers(db):
    asked(2, 5)
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        run_all(cursor, [("SELECT 7 + %s", [1]), ("SELECT 1 / %s", [0]), ("SELECT 9 + %s", [1])])
    assert asked(2, 5) == (12, "50%")
    with connection.cursor() as cursor:
        run_all(cursor, [("SELECT 9 + %s", [1]), ("SELECT 7 + %s", [1])])
        assert cursor.fetchone() == (8,)


def test_behind_a_proxy_that_keeps_no_session_nothing_is_prepared(db, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert asked(2, 5) == (12, "50%")
    assert names() == []
    monkeypatch.undo()
    with pytest.raises(DatabaseError), transaction.atomic():
        asked(2, 5)  # what was prepared before is gone …
    assert asked(2, 5) == (12, "50%")  # … and prepared again
