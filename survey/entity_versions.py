"""The versions of an entity as they are kept: the state that stands, and the history before it.

Dwelling facts are kept in clear, every other list sealed with the key of the record's round.
"""

import json
from datetime import datetime

from survey.entity_changes import Change, State
from survey.keys import seal, unseal
from survey.models import Entity, EntityVersion, Submission
from survey.rounds import DWELLINGS
from survey.rows import Batch

ABOUT, ABOUT_VERSION = "entity.data", "entity_version.content"


def current_state(found: Entity) -> State:
    return State(found.version, found.label, _opened(found.data, found.data_sealed, found.key_id))


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


def keep_first(found: Entity, current: State, batch: Batch) -> None:
    """The register's own state becomes version 1 of the history when the first visit changes it."""
    row = EntityVersion(version=1, label=current.label, key_id=found.key_id, at=found.created_at)
    if found.list_name == DWELLINGS:
        row.data = current.data
    else:
        row.content_sealed = _sealed({"data": current.data, "received": {}}, found.key_id, ABOUT_VERSION)
    insert_version(row, found, batch, on_conflict="ON CONFLICT DO NOTHING")


def version_row(
    found: Entity, change: Change, record: Submission, state: State, now: datetime
) -> EntityVersion:
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
        found.data_sealed = sealed_data(state.data, record.key_id)
        columns += ["key_id", "data_sealed"]
    batch.update(found, columns)


def sealed_data(data: dict[str, str], key_id: str) -> bytes:
    return _sealed(data, key_id, ABOUT)


def _sealed(content: object, key_id: str, about: str) -> bytes:
    return seal(key_id, json.dumps(content, ensure_ascii=False).encode(), about=about)


def _opened(data: dict[str, str], sealed: bytes | None, key_id: str) -> dict[str, str]:
    if sealed is None:
        return data
    opened: dict[str, str] = json.loads(unseal(key_id, bytes(sealed), about=ABOUT))
    return opened
