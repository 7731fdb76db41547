"""What left the confidential room: sealed, noisy tables, what they cost in privacy, and official aggregates.

Sealed rows are written once by `grids.tallies.replace_sealed_tallies` and never changed. Nothing here knows
a household, a dwelling or a building's composition; the ledger names buildings since privacy is spent there.
"""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

EPSILON_DIGITS = {"max_digits": 7, "decimal_places": 4}


class SealedRelease(models.Model):
    """One sealed round: which plan and areas it speaks of, the noise it carries, the hash of its table.

    `allocations` says how ε was spent: {dimension: {"levels": {"grid": 0.2, …}, "pairs": 0.1,
    "sensitivity": 2}}; `epsilon` is their sum and what the ledger was debited.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    town = models.ForeignKey("grids.Town", on_delete=models.PROTECT, related_name="sealed_releases")
    round_uid = models.UUIDField(unique=True)  # a name, not a key: this room cannot follow it
    round_name = models.CharField(max_length=100)
    plan = models.ForeignKey("grids.GridPlan", on_delete=models.PROTECT, related_name="+")
    area_codes = ArrayField(models.CharField(max_length=12))  # communities of the round
    starts_on = models.DateField()
    ends_on = models.DateField()
    year = models.PositiveSmallIntegerField()  # of the ledger
    epsilon = models.DecimalField(**EPSILON_DIGITS)
    allocations = models.JSONField(default=dict)
    dwelling_count = models.IntegerField()  # dwellings of the round: the base of the response rate
    sha256 = models.CharField(max_length=64)  # of the canonical table
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["-ends_on", "-sealed_at"]
        constraints = [
            models.CheckConstraint(name="sealed_release_spends_something", condition=Q(epsilon__gt=0))
        ]

    def __str__(self) -> str:
        return self.round_name


class SealedTally(models.Model):
    """One noisy count: households (or persons) of one category in one grid, community or street.

    Counts are consistent: grids add up to their community, communities to their street, categories to
    `answered`. A count may be negative or broken; it is rounded and bounded for display only.
    """

    release = models.ForeignKey(SealedRelease, on_delete=models.CASCADE, related_name="tallies")
    level = models.CharField(max_length=10)  # grid | community | street
    code = models.CharField(max_length=15)
    dimension = models.CharField(max_length=20)  # origin | household_type | age_band
    category = models.CharField(max_length=30)
    count = models.FloatField()
    sd = models.FloatField()  # standard deviation of the noise that is left in it
    answered = models.IntegerField()  # households that answered this dimension: taken as public
    dwellings = models.IntegerField()  # dwellings of the round there

    class Meta:
        ordering = ["level", "code", "dimension", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "level", "code", "dimension", "category"], name="sealed_cell_once"
            ),
            models.CheckConstraint(
                name="sealed_tally_is_of_a_grid_or_more",
                condition=Q(level="grid", code__regex=r"^\d{15}$")
                | Q(level="community", code__regex=r"^\d{12}$")
                | Q(level="street", code__regex=r"^\d{9}$"),
            ),
        ]


class SealedPairs(models.Model):
    """Of the pairs of households that share a building, how many differ: one noisy sum a community."""

    release = models.ForeignKey(SealedRelease, on_delete=models.CASCADE, related_name="pair_sums")
    code = models.CharField(max_length=12)  # community
    dimension = models.CharField(max_length=20)
    within_pairs = models.BigIntegerField()  # pairs of answering households in the same building: public
    within_differing = models.FloatField()
    sd = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "code", "dimension"], name="sealed_pair_sum_once"),
            models.CheckConstraint(
                name="sealed_pairs_are_of_a_community", condition=Q(code__regex=r"^\d{12}$")
            ),
        ]


class PrivacyBudget(models.Model):
    """The ε ledger: what was released in one year about the households of one building.

    The sum runs over all dimensions, pair sums and rounds. The database refuses a debit beyond `most`.
    """

    town = models.ForeignKey("grids.Town", on_delete=models.PROTECT, related_name="+")
    building_code = models.CharField(max_length=17)
    year = models.PositiveSmallIntegerField()
    spent = models.DecimalField(**EPSILON_DIGITS, default=0)
    most = models.DecimalField(**EPSILON_DIGITS)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town", "building_code", "year"], name="one_budget_a_year"),
            models.CheckConstraint(
                name="privacy_budget_is_never_exceeded", condition=Q(spent__gte=0, spent__lte=F("most"))
            ),
        ]


class PublishedTable(models.Model):
    """An official aggregate by community or larger area, as it was published. Read only."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    town = models.ForeignKey("grids.Town", on_delete=models.PROTECT, related_name="published_tables")
    name = models.CharField(_("名称"), max_length=100)
    unit = models.CharField(_("计数单位"), max_length=40)  # households, persons, dwellings
    year = models.PositiveSmallIntegerField(_("年份"))
    source = models.CharField(_("来源"), max_length=200)
    groups = ArrayField(models.CharField(max_length=60))  # in the order of the file
    file_sha256 = models.CharField(max_length=64)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    imported_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "-year", "-imported_at"]
        constraints = [
            models.CheckConstraint(name="published_table_names_its_source", condition=~Q(source=""))
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


class PublishedCount(models.Model):
    """One area and group of a published table. No finer key than a community exists."""

    table = models.ForeignKey(PublishedTable, on_delete=models.CASCADE, related_name="counts")
    area_code = models.CharField(max_length=12)
    group = models.PositiveSmallIntegerField()  # place in table.groups
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "area_code", "group"], name="published_cell_once"),
            models.CheckConstraint(
                name="published_count_is_of_a_community_or_more",
                condition=Q(area_code__regex=r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$", count__gte=0),
            ),
        ]
