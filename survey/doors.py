"""Where a record belongs: one question to the database for dwelling, round, assignment and refusals."""

import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

from survey.prepared import run

SQL_DIR = Path(__file__).with_name("sql")


@dataclass(frozen=True)
class Door:
    """A dwelling as a record met it. `round_id` is None where no round asks this form there."""

    entity_id: int
    town_id: int
    time_zone: str
    dwelling_code: str
    round_id: int | None
    round_uid: uuid.UUID | None
    round_state: str | None
    notice_id: int | None
    is_in_round: bool
    grid_code: str | None
    is_assigned: bool
    was_assigned: bool
    has_declined: bool

    @property
    def building_code(self) -> str:
        return self.dwelling_code[:17]


@cache
def query(name: str) -> str:
    """The text of one query of this room."""
    return (SQL_DIR / name).read_text(encoding="utf-8")


@cache
def statements(name: str) -> list[str]:
    """The same for a file of several: each sees what was committed before it began."""
    return query(name).rstrip().split(";\n")


def find_door(
    entity: str, *, form_id: int, is_visit_form: bool, worker_id: int, root: str, round_uid: str | None
) -> Door | None:
    """The door that a record names by the id of its row in `dwellings`; None when there is no such row."""
    asked = as_uuid(entity)
    if asked is None:
        return None
    parameters: dict[str, Any] = {
        "entity": asked,
        "form": form_id,
        "is_visit_form": is_visit_form,
        "round": as_uuid(round_uid or ""),
        "worker": worker_id,
        "root": root,
    }
    with connection.cursor() as cursor:
        run(cursor, query("door_of_record.sql"), parameters)
        row = cursor.fetchone()
    return Door(*row) if row else None


def as_uuid(text: str) -> uuid.UUID | None:
    """A UUID as forms write it, with or without `uuid:` before it."""
    try:
        return uuid.UUID(text.strip().removeprefix("uuid:"))
    except ValueError:
        return None
