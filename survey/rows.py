"""Rows written as intake needs them: once only, and many in one round trip.

The ORM writes one row a statement and reads nothing back when a row existed; at the door of a record both
cost more than everything else together (BENCHMARKS, intake).
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Model

Computed = dict[str, tuple[str, list[Any]]]  # column → expression in SQL with its values


def insert_statement(row: Model, computed: Computed | None = None) -> tuple[str, list[Any]]:
    """INSERT of one unsaved row, its columns read from the model; names are ours, never a user's."""
    by_database = computed or {}
    names: list[str] = []
    marks: list[str] = []
    values: list[Any] = []
    for field in row._meta.local_concrete_fields:
        if field.primary_key:
            continue
        names.append(f'"{field.column}"')
        if field.column in by_database:
            expression, given = by_database[field.column]
            marks.append(f"({expression})")
            values += given
        else:
            marks.append("%s")
            values.append(field.get_db_prep_save(getattr(row, field.attname), connection))
    columns = ", ".join(names)
    return f'INSERT INTO "{row._meta.db_table}" ({columns}) VALUES ({", ".join(marks)})', values  # noqa: S608


def insert_once(row: Model) -> bool:
    """Write a row unless a unique constraint has one like it; in a race the second waits, then loses."""
    statement, values = insert_statement(row)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} ON CONFLICT DO NOTHING RETURNING id", values)
        made = cursor.fetchone()
    if made is None:
        return False
    row.pk = made[0]
    row._state.adding = False
    row._state.db = connection.alias
    return True


class Batch:
    """Statements that go to the database together, in their order."""

    def __init__(self) -> None:
        self._statements: list[str] = []
        self._values: list[Any] = []

    def insert(self, row: Model, *, on_conflict: str = "", computed: Computed | None = None) -> None:
        statement, values = insert_statement(row, computed)
        self.add(f"{statement} {on_conflict}".rstrip(), values)

    def update(self, row: Model, fields: Iterable[str]) -> None:
        """UPDATE of these fields of a saved row."""
        found = [row._meta.get_field(name) for name in fields]
        sets = ", ".join(f'"{field.column}" = %s' for field in found)
        values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in found]
        self.add(f'UPDATE "{row._meta.db_table}" SET {sets} WHERE id = %s', [*values, row.pk])  # noqa: S608

    def add(self, statement: str, values: Iterable[Any]) -> None:
        self._statements.append(statement)
        self._values += values

    def write(self) -> None:
        if self._statements:
            with connection.cursor() as cursor:
                cursor.execute(";\n".join(self._statements), self._values)
        self._statements, self._values = [], []
