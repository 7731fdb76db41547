"""Two visits said different things of one dwelling or household: both are shown, a director decides.

Every update was merged on arrival, later value first, and marked: hard where it changed a property that
another visit had changed to something else, soft where visits only interleaved. Settling writes one more
version with the chosen values and clears the mark. No version is ever taken away.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.denylist import has_id_number
from gis_core.errors import Conflict, Refusal
from survey.answer_labels import in_language, label_of, words_of
from survey.keys import seal
from survey.models import Entity, EntityVersion, FormVersion, Occupancy
from survey.rounds import DWELLINGS

VALUE_MOST = 200
Contents = dict[int, dict[str, Any]]  # version → {"data", "received"}


class ChoiceMissing(Refusal):
    """A contested property has no chosen value, or one that cannot be kept."""

    code = "choice_missing"
    status = 422


@dataclass(frozen=True)
class Side:
    """One of the values that stand against each other."""

    value: str
    text: str
    version: int
    sender: str
    at: datetime
    submission: int | None
    is_base: bool
    is_current: bool


@dataclass(frozen=True)
class Contested:
    """A property with its values, the oldest first; `choices` where the form gives a list to pick from."""

    name: str
    label: str
    is_hard: bool
    sides: list[Side]
    choices: list[tuple[str, str]]
    current: str


def open_conflicts(found: QuerySet[Entity]) -> QuerySet[Entity]:
    """Hard ones first."""
    return found.filter(deleted_at=None).exclude(conflict="").order_by("conflict", "-updated_at")


def clear_contents(entity: Entity) -> Contents:
    """Versions of a list that is kept in clear."""
    return {row.version: {"data": row.data, "received": row.received} for row in entity.versions.all()}


def contested(entity: Entity, contents: Contents) -> list[Contested]:
    """What is to be decided: every property that conflicting versions disagree on."""
    rows = _since_settled(entity)
    clashes = [row for row in rows if row.conflict]
    if not clashes:
        return []
    base = min((row.base_version or row.version - 1) for row in clashes)
    hard = {name for row in clashes for name in row.conflicting_properties}
    touching = [row for row in rows if row.version > base]
    received = {name for row in touching for name in contents.get(row.version, {}).get("received", {})}
    questions = _questions(entity, rows)
    found = []
    for name in [*sorted(hard), *sorted(received - hard)]:
        sides = _sides(name, base, touching, rows, contents, questions.get(name))
        told = {side.value for side in sides if not side.is_base}
        if name in hard or len(told) > 1:
            current = str(contents[entity.version]["data"].get(name, ""))
            found.append(_contested(name, name in hard, sides, questions.get(name), current))
    return found


def _since_settled(entity: Entity) -> list[EntityVersion]:
    rows = list(entity.versions.select_related("submission__by").order_by("version"))
    settled = [row.version for row in rows if row.settled_by_id]
    return [row for row in rows if row.version >= max(settled, default=0)]


def _sides(
    name: str,
    base: int,
    touching: list[EntityVersion],
    rows: list[EntityVersion],
    contents: Contents,
    question: dict[str, Any] | None,
) -> list[Side]:
    starting = next((row for row in rows if row.version == base), rows[0])
    last = next(
        (row.version for row in reversed(touching) if name in contents[row.version]["received"]), base
    )
    found = []
    for row in [starting, *touching]:
        is_base = row.version == starting.version
        content = contents[row.version]["data" if is_base else "received"]
        if not is_base and name not in content:
            continue
        value = str(content.get(name, ""))
        sender = row.submission.by.display_name if row.submission else ""
        text = words_of(question, value) if question else value
        pk = row.submission_id
        found.append(Side(value, text, row.version, sender, row.at, pk, is_base, row.version == last))
    return found


def _contested(
    name: str, is_hard: bool, sides: list[Side], question: dict[str, Any] | None, current: str
) -> Contested:
    given = question.get("choices") or [] if question else []
    choices = [(one["value"], in_language(one.get("labels", {}), one["value"])) for one in given]
    return Contested(name, label_of(question) if question else name, is_hard, sides, choices, current)


def _questions(entity: Entity, rows: list[EntityVersion]) -> dict[str, dict[str, Any]]:
    """The question that saves to each property, from the forms of the visits themselves."""
    of_visits = [row.submission.form_version_id for row in rows if row.submission]
    found: dict[str, dict[str, Any]] = {}
    for version in FormVersion.objects.filter(pk__in=of_visits).only("outline"):
        for question in version.outline.get("questions", []):
            for target in question.get("save_to", []):
                if target["list"] == entity.list_name:
                    found.setdefault(target["property"], question)
    return found


@transaction.atomic
def settle(entity: Entity, contents: Contents, chosen: dict[str, str], *, version: int, by: Any) -> Entity:
    """Write the chosen values as a version of their own and clear the mark.

    Raises:
        Conflict: another update came in since the page was made; look again.
        ChoiceMissing: a contested property has no value.
    """
    found = Entity.objects.select_for_update().get(pk=entity.pk)
    if found.version != version or not found.conflict:
        raise Conflict(_("打开页面之后又有新的更新，或已有人处理。请重新查看。"), version=found.version)
    values = _checked(contested(found, contents), chosen)
    data = contents[found.version]["data"] | values
    found.version += 1
    found.conflict = ""
    row = EntityVersion(
        entity=found,
        version=found.version,
        base_version=version,
        label=found.label,
        key_id=found.key_id,
        settled_by=by,
    )
    if found.key_id:
        content = json.dumps({"data": data, "received": values}, ensure_ascii=False).encode()
        row.content_sealed = seal(found.key_id, content, about="entity_version.content")
        found.data_sealed = seal(
            found.key_id, json.dumps(data, ensure_ascii=False).encode(), about="entity.data"
        )
    else:
        found.data = row.data = data
        row.received = values
        _observe(found, values)
    row.save()
    found.save()
    return found


def _checked(asked: list[Contested], chosen: dict[str, str]) -> dict[str, str]:
    values = {}
    for one in asked:
        if one.name not in chosen:
            raise ChoiceMissing(_("请为“%(label)s”选定一个值。") % {"label": one.label}, property=one.name)
        value = chosen[one.name].replace("\x00", "").strip()[:VALUE_MOST]
        known = {side.value for side in one.sides} | {choice for choice, _label in one.choices}
        if (one.choices and value not in known) or has_id_number(value):
            raise ChoiceMissing(_("“%(label)s”的值不能使用。") % {"label": one.label}, property=one.name)
        values[one.name] = value
    return values


def _observe(entity: Entity, values: dict[str, str]) -> None:
    """A settled occupancy is what the dwelling's current observation says."""
    state = values.get("occupancy", "")
    last = entity.versions.exclude(submission=None).order_by("-version").first()
    if entity.list_name != DWELLINGS or state not in Occupancy.State.values or last is None:
        return
    record = last.submission
    if record is None or record.round_id is None:
        return
    own = Occupancy.objects.filter(town=entity.town_id, dwelling_code=entity.dwelling_code)
    own.update(is_current=False)
    Occupancy.objects.create(
        town=entity.town,
        round=record.round,
        dwelling_code=entity.dwelling_code,
        state=state,
        submission=record,
        observed_on=timezone.localdate(),
    )
