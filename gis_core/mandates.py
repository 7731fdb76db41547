"""Over whose accounts somebody decides.

An administrator decides inside the area of the own duty, a community director over grid workers of the
own community. What lies outside that mandate is not even seen.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import NotAllowed, NotFound
from gis_core.models import Duty, Role, User
from gis_core.permissions import COMMUNITY_DIGITS, RoleSet, Scope, duties_for

ALL_ROLES: RoleSet = frozenset(Role.__members__.values())
WORKER_ROLES: RoleSet = frozenset({Role.GRID_WORKER})


@dataclass(frozen=True)
class Mandate:
    """Over whose accounts somebody decides: areas, and the roles that may be given there."""

    scope: Scope
    roles: RoleSet

    @property
    def is_empty(self) -> bool:
        return self.scope.is_empty

    def holds_place(self, code: str) -> bool:
        return self.scope.holds(code[:COMMUNITY_DIGITS])


def mandate_of(user: Any) -> Mandate:
    """Administrators decide over every role in their area; directors over grid workers in theirs."""
    administered = duties_for(user, "manage_people")
    if not administered.is_empty:
        return Mandate(administered, ALL_ROLES)
    return Mandate(duties_for(user, "manage_workers"), WORKER_ROLES)


def require_mandate(user: Any) -> Mandate:
    mandate = mandate_of(user)
    if mandate.is_empty:
        raise NotAllowed(_("您的职责不包括管理人员。需要时请向管理员申请。"))
    return mandate


def _in_areas(scope: Scope, *fields: str) -> Q:
    found = Q(pk__in=[])
    for code in scope.area_codes:
        for field in fields:
            found |= Q(**{f"{field}__startswith": code})
    return found


def state_of(duty: Duty, today: date) -> str:
    """now, later, expired or revoked."""
    if duty.revoked_at:
        return "revoked"
    if duty.valid_until and duty.valid_until < today:
        return "expired"
    return "later" if duty.valid_from > today else "now"


def visible_duties(by: Any) -> QuerySet[Duty]:
    """Duties in the mandate's areas, ended ones too."""
    mandate = mandate_of(by)
    # A grid or building code begins with its community's twelve digits, so an area code may be its prefix.
    places = _in_areas(mandate.scope, "area_code", "grid_code", "building_code")
    return Duty.objects.filter(places, role__in=mandate.roles).select_related("user")


def visible_people(by: Any) -> QuerySet[User]:
    """People who have, or had, a duty in the mandate's areas, or whose account belongs there."""
    mandate = mandate_of(by)
    if mandate.is_empty:
        return User.objects.none()
    with_duty = visible_duties(by).values("user")
    at_home = _in_areas(mandate.scope, "home_code")
    if mandate.roles != ALL_ROLES:  # a director sees workers and accounts without any duty
        others = Duty.objects.exclude(role__in=mandate.roles).values("user")
        at_home &= ~Q(pk__in=others)
    return User.objects.filter(Q(pk__in=with_duty) | at_home)


def person_for(by: Any, pk: int) -> User:
    found = visible_people(by).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("没有找到这个人，或者不在您的职责范围内。"))
    return found


def has_whole_account(by: Any, person: User) -> bool:
    """May `by` change the account itself? Only when every duty of the person lies in the mandate.

    Otherwise the administrator of one community could reset the password of the whole city's.
    """
    mandate = mandate_of(by)
    if mandate.is_empty or not visible_people(by).filter(pk=person.pk).exists():
        return False
    duties = list(person.duties.not_ended())
    if not duties:
        return mandate.scope.holds(person.home_code) or person.home_code == ""
    return all(duty.role in mandate.roles and mandate.holds_place(duty.place_code) for duty in duties)


def require_whole_account(by: Any, person: User) -> None:
    if person.pk == by.pk:
        raise NotAllowed(_("自己的账号请在“我的账号”中修改。"))
    if not has_whole_account(by, person):
        raise NotAllowed(_("此人还有您职责范围以外的职责，账号须由上级管理员修改。"))
