"""The form of new rules: nothing is filled in that the official did not choose."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import Refusal
from grids.housing.tenures import TENURES
from grids.models import PlacementRules
from grids.placement.rules import factor_text

FACTOR = "factor-"


class RulesForm(forms.Form):
    """One text field for each tenure that may be capped; an empty one is no cap."""

    name = forms.CharField(
        label=gettext_lazy("规则名称"), max_length=60, help_text=gettext_lazy("如：每栋不超过 1.25 倍")
    )
    reason = forms.CharField(
        label=gettext_lazy("为什么这样定"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("随规则保存，摇号时一起公示。"),
    )
    cap_level = forms.ChoiceField(
        label=gettext_lazy("上限按什么算"),
        choices=PlacementRules.Level.choices,
        initial=PlacementRules.Level.BUILDING,
        widget=forms.RadioSelect,
    )
    reserves_accessible = forms.BooleanField(
        label=gettext_lazy("无障碍房先给需要的人"), required=False, initial=True
    )
    shares_entrances = forms.BooleanField(label=gettext_lazy("同楼同门"), required=False)
    most_in_cluster = forms.IntegerField(
        label=gettext_lazy("相邻同类最多几户"), required=False, min_value=1, max_value=999
    )

    def __init__(self, tenures: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenures = tenures
        for tenure in tenures:
            label = _("%(tenure)s的上限倍数") % {"tenure": TENURES[tenure]}
            widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
            self.fields[FACTOR + tenure] = forms.CharField(
                label=label, max_length=12, required=False, widget=widget
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for tenure in self.tenures:
            text = given.get(FACTOR + tenure)
            if not text:
                continue
            try:
                given[FACTOR + tenure] = factor_text(tenure, text)
            except Refusal as refusal:
                self.add_error(FACTOR + tenure, refusal.sentence)
        return given

    def factor_field(self, tenure: str) -> Any:
        return self[FACTOR + tenure]

    def factors(self) -> dict[str, str]:
        given = self.cleaned_data
        return {tenure: text for tenure in self.tenures if (text := given[FACTOR + tenure])}


def initial_of(rules: PlacementRules | None) -> dict[str, Any]:
    """The form filled in like rules that exist; the name is chosen anew."""
    if rules is None:
        return {}
    factors = {FACTOR + tenure: text for tenure, text in rules.cap_factors.items()}
    kept = ("reason", "cap_level", "reserves_accessible", "shares_entrances", "most_in_cluster")
    return {**{key: getattr(rules, key) for key in kept}, **factors}
