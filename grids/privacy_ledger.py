"""The ε ledger: how much was told in one year about the households of each building.

A release is debited for every building of its round, whether anybody there answered or not, so that the
ledger itself says nothing. The year is the one in which the round ended: waiting for January does not make
the same answers cheaper. The database refuses a row beyond its limit; here the refusal gets its words.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from gis_core.errors import Refusal
from grids.models import PrivacyBudget, Town

AT_ONCE = 5_000


class BudgetSpent(Refusal):
    """The release would tell more about some building than the policy of its year allows."""

    code = "privacy_budget_spent"
    status = 409


@dataclass(frozen=True)
class Standing:
    """The year of some buildings: what the most burdened of them has spent, what it may spend."""

    year: int
    spent: Decimal
    most: Decimal

    @property
    def left(self) -> Decimal:
        return self.most - self.spent

    @property
    def advantage(self) -> float:
        """What an attacker who knows everybody else gains at most by all of it."""
        return advantage(float(self.spent))


def advantage(epsilon: float) -> float:
    """Of a fair guess between two answers: at most this share more is right than by chance, tanh(ε/2)."""
    return math.tanh(epsilon / 2)


def policy() -> Decimal:
    """The most ε for one building and year."""
    return Decimal(str(settings.PRIVACY_EPSILON_A_YEAR))


def standing(town: Town, building_codes: Iterable[str], year: int) -> Standing:
    rows = PrivacyBudget.objects.filter(town=town, year=year, building_code__in=list(building_codes))
    most_burdened = rows.order_by(F("spent") - F("most")).last()
    if most_burdened is None:
        return Standing(year, Decimal(0), policy())
    return Standing(year, most_burdened.spent, most_burdened.most)


def years_of(town: Town) -> list[Standing]:
    """Every year of a town with its most burdened building, the newest first."""
    rows = (
        PrivacyBudget.objects.filter(town=town).values("year").annotate(top=Max("spent"), limit=Max("most"))
    )
    return [Standing(row["year"], row["top"], row["limit"]) for row in rows.order_by("-year")]


@transaction.atomic
def debit(town: Town, building_codes: Iterable[str], year: int, epsilon: Decimal) -> int:
    """Write ε to every building's year, or nothing at all.

    Returns:
        How many buildings were debited.

    Raises:
        BudgetSpent: the constraint of the database would be broken for at least one of them.
    """
    codes = sorted(set(building_codes))
    fresh = [PrivacyBudget(town=town, building_code=code, year=year, most=policy()) for code in codes]
    PrivacyBudget.objects.bulk_create(fresh, batch_size=AT_ONCE, ignore_conflicts=True)
    rows = PrivacyBudget.objects.filter(town=town, year=year, building_code__in=codes)
    list(rows.select_for_update().order_by("building_code").values_list("pk"))  # always in this order
    try:
        with transaction.atomic():
            return rows.update(spent=F("spent") + epsilon)
    except IntegrityError as err:
        raise _refusal(standing(town, codes, year), epsilon) from err


def _refusal(met: Standing, epsilon: Decimal) -> BudgetSpent:
    return BudgetSpent(
        _("%(year)d 年的隐私额度不够：上限 %(most)s，已用 %(spent)s，这次需要 %(epsilon)s。")
        % {
            "year": met.year,
            "most": f"{met.most.normalize():f}",
            "spent": f"{met.spent.normalize():f}",
            "epsilon": f"{epsilon.normalize():f}",
        },
        year=met.year,
        most=float(met.most),
        spent=float(met.spent),
        epsilon=float(epsilon),
    )
