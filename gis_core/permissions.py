"""Who may do what, and where: one table, one way to narrow a queryset.

A duty gives a role in one place. An area code (2 to 12 digits) holds everything whose code starts
with it: among areas, buildings and dwellings the prefix is the hierarchy. A grid or building code is
compared whole, since building …00123 would otherwise seem to lie in grid …001.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import NotAllowed
from gis_core.models import Duty, Role

Row = TypeVar("Row", bound=Model)

AREA_CODE_LENGTHS = (2, 4, 6, 9, 12)
COMMUNITY_DIGITS = 12
FIELD_ROLES = frozenset({Role.GRID_WORKER, Role.BUILDING_LEADER})
PLACE_ROLES = frozenset({Role.GRID_WORKER, Role.BUILDING_LEADER, Role.DIRECTOR, Role.PLANNER, Role.HOUSING})

RoleSet = frozenset[Any]  # of Role; without Django type stubs a checker cannot see enum members

ROLE_MATRIX: dict[str, RoleSet] = {
    "open_coverage": frozenset({Role.DIRECTOR, Role.PLANNER}),
    "open_grids": frozenset({Role.DIRECTOR, Role.PLANNER}),
    "open_places": frozenset({Role.DIRECTOR, Role.PLANNER, Role.HOUSING}),
    "open_data": frozenset({Role.DIRECTOR, Role.PLANNER}),
    "open_settings": frozenset({Role.ADMINISTRATOR, Role.DPO, Role.AUDITOR, Role.DIRECTOR}),
    "import_town": frozenset({Role.PLANNER}),
    "activate_generation": frozenset({Role.PLANNER}),
    "run_coverage": frozenset({Role.PLANNER}),
    "export_coverage": frozenset({Role.PLANNER, Role.DIRECTOR}),
    "edit_places": frozenset({Role.DIRECTOR, Role.PLANNER}),
    "edit_grids": frozenset({Role.DIRECTOR, Role.PLANNER}),
    "edit_profile": frozenset({Role.PLANNER}),
    "read_stock": frozenset({Role.GRID_WORKER, Role.DIRECTOR, Role.PLANNER, Role.HOUSING}),
    "read_map": PLACE_ROLES,
    "manage_people": frozenset({Role.ADMINISTRATOR}),
    "manage_workers": frozenset({Role.DIRECTOR}),  # grid workers of the own community, nobody else
    "read_access_log": frozenset({Role.AUDITOR, Role.DPO}),
    "make_backup": frozenset({Role.ADMINISTRATOR}),
    "open_rounds": frozenset({Role.DIRECTOR}),
    "plan_rounds": frozenset({Role.DIRECTOR}),  # make, open, close a round; assign
    "review_records": frozenset({Role.DIRECTOR}),  # accept, send back, settle conflicts; each reading logged
    "read_occupancy": frozenset({Role.DIRECTOR}),
    "export_rows": frozenset({Role.DIRECTOR}),  # only of rounds that allow it, without composition
    "erase_household": frozenset({Role.DIRECTOR, Role.DPO}),  # on a resident's request
    "read_household_case": frozenset({Role.DPO}),  # one at a time, by case
    "edit_forms": frozenset({Role.DIRECTOR, Role.ADMINISTRATOR}),
    "edit_work_list": frozenset({Role.ADMINISTRATOR, Role.DPO}),
    "edit_notices": frozenset({Role.DPO}),
    "open_retention": frozenset({Role.DPO, Role.ADMINISTRATOR}),
    "open_tablet": frozenset({Role.GRID_WORKER}),
    "visit_dwellings": frozenset({Role.GRID_WORKER}),  # own assignments, while the round is open
    "manage_devices": frozenset({Role.DIRECTOR, Role.ADMINISTRATOR}),
    "handle_requests": frozenset({Role.DIRECTOR}),
    "open_mix": frozenset({Role.DIRECTOR, Role.PLANNER, Role.HOUSING}),
    "read_sealed": frozenset({Role.GRID_WORKER, Role.DIRECTOR, Role.PLANNER, Role.HOUSING}),
    "import_published": frozenset({Role.PLANNER}),
    "export_mix": frozenset({Role.DIRECTOR, Role.PLANNER, Role.HOUSING}),
    "preview_sealing": frozenset({Role.DIRECTOR, Role.DPO}),  # what it would release and erase
    "seal_round": frozenset({Role.DPO}),  # confirms; cannot be undone
    "open_placement": frozenset({Role.HOUSING}),  # flats, receipt numbers, rules, check, alternatives
    "run_draw": frozenset({Role.HOUSING}),
    "report_requests": frozenset({Role.DIRECTOR, Role.BUILDING_LEADER}),
}


@dataclass(frozen=True)
class Scope:
    """The places in which one person may do one thing, today."""

    area_codes: frozenset[str] = frozenset()
    grid_codes: frozenset[str] = frozenset()
    building_codes: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not (self.area_codes or self.grid_codes or self.building_codes)

    @property
    def token(self) -> str:
        """A short name of these places: the same places always have the same one."""
        parts = (self.area_codes, self.grid_codes, self.building_codes)
        text = "|".join(",".join(sorted(codes)) for codes in parts)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def ancestor_codes(self) -> frozenset[str]:
        """Codes of the areas above (and at) every place of the scope."""
        below = {*self.area_codes, *(c[:COMMUNITY_DIGITS] for c in self.grid_codes | self.building_codes)}
        return frozenset(code[:length] for code in below for length in range(2, len(code) + 1))

    def holds(self, code: str) -> bool:
        """Does an area of this scope hold the area or building with this code?"""
        return any(code.startswith(area) for area in self.area_codes)


def duties_in_force(user: Any) -> list[Duty]:
    """The person's duties today; read once per request (see `gis_core/sessions.py`)."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    kept = getattr(user, "duties_today", None)
    return kept if kept is not None else list(user.duties.in_force())


