"""The life of a round: draft → open → closed. Sealing, which cannot be undone, is a room of its own."""

from typing import Any

from django.db import transaction
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import NotAllowed, NotFound
from gis_core.permissions import COMMUNITY_DIGITS, duties_for, require
from grids.models import Dwelling, GenerationState, GridPlan, Stock
from grids.scoping import active
from survey.errors import RoundNotOpen, RoundNotReady
from survey.keys import make_key
from survey.models import Entity, Round

DWELLINGS = "dwellings"
ENTITIES_AT_ONCE = 2000


@transaction.atomic
def open_round(subject: Round, *, by: Any) -> Round:
    """Pin the ground, make the key, list the dwellings; from now on tablets may fetch their day.

    Raises:
        RoundNotReady: no stock or grids in use, no dwelling in the areas, or the form was withdrawn.
    """
    found = Round.objects.select_for_update().select_related("town", "form_version").get(pk=subject.pk)
    if found.state != Round.State.DRAFT:
        raise RoundNotReady(
            _("只有筹备中的走访才能开始；这一轮%(state)s。") % {"state": found.get_state_display()}
        )
    found.stock, found.plan = active(Stock, found.town), active(GridPlan, found.town)
    _require_ready(found)
    list_dwellings(found)
    found.public_key = make_key(str(found.uid)).public_text
    found.state, found.opened_at = Round.State.OPEN, timezone.now()
    found.save()
    return found


def _require_ready(found: Round) -> None:
    if found.stock is None or found.plan is None:
        raise RoundNotReady(_("这个城镇还没有启用的房屋数据或网格方案。请先在“数据”和“网格”中启用。"))
    if found.ends_on < timezone.localdate():
        raise RoundNotReady(_("结束日期已经过去。请先修改日期。"))
    if found.form_version.retired_at is not None:
        raise RoundNotReady(_("这一版表单已停用。请为这一轮另选一版。"))
    if not dwellings_of(found).exists():
        raise RoundNotReady(
            _("所选区划内没有登记的户室。请先在“数据”中导入户室登记表。"), area_codes=found.area_codes
        )


def close_round(subject: Round, *, by: Any) -> Round:
    """End the round. What was finished in the field and arrives later is still taken, and held for review."""
    with transaction.atomic():
        found = Round.objects.select_for_update().get(pk=subject.pk)
        if found.state != Round.State.OPEN:
            raise RoundNotOpen(
                _("只有进行中的走访才能结束；这一轮%(state)s。") % {"state": found.get_state_display()}
            )
        found.state, found.closed_at = Round.State.CLOSED, timezone.now()
        found.save(update_fields=["state", "closed_at"])
    return found


def dwellings_of(subject: Round) -> QuerySet[Dwelling]:
    """Every dwelling of the round's communities in its stock (the one in use while it is a draft)."""
    found = Dwelling.objects.filter(building__community_code__in=subject.area_codes)
    if subject.stock_id is not None:
        return found.filter(building__stock=subject.stock_id)
    return found.filter(building__stock__town=subject.town, building__stock__state=GenerationState.ACTIVE)


def list_dwellings(subject: Round) -> int:
    """Give every dwelling of the round its row in the entity list `dwellings`; existing rows stay as
    they are.
    """
    known = set(
        Entity.objects.filter(town=subject.town, list_name=DWELLINGS, deleted_at=None).values_list(
            "dwelling_code", flat=True
        )
    )
    rows = dwellings_of(subject).select_related("building").order_by("code")
    fresh = [
        Entity(town=subject.town, list_name=DWELLINGS, dwelling_code=row.code, label=door_label(row))
        for row in rows
        if row.code not in known
    ]
    Entity.objects.bulk_create(fresh, batch_size=ENTITIES_AT_ONCE)
    return len(fresh)


def door_label(dwelling: Dwelling) -> str:
    """「3号楼 2单元 502」: what is written beside the door, in the register's own words."""
    building = dwelling.building
    house = building.name or building.address or building.code[-5:]
    return f"{house} {dwelling.unit}单元 {door_number(dwelling)}"


def door_number(dwelling: Dwelling) -> str:
    return f"{dwelling.floor}{dwelling.door:02d}"


# --- Whose rounds these are -------------------------------------------------------------


def visible_rounds(user: Any, action: str) -> QuerySet[Round]:
    """Rounds with a community in which the person may do this, newest first."""
    scope = duties_for(user, action)
    found = Round.objects.select_related("town", "form_version__form")
    if scope.is_empty:
        return found.none()
    named = {
        *scope.area_codes,
        *(code[:COMMUNITY_DIGITS] for code in scope.grid_codes | scope.building_codes),
    }
    allowed = Q(pk__in=[])
    for code in sorted(named):  # codes are digits: a comma before one can only be the start of another
        allowed |= Q(codes__startswith=code) | Q(codes__contains=f",{code}")
    joined = Func(F("area_codes"), Value(","), function="array_to_string", output_field=TextField())
    return found.annotate(codes=joined).filter(allowed)


def round_for(user: Any, uid: Any, action: str) -> Round:
    """One round within the duties; any other is not found."""
    found: Round | None = visible_rounds(user, action).filter(uid=uid).first()
    if found is None:
        raise NotFound(_("没有这一轮走访，或者不在您的职责范围内。"))
    return found


def holds_round(user: Any, subject: Round, action: str) -> bool:
    """Does the duty hold every community of the round?"""
    scope = duties_for(user, action)
    return all(scope.holds(code) for code in subject.area_codes)


def require_whole_round(user: Any, subject: Round, action: str) -> None:
    """What changes a round for everybody needs a duty over all of its communities."""
    if not holds_round(user, subject, action):
        raise NotAllowed(_("这一轮还包括您职责以外的社区，只有职责覆盖全部社区的人可以更改。"))


def whole_round_for(user: Any, uid: Any, action: str) -> Round:
    """A round that somebody is about to change for everybody."""
    require(user, action)
    subject = round_for(user, uid, action)
    require_whole_round(user, subject, action)
    return subject
