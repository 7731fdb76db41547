"""Counts of people as the sheet of a household prints them."""

from typing import Any

from django.utils.translation import gettext as _

from grids.mixing.dimensions import AGE_BAND, HOUSEHOLD_TYPE, ORIGIN, group_name, name_of


def composition_rows(composition: dict[str, Any]) -> list[tuple[str, str]]:
    """What was told of who lives there: age bands with somebody in them, household type, origin."""
    bands = composition.get("age_bands") or {}
    rows = [
        (group_name(AGE_BAND, band), _("%(count)s 人") % {"count": count})
        for band, count in bands.items()
        if count
    ]
    told = ((dimension, composition.get(dimension)) for dimension in (HOUSEHOLD_TYPE, ORIGIN))
    return rows + [(name_of(dimension), group_name(dimension, code)) for dimension, code in told if code]
