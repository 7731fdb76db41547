"""The year's ε as the page prints it: how much was told, how much may be, and what that promises."""

import math
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from grids.models import Town
from grids.privacy_ledger import Standing, policy, years_of


def budget_json(town: Town) -> dict[str, Any]:
    """The newest year of the ledger, and all years; this year with nothing spent when the ledger is empty."""
    years = years_of(town) or [Standing(timezone.localdate().year, policy() * 0, policy())]
    return {
        **_year(years[0]),
        "sentence": promise(years[0]),
        "years": [_year(one) for one in years],
    }


def _year(one: Standing) -> dict[str, Any]:
    return {
        "year": one.year,
        "spent": float(one.spent),
        "most": float(one.most),
        "advantage": round(one.advantage, 4),
    }


def promise(one: Standing) -> str:
    """The claim in one sentence, true for whatever is asked and however often."""
    if not one.spent:
        return _("%(year)d 年还没有公布过走访数据。") % {"year": one.year}
    return _(
        "%(year)d 年为同一栋楼最多用掉隐私额度 ε = %(spent)s（上限 %(most)s）。无论怎么查、查多少次，"
        "即使有人知道其他每一户的情况，在两种回答里猜剩下那一户，猜对的机会也最多从 50%% 升到 %(percent)d%%。"
    ) % {
        "year": one.year,
        "spent": f"{one.spent.normalize():f}",
        "most": f"{one.most.normalize():f}",
        "percent": math.ceil(50 + 50 * one.advantage),
    }
