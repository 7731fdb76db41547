"""People and their duties: who may make, change and end them.

An administrator does this inside the area of the own duty, a community director for grid workers of
the own community. Nobody grants to themselves; nobody is administrator and data-protection officer at
once; the last administrator of an area stays. Every change is written to the access log.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from gis_core.errors import Conflict, NotAllowed, NotFound, Refusal
from gis_core.mandates import require_mandate, require_whole_account, state_of, visible_duties
from gis_core.models import Duty, Role, User
from gis_core.permissions import AREA_CODE_LENGTHS

NEVER_TOGETHER: dict[Any, Any] = {Role.ADMINISTRATOR: Role.DPO, Role.DPO: Role.ADMINISTRATOR}


class WrongPlace(Refusal):
    code = "wrong_place"


class WrongDates(Refusal):
    code = "wrong_dates"


class LastAdministrator(Conflict):
    code = "last_administrator"


@transaction.atomic
def create_person(
    *,
    username: str,
    display_name: str,
    language: str,
    home_code: str,
    by: User,
    request: HttpRequest | None = None,
) -> User:
    """An account without a password; the invitation link sets one."""
    mandate = require_mandate(by)
    if not mandate.scope.holds(home_code):
        raise WrongPlace(
            _("所属区划 %(code)s 不在您的职责范围内。") % {"code": home_code}, area_code=home_code
        )
    if User.objects.filter(username__iexact=username).exists():
        raise Conflict(_("用户名“%(name)s”已经有人使用，请换一个。") % {"name": username}, username=username)
    made = User.objects.create_user(
        username, None, display_name=display_name, language=language, home_code=home_code
    )
    log_access(by, "create_person", f"user {made.pk}", area_code=home_code, request=request)
    return made


@transaction.atomic
def set_active(person: User, is_active: bool, *, by: User, request: HttpRequest | None = None) -> None:
    """Stop or restore an account. Its duties stay as they are, they only have no effect meanwhile."""
    require_whole_account(by, person)
    if not is_active:
        _require_other_administrators(person, person.duties.in_force().filter(role=Role.ADMINISTRATOR))
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    action = "activate_person" if is_active else "deactivate_person"
    log_access(by, action, f"user {person.pk}", area_code=person.home_code, request=request)


def check_place(area_code: str, grid_code: str, building_code: str) -> str:
    """Exactly one place, of a length that exists; gives its code back."""
    named = [code for code in (area_code, grid_code, building_code) if code]
    if len(named) != 1:
        raise WrongPlace(_("一项职责只对应一个地方：区划、网格或楼栋，填写其中一项。"))
    code = named[0]
    if not code.isascii() or not code.isdigit():
        raise WrongPlace(_("“%(code)s”不是代码，代码只有数字。") % {"code": code}, met=code)
    lengths = AREA_CODE_LENGTHS if area_code else (15, 17) if grid_code else (17,)
    if len(code) not in lengths:
        expected = _("、").join(str(length) for length in lengths)
        raise WrongPlace(
            _("代码 %(code)s 有 %(met)d 位，应为 %(expected)s 位。")
            % {"code": code, "met": len(code), "expected": expected},
            met=len(code),
            expected=list(lengths),
        )
    return code


@transaction.atomic
def grant_duty(
    person: User,
    role: str,
    *,
    by: User,
    area_code: str = "",
    grid_code: str = "",
    building_code: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    request: HttpRequest | None = None,
) -> Duty:
    """Give a person one role in one place, from a day and until a day (both included)."""
    User.objects.select_for_update().get(pk=person.pk)  # two grants at once must see each other
    starts = valid_from or timezone.localdate()
    _check_grant(person, Role(role), check_place(area_code, grid_code, building_code), by=by)
    if valid_until and valid_until < starts:
        raise WrongDates(
            _("结束日期 %(until)s 早于开始日期 %(from)s。") % {"until": valid_until, "from": starts}
        )
    if valid_until and valid_until < timezone.localdate():
        raise WrongDates(_("结束日期 %(until)s 已经过去。") % {"until": valid_until})
    place = {"area_code": area_code, "grid_code": grid_code, "building_code": building_code}
    made = Duty.objects.create(
        user=person, role=role, valid_from=starts, valid_until=valid_until, granted_by=by, **place
    )
    log_access(
        by,
        "grant_duty",
        f"duty {made.pk} user {person.pk} {role}",
        area_code=made.place_code,
        request=request,
    )
    return made


def _check_grant(person: User, role: Role, place_code: str, *, by: User) -> None:
    mandate = require_mandate(by)
    if person.pk == by.pk:
        raise NotAllowed(_("不能给自己授予职责，请由另一位管理员授予。"))
    if role not in mandate.roles:
        raise NotAllowed(_("您只能授予网格员职责。"), role=str(role))
    if not mandate.holds_place(place_code):
        raise WrongPlace(
            _("代码 %(code)s 不在您的职责范围内（%(own)s）。")
            % {"code": place_code, "own": _("、").join(sorted(mandate.scope.area_codes))},
            place_code=place_code,
        )
    other = NEVER_TOGETHER.get(role)
    if other and person.duties.not_ended().filter(role=other).exists():
        raise Conflict(
            _("管理员不能同时是数据保护员。%(name)s已是“%(role)s”，请先撤销该职责或另选一人。")
            % {"name": person, "role": other.label}
        )


@transaction.atomic
def revoke_duty(duty: Duty, *, by: User, reason: str = "", request: HttpRequest | None = None) -> None:
    """End a duty now. The row stays: what somebody was allowed to do remains answerable."""
    if not visible_duties(by).filter(pk=duty.pk).exists():
        raise NotFound(_("没有找到这项职责，或者不在您的职责范围内。"))
    if state_of(duty, timezone.localdate()) in ("expired", "revoked"):
        raise Conflict(_("这项职责已经结束。"))
    if duty.role == Role.ADMINISTRATOR:
        _require_other_administrators(duty.user, Duty.objects.filter(pk=duty.pk))
    duty.revoked_at, duty.revoked_by = timezone.now(), by
    duty.save(update_fields=["revoked_at", "revoked_by"])
    log_access(
        by,
        "revoke_duty",
        f"duty {duty.pk} user {duty.user_id} {duty.role}",
        area_code=duty.place_code,
        reason=reason,
        request=request,
    )


def _require_other_administrators(person: User, ending: QuerySet[Duty]) -> None:
    """Every area that loses an administrator keeps another one, of it or of an area above it."""
    others = list(
        Duty.objects.in_force()
        .select_for_update(of=("self",))
        .filter(role=Role.ADMINISTRATOR, user__is_active=True)
        .exclude(pk__in=ending.values("pk"))
    )
    for duty in ending:
        if not any(duty.area_code.startswith(other.area_code) for other in others):
            raise LastAdministrator(
                _("%(name)s是 %(code)s 的最后一位管理员。请先给另一人授予管理员职责。")
                % {"name": person, "code": duty.area_code},
                area_code=duty.area_code,
            )
