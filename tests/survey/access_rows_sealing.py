"""Addresses of sealing; see tests/grids/access_rows.py."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from survey.models import Request, Round
from survey.rounds import close_round
from tests.grids.access_rows import Kind, Path, Row, World, at
from tests.survey.access_rows_rounds import own_round
from tests.survey.sealing.grounds import asking_everything, ended_round, sealed


def closed_round(world: World) -> Round:
    """A closed round beside the open one; its form asks for nothing that could be sealed."""
    found = Round.objects.filter(town=world.towns.own, state=Round.State.CLOSED).first()
    if found is not None:
        return found
    opened = own_round(world)
    made = close_round(opened, by=world.worker)
    own_round(world, "draft")
    return made


def sealed_round(world: World) -> Round:
    found = Round.objects.filter(town=world.towns.own, state=Round.State.SEALED).first()
    if found is None:
        opened = own_round(world)
        made = ended_round(
            world.towns.own, world.worker, area_codes=opened.area_codes, version=_asking(opened)
        )
        sealed(made.round, world.worker)
        found = made.round
    return found


def _asking(opened: Round) -> Any:
    return asking_everything(opened.area_codes[0][:6])


def of_closed(name: str) -> Path:
    return lambda world, user: reverse(name, kwargs={"uid": closed_round(world).uid})


def of_sealed(name: str) -> Path:
    return lambda world, user: reverse(name, kwargs={"uid": sealed_round(world).uid})


def of_case(world: World, user: Any) -> str:
    found = Request.objects.filter(town=world.towns.own).first() or Request.objects.create(
        town=world.towns.own,
        dwelling_code=own_round(world).area_codes[0] + "00001010101",
        category="learning",
        opened_at=timezone.now(),
    )
    return reverse("case_contact", kwargs={"uid": found.uid})


PREVIEW, SEAL = {"action": "preview_sealing"}, {"action": "seal_round"}
ROWS = [
    Row("sealing", Kind.OBJECT, of_closed("sealing"), **PREVIEW),
    Row(
        "sealing_prepare",
        Kind.OBJECT,
        of_closed("sealing_prepare"),
        method="post",
        ok=(302,),
        posted=lambda world: {"knowingly": "1"},
        **PREVIEW,
    ),
    Row(
        "sealing_confirm",
        Kind.OBJECT,
        of_closed("sealing_confirm"),
        method="post",
        ok=(302, 409, 422),
        **SEAL,
    ),
    Row("sealing_table", Kind.OBJECT, of_sealed("sealing_table"), **PREVIEW),
    Row("sealings", Kind.LIST, at("sealings"), **SEAL),
    Row("case_contact", Kind.OBJECT, of_case, action="handle_requests"),
]
