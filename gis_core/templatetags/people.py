"""Where a duty stands today, as a word."""

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.mandates import state_of
from gis_core.models import Duty

register = template.Library()


@register.filter
def duty_state(duty: Duty) -> str:
    return state_of(duty, timezone.localdate())


@register.filter
def duty_state_label(state: str) -> str:
    labels = {"now": _("有效"), "later": _("尚未开始"), "expired": _("已到期"), "revoked": _("已撤销")}
    return labels[state]
