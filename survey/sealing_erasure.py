"""What sealing takes away, and the scan that proves it.

Rows that remain of a record are its id, its hash, its form, its sender and its time: enough to answer a
tablet that sends it again, nothing of what was said. Visits, what was seen of a dwelling, and requests follow
their own rules (`retention.py`).
"""

from typing import Any

from django.apps import apps
from django.db.models import BinaryField, Q, QuerySet
from django.utils import timezone

from survey.case_contacts import move_contacts, open_cases
from survey.erasure import forget_records, forget_uploads
from survey.models import (
    AssignmentSet,
    Attachment,
    Entity,
    EntityVersion,
    Household,
    KeptFile,
    KeptUpload,
    ReviewComment,
    Round,
    SendBack,
    Submission,
)
from survey.rounds import DWELLINGS

AT_ONCE = 2_000


def records_of(subject: Round) -> QuerySet[Submission]:
    """Everything that lies under the round's key, and what came from its workers without finding a door."""
    own = Q(round=subject) | Q(key_id=str(subject.uid))
    unplaced = Q(round=None, form=subject.form_version.form_id, by__in=_only_here(subject))
    if subject.opened_at is not None:
        unplaced &= Q(received_at__gte=subject.opened_at)
    return Submission.objects.filter(own | unplaced).exclude(state=Submission.State.ERASED)


def uploads_of(subject: Round) -> QuerySet[KeptUpload]:
    """Uploads that could not become records: of the round, of one of its records, of its workers alone."""
    own = Q(round=subject) | Q(key_id=str(subject.uid))
    known = Submission.objects.filter(round=subject).values("instance_id")
    unplaced = Q(round=None) & (Q(instance_id__in=known) | Q(by__in=_only_here(subject)))
    if subject.opened_at is not None:
        unplaced &= Q(received_at__gte=subject.opened_at)
    return KeptUpload.objects.filter(own | unplaced, raw__isnull=False)


def _only_here(subject: Round) -> QuerySet[Any]:
    """Workers who visit for no other round that is still to be sealed: what they sent is of this one."""
    elsewhere = AssignmentSet.objects.exclude(round=subject).filter(
        round__state__in=(Round.State.OPEN, Round.State.CLOSED)
    )
    own = AssignmentSet.objects.filter(round=subject).exclude(worker__in=elsewhere.values("worker"))
    return own.values("worker")


def entities_of(subject: Round) -> QuerySet[Entity]:
    """Rows of the sealed lists (every list but `dwellings`) whose present state is of this round."""
    own = Q(key_id=str(subject.uid)) | Q(round=subject, data_sealed__isnull=False)
    return Entity.objects.filter(own).exclude(list_name=DWELLINGS)


def versions_of(subject: Round) -> QuerySet[EntityVersion]:
    rows = EntityVersion.objects.filter(Q(key_id=str(subject.uid)) | Q(entity__in=entities_of(subject)))
    return rows.exclude(entity__list_name=DWELLINGS)


def what_is_erased(subject: Round) -> dict[str, int]:
    """Counts, for the preview and for the proof."""
    records = records_of(subject)
    return {
        "records": records.count(),
        "files": Attachment.objects.filter(submission__in=records, content__isnull=False).count(),
        "households": Household.objects.filter(round=subject).count(),
        "contacts": Household.objects.filter(round=subject, contact_sealed__isnull=False).count(),
        "entity_versions": versions_of(subject).count(),
        "kept_uploads": uploads_of(subject).count(),
        "remarks": SendBack.objects.filter(submission__in=records).count()
        + ReviewComment.objects.filter(submission__in=records).count(),
        "contacts_of_open_cases": open_cases(subject).count(),
    }


def erase_round(subject: Round) -> dict[str, int]:
    """Take everything away. Inside the caller's transaction; the contacts of open cases are moved first.

    Returns:
        What was taken, counted while it was still there.
    """
    records = list(records_of(subject).select_for_update(of=("self",)).order_by("pk").defer("raw", "xml"))
    counts = what_is_erased(subject)
    counts["contacts_of_open_cases"] = move_contacts(subject)
    uploads = list(uploads_of(subject).select_for_update(of=("self",)).defer("raw"))
    forget_uploads(uploads)
    versions_of(subject).delete()
    entities_of(subject).update(
        data={}, data_sealed=None, key_id="", label="", conflict="", deleted_at=timezone.now()
    )
    Household.objects.filter(round=subject).delete()
    for start in range(0, len(records), AT_ONCE):
        forget_records(records[start : start + AT_ONCE])
    return counts


# --- Proof --------------------------------------------------------------------------------


def scan(subject: Round) -> dict[str, int]:
    """Look through every table of this room for bytes that the round's key opened; all counts must be 0.

    Tables are found by their columns: one that is added later and names a key is scanned as well.
    """
    found = {}
    for model in apps.get_app_config("survey").get_models():
        fields = {field.name: field for field in model._meta.local_fields}
        sealed = [name for name, field in fields.items() if isinstance(field, BinaryField)]
        if "key_id" in fields and sealed:
            holds = Q()
            for name in sealed:
                holds |= Q(**{f"{name}__isnull": False})
            rows = model._default_manager.filter(holds, key_id=str(subject.uid))
            found[model._meta.model_name or ""] = rows.count()
    records = Submission.objects.filter(Q(round=subject) | Q(key_id=str(subject.uid)))
    found["attachment"] = Attachment.objects.filter(submission__in=records).count()
    found["keptfile"] = KeptFile.objects.filter(
        Q(upload__round=subject) | Q(upload__key_id=str(subject.uid))
    ).count()
    found["household"] = Household.objects.filter(round=subject).count()
    found["remarks"] = (
        SendBack.objects.filter(submission__in=records).count()
        + ReviewComment.objects.filter(submission__in=records).count()
    )
    return found
