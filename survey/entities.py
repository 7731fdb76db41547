"""Entities changed by records: versions 1, 2, 3 …, later arrival wins, every collision shown.

Dwelling facts are kept in clear, every other list sealed with the key of the record's round. A record may
change the dwelling that it was made at and what belongs to that door, nothing else.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from survey.doors import Door, statements
from survey.entity_changes import (
    SOFT,
    Change,
    EntityRefused,
    PredecessorMissing,
    State,
    base_of,
    collision,
    worse,
)
from survey.keys import seal, unseal
from survey.models import Entity, EntityVersion, Submission
from survey.prepared import run_all
from survey.rounds import DWELLINGS
from survey.rows import Batch

ABOUT, ABOUT_VERSION = "entity.data", "entity_version.content"


@dataclass(frozen=True)
class Locked:
    """The entities that a record asks for, as they are while it is judged."""

    by_uuid: dict[uuid.UUID, Entity]
    awaited: frozenset[uuid.UUID]  # ids that offline updates wait for


def lock_entities(changes: Iterable[Change], door: Door) -> Locked:
    values = {"uuids": [change.uuid for change in changes], "door": door.entity_id}
    with connection.cursor() as cursor:
        run_all(cursor, [(statement, values) for statement in statements("lock_entities.sql")])
        columns = [column.name for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    awaited = rows[0]["awaited"] if rows else ()
    return Locked({row["uuid"]: _entity(row) for row in rows}, frozenset(awaited))


def _entity(row: dict[str, Any]) -> Entity:
    """The columns come in the table's order, which is not the model's."""
    fields = Entity._meta.concrete_fields
    made = Entity.from_db(
        connection.alias, [field.attname for field in fields], [row[f.column] for f in fields]
    )
    made.data = json.loads(made.data)
    return made


def apply_changes(
    record: Submission,
    changes: list[Change],
    locked: Locked,
    door: Door,
    batch: Batch,
    *,
    is_forced: bool = False,
    leaves_out: bool = False,
) -> None:
    """Write the next version of each entity.

    Raises:
        EntityRefused
        PredecessorMissing

    With `leaves_out` what cannot be done is left out; a forced update builds on the latest version.
    """
    now = timezone.now()
    for change in changes:
        try:
            _apply(record, change, locked, door, batch, now, is_forced=is_forced)
        except EntityRefused:
            if not leaves_out:
                raise


def _apply(
    record: Submission,
    change: Change,
    locked: Locked,
    door: Door,
    batch: Batch,
    now: datetime,
    *,
    is_forced: bool,
) -> None:
    found = locked.by_uuid.get(change.uuid)
    if found is None:
        _create(record, change, door, batch, now, is_forced=is_forced)
        return
    _require_touchable(found, change, record, door)
    if change.creates and not change.updates and not _is_own(found, record):
        raise EntityRefused("entity_exists")
    _update(record, change, found, batch, now, is_forced=is_forced)


def _require_touchable(found: Entity, change: Change, record: Submission, door: Door) -> None:
    """What a record made goes with it when its correction says that it was another door."""
    if found.deleted_at is not None:
        raise EntityRefused("entity_deleted")
    if (found.list_name, found.town_id) != (change.list_name, door.town_id):
        raise EntityRefused("other_dwelling")
    if found.dwelling_code != door.dwelling_code:
        if found.list_name == DWELLINGS or not _is_own(found, record):
            raise EntityRefused("other_dwelling")
        found.dwelling_code = door.dwelling_code


def _is_own(found: Entity, record: Submission) -> bool:
    """A correction names again what the record that it corrects had made."""
    if not record.deprecated_id:
        return False
    roots = found.versions.filter(version=1).values_list("submission__root_instance_id", flat=True)
    return record.root_instance_id in roots


def _create(
    record: Submission, change: Change, door: Door, batch: Batch, now: datetime, *, is_forced: bool
) -> None:
    if change.list_name == DWELLINGS:
        raise EntityRefused("unknown_entity" if change.updates else "dwellings_are_registered")
    if not change.creates:
        if change.branch is None:
            raise EntityRefused("unknown_entity")
        if not is_forced:
            raise PredecessorMissing(change)
    made = Entity(
        town_id=door.town_id,
        list_name=change.list_name,
        uuid=change.uuid,
        dwelling_code=door.dwelling_code,
        label=change.label or "—",
        round_id=record.round_id,
        created_at=now,
        updated_at=now,
    )
    if change.list_name != DWELLINGS:
        made.key_id = record.key_id
        made.data_sealed = _sealed(change.data, record.key_id, ABOUT)
    batch.insert(made)
    first = _version(made, change, record, State(1, made.label, change.data), now)
    insert_version(first, made, batch)


def _update(
    record: Submission, change: Change, found: Entity, batch: Batch, now: datetime, *, is_forced: bool
) -> None:
    current = current_state(found)
    root = record.root_instance_id if record.deprecated_id else ""
    base, conflict, properties = current, "", list[str]()
    if root or not _is_plain(change, found):
        versions = versions_of(found, current)
        try:
            base = base_of(change, versions, root=root)
            conflict, properties = collision(change, base, versions)
        except PredecessorMissing:
            if not is_forced:
                raise
            conflict = SOFT
    if found.version == 1:
        _keep_first(found, current, batch)
    merged = State(found.version + 1, change.label or found.label, {**current.data, **change.data})
    row = _version(found, change, record, merged, now)
    row.base_version, row.conflict, row.conflicting_properties = base.version, conflict, properties
    insert_version(row, found, batch)
    write_state(found, merged, record, worse(found.conflict, conflict), batch, now)


def _is_plain(change: Change, found: Entity) -> bool:
    """Made on the version that stands: no other version needs to be looked at."""
    start = change.trunk if change.trunk is not None else 1
    return change.base == found.version and (change.branch is None or start == found.version)


def current_state(found: Entity) -> State:
    return State(found.version, found.label, _opened(found.data, found.data_sealed, found.key_id, ABOUT))


def versions_of(found: Entity, current: State) -> list[State]:
    """Every version, oldest first; one that was never changed has only its present state."""
    rows = found.versions.order_by("version").values_list(
        "version",
        "label",
        "data",
        "content_sealed",
        "key_id",
        "branch_id",
        "branch_base_version",
        "submission__root_instance_id",
    )
    states = []
    for number, label, data, sealed, key_id, branch, branch_base, root in rows:
        content = json.loads(unseal(key_id, sealed, about=ABOUT_VERSION))["data"] if sealed else data
        states.append(State(number, label, content, branch, branch_base, root or ""))
    return states or [current]


def _keep_first(found: Entity, current: State, batch: Batch) -> None:
    """The register's own state becomes version 1 of the history when the first visit changes it."""
    row = EntityVersion(version=1, label=current.label, key_id=found.key_id, at=found.created_at)
    if found.list_name == DWELLINGS:
        row.data = current.data
    else:
        row.content_sealed = _sealed({"data": current.data, "received": {}}, found.key_id, ABOUT_VERSION)
    insert_version(row, found, batch, on_conflict="ON CONFLICT DO NOTHING")


