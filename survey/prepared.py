"""Statements that the database plans once for each of its connections.

Planning took longer than running: 2.1 ms against 0.4 ms for the question where a record belongs, and intake
asks it for every record (BENCHMARKS, intake). A statement is known by its text, so texts are constant and
values travel beside them. A proxy that hands one connection to many clients by the transaction cannot keep
what was prepared: such a setting says DISABLE_SERVER_SIDE_CURSORS, and statements then go as they are.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper

STATEMENTS_REMEMBERED = 512
_MARK = re.compile(r"%(?:\((\w+)\))?s|%%")
_COMMENT = re.compile(r"^\s*--.*\n", re.MULTILINE)

# Raw connection → names prepared on it. One that met an error is taken out: it starts from nothing again.
_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


@lru_cache(maxsize=STATEMENTS_REMEMBERED)
def _numbered(statement: str) -> tuple[str, str, tuple[str, ...]]:
    """A name for it, its PREPARE with $1, $2 …, and the names of its parameters in that order."""
    order: list[str] = []

    def number(mark: re.Match[str]) -> str:
        if mark.group() == "%%":
            return "%"
        name = mark.group(1) or f"{len(order) + 1}"
        if name not in order:
            order.append(name)
        return f"${order.index(name) + 1}"

    text = _MARK.sub(number, _COMMENT.sub("", statement))
    name = f"wangge_{blake2b(text.encode(), digest_size=12).hexdigest()}"
    return name, f"PREPARE {name} AS {text}".replace("%", "%%"), tuple(order)


def run(cursor: CursorWrapper, statement: str, values: Mapping[str, Any] | Sequence[Any]) -> None:
    """One statement, prepared when this connection meets it for the first time."""
    run_all(cursor, [(statement, values)])


def run_all(
    cursor: CursorWrapper, statements: Sequence[tuple[str, Mapping[str, Any] | Sequence[Any]]]
) -> None:
    """Several in one round trip; the cursor holds the rows of the last. One without values goes as it is."""
    if connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        for statement, values in statements:
            cursor.execute(statement, values or None)
        return
    raw = cursor.connection
    known = _prepared.pop(raw, None)
    parts: list[str] = ["DEALLOCATE ALL"] if known is None else []
    names: set[str] = known or set()
    given: list[Any] = []
    for statement, values in statements:
        _add(statement, values, names, parts, given)
    cursor.execute(";\n".join(parts), given or None)
    _prepared[raw] = names  # not after an error: which statements were reached is not known then


def _add(
    statement: str,
    values: Mapping[str, Any] | Sequence[Any],
    names: set[str],
    parts: list[str],
    given: list[Any],
) -> None:
    if not values:  # SAVEPOINT and its like cannot be prepared
        parts.append(statement)
        return
    name, prepare, order = _numbered(statement)
    if name not in names:
        parts.append(prepare)
        names.add(name)
    parts.append(f"EXECUTE {name} ({', '.join(['%s'] * len(order))})")
    given += [values[one] for one in order] if isinstance(values, Mapping) else values
