"""Addresses of rounds, assignment, progress and devices; see tests/grids/access_rows.py."""

from typing import Any

from django.urls import reverse

from survey.devices import make_device
from survey.models import Device, Round
from survey.rounds import open_round
from tests.grids.access_rows import Kind, Path, Row, World, at, own_town
from tests.grids.two_towns import FIRST, GRID
from tests.survey.worlds import add_dwellings, draw_round, make_form_version, make_item

NAME = "秋季走访"


def own_round(world: World, state: str = "open") -> Round:
    """A round in the first community of town 甲, which allows ODK Collect."""
    found = Round.objects.filter(town=world.towns.own, state=state).first()
    if found is not None:
        return found
    if not Round.objects.exists():
        world.dwelling.delete()
        add_dwellings(world.towns.own)
    known = Round.objects.filter(town=world.towns.own).first()
    version = known.form_version if known else make_form_version(make_item(), "rounds", "1", "<h/>", {})
    made = draw_round(version, world.towns.own, allows_collect=True, area_codes=[FIRST])
    return open_round(made, by=world.worker) if state == "open" else made


def of_round(name: str, query: str = "", *, state: str = "open") -> Path:
    return lambda world, user: reverse(name, kwargs={"uid": own_round(world, state).uid}) + query


def of_device(world: World, user: Any) -> str:
    found = world.worker.devices.first() or make_device(world.worker, str(Device.Kind.TABLET))[0]
    return reverse("device_revoke", kwargs={"uid": found.uid})


def one_place(world: World) -> dict[str, Any]:
    return {"worker": world.worker.pk, "places": f"g:{GRID}"}


OPEN, PLAN = {"action": "open_rounds"}, {"action": "plan_rounds"}
CHANGED: dict[str, Any] = {"method": "post", "ok": (302,), **PLAN}


def _of(name: str, query: str = "", *, state: str = "open", **more: Any) -> Row:
    return Row(name, Kind.OBJECT, of_round(name, query, state=state), **{**OPEN, **more})


ROWS = [
    Row("rounds", Kind.OBJECT, own_town("rounds"), **OPEN),
    Row("round_new", Kind.OBJECT, own_town("round_new"), **PLAN),
    _of("round"),
    _of("round_progress_json"),
    _of("round_export", "?format=csv"),
    _of("round_edit", state="draft", **PLAN),
    _of("round_open", state="draft", **CHANGED),
    _of("round_close", **CHANGED, posted=lambda world: {"name": NAME}),
    _of("round_discard", state="draft", **CHANGED),
    _of("round_assign"),
    _of("round_assign_json"),
    _of("round_assign_change", **CHANGED, posted=one_place),
    _of("round_assign_undo", **{**CHANGED, "ok": (302, 409)}),
    _of("round_collect", **PLAN),
    Row("devices", Kind.LIST, at("devices"), action="manage_devices"),
    Row("device_revoke", Kind.OBJECT, of_device, **{**CHANGED, "action": "manage_devices"}),
]
