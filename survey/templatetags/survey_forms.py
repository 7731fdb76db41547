"""Names of forms and of work-list items in the reader's language."""

from typing import Any

from django import template
from django.utils.translation import get_language

register = template.Library()


def _here(zh: str, en: str) -> str:
    english = (get_language() or "").startswith("en")
    return (en or zh) if english else (zh or en)


@register.filter
def title_here(form: Any) -> str:
    return _here(form.title_zh, form.title_en) or form.form_id


@register.filter
def item_name(item: Any) -> str:
    return _here(item.name_zh, item.name_en)


@register.filter
def item_purpose(item: Any) -> str:
    return _here(item.purpose_zh, item.purpose_en)
