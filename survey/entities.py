"""Entities changed by records: versions 1, 2, 3 …, later arrival wins, every collision shown.

A record may change the dwelling that it was made at and what belongs to that door, nothing else.
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
from survey.entity_versions import (
    current_state,
    insert_version,
    keep_first,
    sealed_data,
    version_row,
    versions_of,
    write_state,
)
from survey.models import Entity, Submission
from survey.prepared import run_all
from survey.rounds import DWELLINGS
from survey.rows import Batch


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
        made.data_sealed = sealed_data(change.data, record.key_id)
    batch.insert(made)
    first = version_row(made, change, record, State(1, made.label, change.data), now)
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
        keep_first(found, current, batch)
    merged = State(found.version + 1, change.label or found.label, {**current.data, **change.data})
    row = version_row(found, change, record, merged, now)
    row.base_version, row.conflict, row.conflicting_properties = base.version, conflict, properties
    insert_version(row, found, batch)
    write_state(found, merged, record, worse(found.conflict, conflict), batch, now)


def _is_plain(change: Change, found: Entity) -> bool:
    """Made on the version that stands: no other version needs to be looked at."""
    start = change.trunk if change.trunk is not None else 1
    return change.base == found.version and (change.branch is None or start == found.version)
