"""The one page on which a round is prepared: what is typed becomes `RoundFacts`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grids.models import Town
from survey.models import FormVersion, NoticeText, Round
from survey.round_drafts import RoundFacts, communities_for, forms_for, notices_for

MOST_ATTEMPTS, LONGEST_COOL_DOWN_H = 10, 14 * 24


class RoundForm(forms.Form):
    """Choices are those of the director's own communities; whether they go together, `save_draft` says."""

    name = forms.CharField(label=_("名称"), max_length=100, help_text=_("网格员会看到它。"))
    area_codes = forms.MultipleChoiceField(
        label=_("社区"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一个社区。")},
    )
    form_version = forms.ModelChoiceField(
        label=_("表单"),
        queryset=FormVersion.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("请选一份表单。")},
    )
    notice = forms.ModelChoiceField(
        label=_("告知文本"),
        queryset=NoticeText.objects.none(),
        widget=forms.RadioSelect,
        required=False,
        empty_label=None,
    )
    starts_on = forms.DateField(
        label=_("开始日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    ends_on = forms.DateField(
        label=_("结束日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    attempt_cap = forms.IntegerField(
        label=_("每户最多上门次数"),
        min_value=1,
        max_value=MOST_ATTEMPTS,
        help_text=_("到了次数仍没见到人，就记为“多次未见到”，这也是有效结果。"),
    )
    cool_down_hours = forms.IntegerField(
        label=_("两次上门至少相隔（小时）"),
        min_value=0,
        max_value=LONGEST_COOL_DOWN_H,
        help_text=_("没到时间，平板会提醒先去别家。"),
    )
    allows_collect = forms.BooleanField(label=_("允许用 ODK Collect"), required=False)
    allows_row_export = forms.BooleanField(label=_("允许逐户导出"), required=False)

    def __init__(self, user: Any, town: Town, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.communities = communities_for(user, town)
        codes = [community.code for community in self.communities]
        chosen = self.data.getlist("area_codes") if self.is_bound else self.initial.get("area_codes", codes)
        held = [code for code in chosen if code in codes] or codes
        fields: dict[str, Any] = self.fields
        fields["area_codes"].choices = [(code, code) for code in codes]
        fields["form_version"].queryset = forms_for(held)
        fields["notice"].queryset = notices_for(held)

    def facts(self) -> RoundFacts:
        return RoundFacts(**self.cleaned_data)


def typed_of(subject: Round) -> dict[str, Any]:
    """What the form shows of a round that was saved."""
    names = ("name", "area_codes", "starts_on", "ends_on", "attempt_cap", "cool_down_hours")
    switches = ("allows_collect", "allows_row_export")
    found = {name: getattr(subject, name) for name in (*names, *switches)}
    return found | {"form_version": subject.form_version_id, "notice": subject.notice_id}
