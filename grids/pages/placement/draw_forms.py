"""The one form of the draw that has more than two fields: what is fixed when the list is closed."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.models import PlacementProject, PlacementRules

MOST_PARTIES = 4
WHEN = "%Y-%m-%dT%H:%M"


class CloseForm(forms.Form):
    """Whether parties, sources and time go together, `grids.placement.closing` says."""

    rules = forms.ModelChoiceField(
        label=gettext_lazy("按哪一套规则"),
        queryset=PlacementRules.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": gettext_lazy("请选一套规则。")},
    )
    beacon_source = forms.CharField(
        label=gettext_lazy("用哪一个公开数"),
        max_length=200,
        help_text=gettext_lazy("现在还没有产生、到时人人能查、谁也左右不了的数。写明哪一期。"),
    )
    beacon_due_at = forms.DateTimeField(
        label=gettext_lazy("何时公布"),
        input_formats=[WHEN, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(format=WHEN, attrs={"type": "datetime-local"}),
        help_text=gettext_lazy("北京时间。各方要在这以前交齐承诺和随机数，否则摇号中止。"),
    )
    beacon_fallback = forms.CharField(
        label=gettext_lazy("没有公布时改用"),
        max_length=200,
        help_text=gettext_lazy("事先写死，免得到时候挑。"),
    )
    name = forms.CharField(max_length=100, required=False)

    def __init__(self, project: PlacementProject, *args: Any, **kwargs: Any) -> None:
        usual = dict(zip(PARTY_FIELDS, (_("经办人"), _("公证员"), _("居民代表")), strict=False))
        kwargs.setdefault("initial", usual)
        super().__init__(*args, **kwargs)
        self.project = project
        fields: dict[str, Any] = self.fields
        fields["rules"].queryset = project.rules.all()
        fields["beacon_source"].widget.attrs["placeholder"] = _(
            "例如：中国福利彩票双色球第 2026136 期开奖号码"
        )
        fields["beacon_fallback"].widget.attrs["placeholder"] = _("例如：公布时间次日的上证指数收盘点位")
        for number, name in enumerate(PARTY_FIELDS, start=1):
            label = _("第 %(number)d 方") % {"number": number}
            fields[name] = forms.CharField(label=label, max_length=60, required=number <= 2)

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"].strip()
        if typed != self.project.name:
            raise forms.ValidationError(unlike(self.project))
        return typed

    def plan(self) -> dict[str, Any]:
        """What `close_list` asks for, besides the rules."""
        given = self.cleaned_data
        return {
            "parties": [given[name] for name in PARTY_FIELDS if given[name]],
            **{key: given[key] for key in ("beacon_source", "beacon_due_at", "beacon_fallback")},
        }

    @property
    def party_fields(self) -> list[Any]:
        return [self[name] for name in PARTY_FIELDS]


PARTY_FIELDS = tuple(f"party_{number}" for number in range(1, MOST_PARTIES + 1))


def unlike(project: PlacementProject) -> str:
    return _("输入的名称与“%(name)s”不一致，什么都没有做。") % {"name": project.name}
