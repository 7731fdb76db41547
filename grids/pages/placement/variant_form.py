"""What to check, and under which rules: a form that says why a choice cannot be made."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.models import PlacementProject, PlacementRules, Variant

Kind = Variant.Kind
LONGEST_NAME = 60

MEANINGS = {
    Kind.GIVEN: gettext_lazy("申请人表里“申报房源”一列写的，原样校核。"),
    Kind.SERIAL: gettext_lazy("按试算的先后，一户一户选自己最想要的楼，不破上限，也给后面的人留住有房可住。"),
    Kind.AUGMENTED: gettext_lazy("同样的先后和上限，再换着配：让更多的人得到自己填过的楼。"),
    Kind.LOTTERY: gettext_lazy("同样的先后，不设比例上限：看规则让选择损失了多少。"),
}


class VariantForm(forms.Form):
    """An alternative to be worked out. Without a name it is called after its kind and its rules."""

    kind = forms.ChoiceField(label=gettext_lazy("校核什么"), widget=forms.RadioSelect)
    rules = forms.ModelChoiceField(
        label=gettext_lazy("按哪套规则"),
        queryset=PlacementRules.objects.none(),
        required=False,
        widget=forms.Select(attrs={"translate": "no"}),
    )
    name = forms.CharField(label=gettext_lazy("叫什么"), max_length=LONGEST_NAME, required=False)

    def __init__(self, project: PlacementProject, given: Any = None) -> None:
        self.project = project
        self.has_given = project.applicants.exclude(given_flat="").exists()
        latest = project.rules.order_by("-made_at").first()
        first = Kind.GIVEN if self.has_given else Kind.SERIAL
        super().__init__(given, initial={"kind": first, "rules": latest})
        self.fields["kind"].choices = [(kind, Kind(kind).label) for kind in MEANINGS]
        self.fields["rules"].queryset = project.rules.order_by("-made_at")
        self.fields["rules"].empty_label = _("不设规则，只查人人都要符合的")

    @property
    def kinds(self) -> list[dict[str, Any]]:
        """The kinds with what they mean; a choice that cannot be made says why."""
        chosen = self["kind"].value()
        missing = _("申请人表里没有“申报房源”这一列。")
        return [
            {
                "value": kind,
                "label": Kind(kind).label,
                "meaning": missing if kind == Kind.GIVEN and not self.has_given else meaning,
                "is_disabled": kind == Kind.GIVEN and not self.has_given,
                "is_chosen": chosen == kind,
            }
            for kind, meaning in MEANINGS.items()
        ]

    def name_to_give(self) -> str:
        """What was typed, or kind and rules; a number behind it where that is taken."""
        typed: str = self.cleaned_data["name"].strip()
        if typed:
            return typed
        rules = self.cleaned_data["rules"]
        plain = f"{Kind(self.cleaned_data['kind']).label} · {rules.name if rules else _('不设规则')}"
        taken = set(self.project.variants.values_list("name", flat=True))
        for number in range(1, len(taken) + 2):
            more = f" ({number})" if number > 1 else ""
            name = plain[: LONGEST_NAME - len(more)] + more
            if name not in taken:
                return name
        raise AssertionError("more names than alternatives")
