"""What one device may see: the forms of its person's open rounds, and the doors assigned to that person."""

import csv
import hashlib
import io
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.permissions import may
from survey.assignment_places import VISIT
from survey.daypack.sets import dwellings_to_visit
from survey.doors import as_uuid
from survey.models import AssignmentSet, Device, Entity, FormVersion, Round
from survey.questionnaires.built_in import visit_form
from survey.rounds import DWELLINGS

DWELLINGS_FILE = "dwellings.csv"
COLUMNS = ("name", "label", "__version")


def sets_of(device: Device) -> QuerySet[AssignmentSet]:
    """Open rounds in which the person has work and still a duty; through Collect only those that allow it."""
    if not may(device.user, VISIT):
        return AssignmentSet.objects.none()
    found = AssignmentSet.objects.filter(
        worker=device.user, round__state=Round.State.OPEN, assignments__ended_at=None
    )
    if device.kind == Device.Kind.COLLECT:
        found = found.filter(round__allows_collect=True)
    return found.select_related("round__form_version__form", "round__town").distinct()


def forms_of(device: Device) -> dict[int, FormVersion]:
    """The questionnaires of those rounds, and the visit form beside them."""
    found = {own.round.form_version_id: own.round.form_version for own in sets_of(device)}
    if found:
        beside = visit_form()
        found[beside.pk] = beside
    return found


def form_for(device: Device, pk: int) -> FormVersion:
    """One of those forms.

    Raises:
        NotFound: no such form, or none of this person's open rounds.
    """
    found = forms_of(device).get(pk)
    if found is None:
        raise NotFound(_("没有找到，或者不在您的职责范围内。"))
    return found


def reads_dwellings(version: FormVersion) -> bool:
    questions = version.outline.get("questions", ())
    return any(question.get("choices_from") == DWELLINGS_FILE for question in questions)


def doors_of(device: Device, version: FormVersion) -> list[tuple[str, str, int]]:
    """Id, label and version of every dwelling of this form's rounds that is assigned to the person."""
    codes: set[tuple[int, str]] = set()
    for own in sets_of(device):
        if version.pk in (own.round.form_version_id, visit_form().pk):
            found = dwellings_to_visit(own).values_list("code", flat=True)
            codes |= {(own.round.town_id, code) for code in found}
    rows = Entity.objects.filter(
        list_name=DWELLINGS,
        deleted_at=None,
        town__in={town for town, _door in codes},
        dwelling_code__in={code for _place, code in codes},
    )
    return [(str(uid), label, number) for uid, label, number in _told(rows)]


def _told(rows: QuerySet[Entity]) -> Iterable[tuple[object, str, int]]:
    return rows.order_by("dwelling_code").values_list("uuid", "label", "version")


def list_mark(rows: list[tuple[str, str, int]]) -> str:
    """Changes with any entity of the list; not the hash of the file."""
    return hashlib.md5(repr(rows).encode(), usedforsecurity=False).hexdigest()


def as_csv(rows: list[tuple[str, str, int]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue().encode()


def deletions(device: Device, ids: Iterable[str]) -> list[tuple[str, bool]]:
    """Which of these entities are gone; ids of other lists, towns and communities are left out."""
    asked = {uid for one in ids if (uid := as_uuid(one)) is not None}
    found: list[tuple[str, bool]] = []
    seen = set()
    for own in sets_of(device):
        rows = Entity.objects.filter(list_name=DWELLINGS, town=own.round.town_id, uuid__in=asked)
        for uid, code, deleted_at in rows.values_list("uuid", "dwelling_code", "deleted_at"):
            if code[:12] in own.round.area_codes and uid not in seen:
                seen.add(uid)
                found.append((str(uid), deleted_at is not None))
    return found