def duties_for(user: Any, action: str) -> Scope:
    """Where the person may do this today; an unknown action is a programmer's error."""
    roles = ROLE_MATRIX[action]
    duties = [duty for duty in duties_in_force(user) if duty.role in roles]
    return Scope(
        area_codes=frozenset(duty.area_code for duty in duties if duty.area_code),
        grid_codes=frozenset(duty.grid_code for duty in duties if duty.grid_code),
        building_codes=frozenset(duty.building_code for duty in duties if duty.building_code),
    )


def may(user: Any, action: str) -> bool:
    return not duties_for(user, action).is_empty


def require(user: Any, action: str) -> None:
    """Refuse (403) a person whose duties do not include this action anywhere."""
    if not may(user, action):
        raise NotAllowed(_("您的职责不包括这项操作。需要时请向管理员申请。"), action=action)


def is_desk_person(user: Any) -> bool:
    """Desk roles sign in with a second step; grid workers and building leaders need not."""
    return any(duty.role not in FIELD_ROLES for duty in duties_in_force(user))


def needs_second_step(user: Any) -> bool:
    return bool(settings.DESK_TOTP) and is_desk_person(user) and not user.is_demo


def _starts_with_one_of(field: str, codes: Iterable[str]) -> Q:
    """Rows whose code begins with one of the codes; codes are digits, so LIKE needs no escaping."""
    found = Q(pk__in=[])
    for code in sorted(codes):
        found |= Q(**{f"{field}__startswith": code})
    return found


def within_duty(
    queryset: QuerySet[Row],
    user: Any,
    action: str,
    *,
    code_field: str,
    ancestors: bool = False,
    grid_field: str | None = None,
    building_field: str | None = None,
) -> QuerySet[Row]:
    """The rows that the person's duties for this action hold.

    Args:
        code_field: path to an area, building or dwelling code: matched by area codes only, as a prefix.
        ancestors: also rows whose code lies above an allowed place, to show the names of what holds it.
        grid_field: path to a grid code, for tables keyed by grid: compared whole.
        building_field: path to a building code, for tables keyed by building: compared whole.
    """
    scope = duties_for(user, action)
    if scope.is_empty:
        return queryset.none()
    allowed = _starts_with_one_of(code_field, scope.area_codes)
    if ancestors:
        allowed |= Q(**{f"{code_field}__in": sorted(scope.ancestor_codes)})
    if grid_field and scope.grid_codes:
        allowed |= Q(**{f"{grid_field}__in": sorted(scope.grid_codes)})
    if building_field and scope.building_codes:
        allowed |= Q(**{f"{building_field}__in": sorted(scope.building_codes)})
    return queryset.filter(allowed)
