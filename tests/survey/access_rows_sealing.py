"""Addresses of sealing; see tests/grids/access_rows.py."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from grids.tallies import Release, replace_sealed_tallies
from survey.models import Request, Round, Sealing
from tests.grids.access_rows import Kind, Path, Row, World, at
from tests.grids.two_towns import FIRST
from tests.survey.access_rows_rounds import own_round
from tests.survey.worlds import draw_round


def ended_round(world: World, state: str) -> Round:
    """A round beside the open one, put at its end by hand: it has no answers and no key."""
    found = Round.objects.filter(town=world.towns.own, state=state).first()
    if found is not None:
        return found
    opened = own_round(world)
    made = draw_round(opened.form_version, world.towns.own, area_codes=[FIRST])
    made.stock, made.plan, made.state = opened.stock, opened.plan, state
    made.opened_at = made.closed_at = timezone.now()
    made.save()
    if state == Round.State.SEALED:
        seal_by_hand(made)
    return made


def seal_by_hand(made: Round) -> None:
    """An empty table is a table: what is tried here is who may open the page of it."""
    now = timezone.now()
    about = Release(
        town=made.town,
        round_uid=made.uid,
        round_name=made.name,
        plan=made.plan,
        area_codes=made.area_codes,
        starts_on=made.starts_on,
        ends_on=made.ends_on,
        year=made.ends_on.year,
        epsilon=Decimal(1),
        allocations={},
        dwelling_count=32,
        sealed_at=now,
    )
    release = replace_sealed_tallies(about, [], [], by=None)
    Sealing.objects.create(
        round=made,
        epsilon=1,
        prepared_at=now,
        confirmed_at=now,
        sealed_at=now,
        release_uid=release.uid,
        table_sha256=release.sha256,
        key_destroyed_at=now,
    )


def of_ended(name: str, state: str = "closed") -> Path:
    return lambda world, user: reverse(name, kwargs={"uid": ended_round(world, state).uid})


def of_case(world: World, user: Any) -> str:
    found = Request.objects.filter(town=world.towns.own).first() or Request.objects.create(
        town=world.towns.own,
        dwelling_code=f"{FIRST}00001010101",
        category="learning",
        opened_at=timezone.now(),
    )
    return reverse("case_contact", kwargs={"uid": found.uid})


PREVIEW: dict[str, Any] = {"action": "preview_sealing"}
SEAL: dict[str, Any] = {"action": "seal_round"}
POSTED: dict[str, Any] = {"method": "post", "ok": (302,), "posted": lambda world: {"knowingly": "1"}}
ROWS = [
    Row("sealing", Kind.OBJECT, of_ended("sealing"), **PREVIEW),
    Row("sealing_prepare", Kind.OBJECT, of_ended("sealing_prepare"), **POSTED, **PREVIEW),
    Row("sealing_confirm", Kind.OBJECT, of_ended("sealing_confirm"), **{**POSTED, "ok": (422,)}, **SEAL),
    Row("sealing_table", Kind.OBJECT, of_ended("sealing_table", "sealed"), **PREVIEW),
    Row("sealings", Kind.LIST, at("sealings"), **SEAL),
    Row("case_contact", Kind.OBJECT, of_case, action="handle_requests"),
]
