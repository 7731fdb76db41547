"""Filters of the page shell: names in the reader's language, numbers that read easily."""

from datetime import datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core import shell

register = template.Library()
register.filter("local_name", shell.local_name)


@register.filter
def wan(value: Any) -> str:
    """12345678 → 1,234.6 万 in Chinese; 12,345,678 in English, and 9,876 in both."""
    if value in (None, ""):
        return ""
    number = float(value)
    if (get_language() or "zh").startswith("zh") and abs(number) >= 10_000:
        return f"{number / 10_000:,.1f} 万"
    return f"{round(number):,}"


@register.filter
def grouped(value: Any) -> str:
    """A whole number with thousands separators."""
    return "" if value in (None, "") else f"{round(float(value)):,}"


@register.filter
def bytes_size(value: Any) -> str:
    size = float(value or 0)
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"


@register.filter
def moment(value: datetime | None) -> str:
    """A time to the minute in the server's zone: 2026-03-05 14:07."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


@register.filter
def ago(value: datetime | None) -> str:
    """Rough age in words, for lists that are about now."""
    if not value:
        return ""
    minutes = int((timezone.now() - value).total_seconds() // 60)
    if minutes < 1:
        return _("刚刚")
    if minutes < 60:
        return _("%(count)d 分钟前") % {"count": minutes}
    if minutes < 24 * 60:
        return _("%(count)d 小时前") % {"count": minutes // 60}
    return moment(value)


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The address's query with some parts changed: `{% query page=2 %}`; an empty value removes a part."""
    asked: QueryDict = context["request"].GET.copy()
    for key, value in changes.items():
        asked.pop(key, None)
        if value not in (None, ""):
            asked[key] = value
    return f"?{asked.urlencode()}" if asked else "?"


@register.filter
def job_label(job: Any) -> str:
    """What people call this kind of work."""
    from gis_core.jobs import label_of

    return label_of(job.kind)


@register.filter
def plain(value: Any) -> str:
    """A number for an attribute: digits only, whatever the language."""
    return str(value)
