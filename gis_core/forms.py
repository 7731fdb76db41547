"""Forms of the people pages. What is allowed is decided in `gis_core/people.py`; a form only reads."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from gis_core.mandates import Mandate
from gis_core.models import Role, User


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("用户名"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("密码"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("一次性代码"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "class": "code",
            }
        ),
    )


class NewPasswordForm(forms.Form):
    """A password typed twice; `ask_old` for the own account page."""

    old_password = forms.CharField(
        label=_("现在的密码"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    password = forms.CharField(
        label=_("新密码"),
        help_text=_("至少 10 个字符，不能全是数字，也不能是常见密码。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输入一次"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, user: User, *args: Any, ask_old: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not ask_old:
            del self.fields["old_password"]

    def clean_old_password(self) -> str:
        old = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise forms.ValidationError(_("现在的密码不对。"))
        return old

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("两次输入的密码不一样。"))
        return cleaned


class PersonForm(forms.Form):
    display_name = forms.CharField(label=_("姓名"), max_length=60)
    username = forms.RegexField(
        r"^[\w.@-]{3,60}$",
        label=_("用户名"),
        help_text=_("登录时使用，3 至 60 个字母、数字或 . - _ @。"),
        error_messages={"invalid": _("用户名只能有字母、数字和 . - _ @，至少 3 个字符。")},
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    home_code = forms.RegexField(
        r"^\d{2,12}$",
        label=_("所属区划代码"),
        help_text=_("2 至 12 位数字。该区划的管理员可以管理这个账号。"),
        error_messages={"invalid": _("区划代码是 2 至 12 位数字。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("语言"), choices=settings.LANGUAGES)


class DutyForm(forms.Form):
    role = forms.ChoiceField(label=_("职责"))
    area_code = forms.CharField(
        label=_("区划代码"),
        required=False,
        max_length=12,
        help_text=_("2、4、6、9 或 12 位；包括其中的一切。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    grid_code = forms.CharField(
        label=_("网格代码"),
        required=False,
        max_length=17,
        help_text=_("15 位，微网格 17 位。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    building_code = forms.CharField(
        label=_("楼栋代码"),
        required=False,
        max_length=17,
        help_text=_("17 位。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    valid_from = forms.DateField(
        label=_("开始日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    valid_until = forms.DateField(
        label=_("结束日期"),
        required=False,
        help_text=_("当天仍有效；不填则没有期限。"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, mandate: Mandate, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(role.value, role.label) for role in Role.__members__.values() if role in mandate.roles]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
