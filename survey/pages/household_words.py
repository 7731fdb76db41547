"""Counts of people as the sheet of a household prints them."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

HOUSEHOLD_TYPES = {
    "single": gettext_lazy("独居"),
    "couple": gettext_lazy("夫妻"),
    "family_children": gettext_lazy("有未成年子女"),
    "three_generations": gettext_lazy("三代同住"),
    "elderly_only": gettext_lazy("只有老人"),
    "shared": gettext_lazy("合住"),
    "other": gettext_lazy("其他"),
}
ORIGINS = {
    "local": gettext_lazy("本地"),
    "moved": gettext_lazy("外地迁入"),
    "resettled": gettext_lazy("搬迁安置"),
}


def composition_rows(composition: dict[str, Any]) -> list[tuple[str, str]]:
    """What was told of who lives there: age bands with somebody in them, household type, origin."""
    bands = composition.get("age_bands") or {}
    rows = [(_band(band), _("%(count)s 人") % {"count": count}) for band, count in bands.items() if count]
    kind, origin = composition.get("household_type"), composition.get("origin")
    if kind:
        rows.append((_("家庭类型"), str(HOUSEHOLD_TYPES.get(kind, kind))))
    if origin:
        rows.append((_("从哪里来"), str(ORIGINS.get(origin, origin))))
    return rows


def _band(band: str) -> str:
    if band.endswith("+"):
        return _("%(age)s 岁及以上") % {"age": band.removesuffix("+")}
    return _("%(band)s 岁") % {"band": band.replace("-", "–")}
