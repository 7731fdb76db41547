"""Whose form is whose: one's duties reach the forms of their areas, and see those of the areas above."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import NotAllowed, NotFound
from gis_core.permissions import duties_for, within_duty
from survey.models import Form, WorkListItem

EDIT_FORMS = "edit_forms"


def visible_forms(user: Any) -> QuerySet[Form]:
    """Forms of one's areas and of the areas above them, and the built-in ones."""
    scope = duties_for(user, EDIT_FORMS)
    if scope.is_empty:
        return Form.objects.none()
    own = within_duty(Form.objects.all(), user, EDIT_FORMS, code_field="area_code", ancestors=True)
    return Form.objects.filter(Q(pk__in=own.values("pk")) | Q(is_built_in=True))


def form_for(user: Any, uid: Any) -> Form:
    """The form, or not found for people whose duties lie elsewhere."""
    found = visible_forms(user).select_related("item").filter(uid=uid).first()
    if found is None:
        raise NotFound(_("没有这份表单，或者不在您的职责范围内。"))
    return found


def may_change(user: Any, form: Form) -> bool:
    return not form.is_built_in and duties_for(user, EDIT_FORMS).holds(form.area_code)


def require_may_change(user: Any, form: Form) -> None:
    if not may_change(user, form):
        raise NotAllowed(_("这份表单不由您的区划管理，只能查看。"))


def items_for(area_code: str) -> QuerySet[WorkListItem]:
    """Items of the work list in force today that hold this area."""
    today = timezone.localdate()
    above = [area_code[:length] for length in range(2, len(area_code) + 1)]
    in_force = Q(valid_until=None) | Q(valid_until__gte=today)
    return WorkListItem.objects.filter(in_force, area_code__in=above, valid_from__lte=today)
