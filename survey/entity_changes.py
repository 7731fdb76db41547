"""What a record asks of entities: read from its `<entity>` elements, and whether two changes collide.

Nothing here touches the database. The rules are ODK Central's (its answers to real clients were recorded).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from survey.answers import Answers, EntityMark
from survey.doors import as_uuid

TRUE = ("1", "true")
LABEL = "label"
LABEL_MOST = 200
NONE, SOFT, HARD = "", "soft", "hard"


class EntityRefused(Exception):  # noqa: N818 — a reason, as a code
    """The record asks something of an entity that cannot be done; `code` says what."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PredecessorMissing(Exception):  # noqa: N818 — a reason to wait
    """An offline update whose predecessor on the same tablet has not arrived."""

    def __init__(self, change: "Change") -> None:
        super().__init__(str(change.uuid))
        self.change = change


@dataclass(frozen=True)
class Change:
    """One entity as one record changes it. `branch` names a chain of offline updates on one tablet, `trunk`
    the server version it started from, `base` the version it was made on, counted on the tablet.
    """

    list_name: str
    uuid: UUID
    creates: bool
    updates: bool
    label: str
    data: dict[str, str]
    base: int | None = None
    trunk: int | None = None
    branch: UUID | None = None

    @property
    def received(self) -> dict[str, str]:
        return {**self.data, **({LABEL: self.label} if self.label else {})}


@dataclass(frozen=True)
class State:
    """One version of an entity, opened."""

    version: int
    label: str
    data: dict[str, str]
    branch: UUID | None = None
    branch_base: int | None = None
    root: str = ""  # the chain of records that made it

    @property
    def values(self) -> dict[str, str]:
        return {**self.data, LABEL: self.label}


def changes_of(answers: Answers, outline: dict[str, Any]) -> list[Change]:
    """Every change that the record asks for.

    Raises:
        EntityRefused
    """
    found = [change for mark in answers.marks if (change := _change(mark, outline)) is not None]
    if len({change.uuid for change in found}) != len(found):
        raise EntityRefused("entity_twice")
    return found


def _change(mark: EntityMark, outline: dict[str, Any]) -> Change | None:
    said = mark.attributes
    creates = said.get("create", "").lower() in TRUE
    updates = said.get("update", "").lower() in TRUE
    if not (creates or updates):
        return None
    _require_declared(mark, outline, creates=creates, updates=updates)
    if creates and not mark.label and not updates:
        raise EntityRefused("label_missing")
    base = _number(said.get("baseVersion", ""))
    if updates and not creates and base is None:
        raise EntityRefused("base_version_missing")
    branch, trunk = said.get("branchId", "").strip(), _number(said.get("trunkVersion", ""))
    if trunk is not None and not branch:
        raise EntityRefused("trunk_without_branch")
    return Change(
        list_name=mark.list_name,
        uuid=_uuid_4(said.get("id", "")),
        creates=creates,
        updates=updates,
        label=mark.label[:LABEL_MOST],
        data=mark.data,
        base=base,
        trunk=trunk,
        branch=_uuid_4(branch) if branch else None,
    )


def _require_declared(mark: EntityMark, outline: dict[str, Any], *, creates: bool, updates: bool) -> None:
    """A record does to a list only what its form declares."""
    declared = [one for one in outline.get("entities", ()) if one["list"] == mark.list_name]
    may_create = any(one["may_create"] for one in declared)
    may_update = any(one["may_update"] for one in declared)
    if (creates and not may_create) or (updates and not may_update):
        raise EntityRefused("not_declared")


def _uuid_4(text: str) -> UUID:
    found = as_uuid(text)
    if found is None or found.version != 4:
        raise EntityRefused("bad_entity_id")
    return found


def _number(text: str) -> int | None:
    """A version number; an empty attribute says nothing."""
    cleaned = text.strip()
    if not cleaned:
        return None
    if not (cleaned.isascii() and cleaned.isdigit() and len(cleaned) < 10):
        raise EntityRefused("bad_version")
    return int(cleaned)


def base_of(change: Change, versions: list[State], *, root: str) -> State:
    """The server's version that a change was made on.

    A correction builds on what the record that it corrects had made.

    Raises:
        EntityRefused
        PredecessorMissing
    """
    own = [state for state in versions if root and state.root == root]
    if own:
        return own[-1]
    by_number = {state.version: state for state in versions}
    if change.branch is None:
        if change.base is None or change.base not in by_number:
            raise EntityRefused("base_version_unknown")
        return by_number[change.base]
    if change.trunk is not None and change.trunk > versions[-1].version:
        raise EntityRefused("trunk_ahead")
    if change.base is not None and change.base in (1, change.trunk) and change.base in by_number:
        return by_number[change.base]
    for state in versions:
        if state.branch == change.branch and state.branch_base == (change.base or 0) - 1:
            return state
    raise PredecessorMissing(change)


def collision(change: Change, base: State, versions: list[State]) -> tuple[str, list[str]]:
    """How a change collides with what happened since its base: nothing, soft, or hard in which properties."""
    current = versions[-1]
    if base.version == current.version:
        return (SOFT, []) if _is_interrupted(change, versions) else (NONE, [])
    then, now = base.values, current.values
    hard = [
        name
        for name, value in change.received.items()
        if now.get(name, "") != then.get(name, "") and now.get(name, "") != value
    ]
    return (HARD if hard else SOFT), sorted(hard)


def _is_interrupted(change: Change, versions: list[State]) -> bool:
    """Another hand changed the entity after this branch left the trunk, though not the last time."""
    if change.branch is None:
        return False
    start = change.trunk or 1
    return any(state.version > start and state.branch != change.branch for state in versions)


def worse(one: str, other: str) -> str:
    """A conflict is never played down."""
    return HARD if HARD in (one, other) else SOFT if SOFT in (one, other) else NONE
