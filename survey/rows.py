"""Rows written as intake needs them: once only, and many in one round trip.

The ORM writes one row a statement and reads nothing back when a row existed; at the door of a record both
cost more than everything else together (BENCHMARKS, intake).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models
from django.db.models import Model

from survey.prepared import run, run_all

Computed = dict[str, tuple[str, list[Any]]]  # column → expression in SQL with its values
PREPARED = (models.BinaryField, models.JSONField, ArrayField)  # their values need Django's hand


@dataclass(frozen=True)
class Shape:
    """What of an INSERT is the same for every row of a model."""

    head: str
    columns: tuple[tuple[str, str, Any], ...]  # attribute, column, the field where it prepares its values


@cache
def _shape(model: type[Model]) -> Shape:
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    columns = [
        (field.attname, field.column, field if isinstance(field, PREPARED) else None) for field in fields
    ]
    return Shape(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES', tuple(columns))


def insert_statement(row: Model, computed: Computed | None = None) -> tuple[str, list[Any]]:
    """INSERT of one unsaved row, its columns read from the model; names are ours, never a user's."""
    by_database = computed or {}
    shape = _shape(type(row))  # type: ignore[arg-type]
    marks: list[str] = []
    values: list[Any] = []
    for attribute, column, field in shape.columns:
        if column in by_database:
            expression, given = by_database[column]
            marks.append(f"({expression})")
            values += given
            continue
        value = getattr(row, attribute)
        marks.append("%s")
        values.append(value if field is None else field.get_db_prep_save(value, connection))
    return f"{shape.head} ({', '.join(marks)})", values


def insert_once(row: Model) -> bool:
    """Write a row unless a unique constraint has one like it; in a race the second waits, then loses."""
    statement, values = insert_statement(row)
    with connection.cursor() as cursor:
        run(cursor, f"{statement} ON CONFLICT DO NOTHING RETURNING id", values)
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
        self._statements: list[tuple[str, list[Any]]] = []

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
        self._statements.append((statement, list(values)))

    def write(self) -> None:
        if self._statements:
            with connection.cursor() as cursor:
                run_all(cursor, self._statements)
        self._statements = []

    def write_or_nothing(self) -> None:
        """All of it or none, without ending the transaction: the savepoint travels with the statements."""
        self._statements = [("SAVEPOINT batch", []), *self._statements, ("RELEASE SAVEPOINT batch", [])]
        try:
            self.write()
        except DatabaseError:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK TO SAVEPOINT batch")
            raise
