"""The end of a round's answers: what was decided, what left, what was erased, and the proof of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from survey.models.identifiers import new_uuid


class Sealing(models.Model):
    """One round on its way to being sealed: prepared by somebody, confirmed by the data-protection officer.

    After it was done, `erased` counts what was taken away, `left` what a scan of every table found that still
    lies under the round's key: all zero, or the transaction would not have been written.
    """

    uid = models.UUIDField(default=new_uuid, unique=True, editable=False)
    round = models.OneToOneField("survey.Round", on_delete=models.PROTECT, related_name="sealing")
    epsilon = models.DecimalField(max_digits=7, decimal_places=4)
    open_matters = models.JSONField(default=dict)  # what still waited when it was prepared: {code: count}
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    prepared_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)
    release_uid = models.UUIDField(null=True)
    table_sha256 = models.CharField(max_length=64, blank=True)
    answered = models.JSONField(default=dict)  # households counted, by dimension
    erased = models.JSONField(default=dict)
    left = models.JSONField(default=dict)
    key_destroyed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-prepared_at"]
        constraints = [
            models.CheckConstraint(name="sealing_spends_something", condition=Q(epsilon__gt=0)),
            models.CheckConstraint(
                name="sealed_is_confirmed_and_has_its_hash",
                condition=Q(sealed_at__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_at__lte=F("sealed_at"))
                & ~Q(table_sha256="")
                & Q(release_uid__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.round)