def _version(found: Entity, change: Change, record: Submission, state: State, now: datetime) -> EntityVersion:
    row = EntityVersion(
        version=state.version,
        trunk_version=change.trunk,
        branch_id=change.branch,
        branch_base_version=change.base if change.branch else None,
        label=state.label,
        submission=record,
        at=now,
    )
    if found.list_name == DWELLINGS:
        row.data, row.received = state.data, change.received
    else:
        row.key_id = record.key_id
        content = {"data": state.data, "received": change.received}
        row.content_sealed = _sealed(content, record.key_id, ABOUT_VERSION)
    return row


def insert_version(row: EntityVersion, found: Entity, batch: Batch, *, on_conflict: str = "") -> None:
    """Its entity may be made in the same batch and have no key yet, so it is named by its UUID."""
    named = ("SELECT id FROM survey_entity WHERE uuid = %s", [found.uuid])
    batch.insert(row, on_conflict=on_conflict, computed={"entity_id": named})


def write_state(
    found: Entity, state: State, record: Submission, conflict: str, batch: Batch, now: datetime
) -> None:
    found.version, found.label, found.conflict = state.version, state.label, conflict
    found.round_id, found.updated_at = record.round_id, now
    columns = ["version", "label", "conflict", "dwelling_code", "round", "updated_at"]
    if found.list_name == DWELLINGS:
        found.data = state.data
        columns.append("data")
    else:
        found.key_id = record.key_id
        found.data_sealed = _sealed(state.data, record.key_id, ABOUT)
        columns += ["key_id", "data_sealed"]
    batch.update(found, columns)


def _sealed(content: object, key_id: str, about: str) -> bytes:
    return seal(key_id, json.dumps(content, ensure_ascii=False).encode(), about=about)


def _opened(data: dict[str, str], sealed: bytes | None, key_id: str, about: str) -> dict[str, str]:
    if sealed is None:
        return data
    opened: dict[str, str] = json.loads(unseal(key_id, bytes(sealed), about=about))
    return opened
