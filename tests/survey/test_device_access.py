"""Every address that a device's token opens × whose token it is: one's own work, and nobody else's.

The worker's set, doors and records are asked for; a colleague of the same round, a worker of the other town,
a director's own client, and tokens that ended must not get them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gis_core.models import Duty, User
from survey.devices import make_device
from survey.models import Device, Entity
from tests.grids.two_towns import OTHER_TOWN
from tests.people import client_for, make_person
from tests.survey.tablet.tablets import draw_day, manifest_of, tablet_of
from tests.survey.worlds import Field

pytestmark = pytest.mark.django_db

CLOSED = (401, 403, 404)
HEADERS = {"X-OpenRosa-Version": "1.0"}


@dataclass(frozen=True)
class Address:
    """`own` answers the worker; a list answers others too, but says nothing of the worker's doors."""

    name: str
    path: Callable[[Field], str]
    own: tuple[int, ...] = (200,)
    is_list: bool = False
    method: str = "get"


def of_pack(field: Field) -> str:
    return f"/api/v1/packs/{field.set.uid}/manifest.json"


def part(name: str) -> Callable[[Field], str]:
    def path(field: Field) -> str:
        manifest = manifest_of(tablet_of(field.worker), field.set.uid)
        url: str = next(one["url"] for one in manifest["parts"] if one["name"] == name)
        return url

    return path


def of_device(field: Field) -> str:
    made, _token = make_device(field.worker, "tablet", "another")
    return f"/api/v1/devices/{made.uid}/"


def form(rest: str) -> Callable[[Field], str]:
    return lambda field: f"/openrosa/forms/{field.round.form_version_id}/{rest}"


ADDRESSES = [
    Address("api_packs", lambda field: "/api/v1/packs/", is_list=True),
    Address("api_pack", of_pack),
    Address("api_pack_part places", part("places.json")),
    Address("api_pack_part returned", part("returned.json")),
    Address("api_receipts", lambda field: "/api/v1/receipts/?instance_id=uuid:1", is_list=True),
    Address("api_device", of_device, own=(204,), method="delete"),
    Address("openrosa_form_list", lambda field: "/openrosa/formList", is_list=True),
    Address("openrosa_form", form("form.xml"), is_list=True),
    Address("openrosa_manifest", form("manifest"), is_list=True),
    Address("openrosa_entities", form("dwellings.csv"), is_list=True),
    Address("openrosa_integrity", form("integrity?id=1"), is_list=True),
]


@pytest.fixture
def field() -> Field:
    return draw_day(allows_collect=True)


def ask(client: Client, address: Address, path: str) -> Any:
    return getattr(client, address.method)(path, headers=HEADERS)


def ended(user: User, **changes: Any) -> Client:
    made, token = make_device(user, "tablet", "ended")
    Device.objects.filter(pk=made.pk).update(**changes)
    return Client(headers={"authorization": f"Bearer {token}"})


def strangers(field: Field) -> dict[str, Client]:
    """Tokens that are good, of people to whom this work was not given."""
    elsewhere = make_person("elsewhere", "grid_worker", area_code=OTHER_TOWN)
    return {
        "colleague": tablet_of(field.colleague),
        "other town": tablet_of(elsewhere),
        "director": tablet_of(field.director),
    }


def closed_tokens(field: Field) -> dict[str, Client]:
    """Tokens that open nothing at all."""
    yesterday = timezone.now() - timedelta(days=1)
    gone = make_person("gone", "grid_worker", area_code=OTHER_TOWN)
    gone_token = tablet_of(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    return {
        "expired": ended(field.worker, expires_at=yesterday),
        "revoked": ended(field.worker, revoked_at=yesterday),
        "inactive person": gone_token,
        "made up": Client(headers={"authorization": f"Bearer {'0' * 64}"}),
        "no token": Client(),
    }


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_the_worker_gets_the_own_and_strangers_do_not(field, address):
    path = address.path(field)
    secret = str(field.set.uid)
    doors = [field.dwelling(0, door=door).code for door in (1, 2)]
    for name, client in strangers(field).items():
        answer = ask(client, address, path)
        if address.is_list and answer.status_code == 200:
            text = answer.content.decode()
            assert not [word for word in (secret, *doors, *_entities(field)) if word in text], name
        else:
            assert answer.status_code in CLOSED, f"{name}: {answer.status_code}"
    assert ask(tablet_of(field.worker), address, path).status_code in address.own


def _entities(field: Field) -> list[str]:
    codes = [field.dwelling(0, door=door).code for door in (1, 2)]
    rows = Entity.objects.filter(list_name="dwellings", dwelling_code__in=codes)
    return [str(uuid) for uuid in rows.values_list("uuid", flat=True)]


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_an_ended_token_opens_nothing(field, address):
    path = address.path(field)
    for name, client in closed_tokens(field).items():
        assert ask(client, address, path).status_code in (401, 403), name


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_a_duty_that_ended_closes_the_doors_while_the_token_lives(field, address):
    path = address.path(field)
    Duty.objects.filter(user=field.worker).update(valid_until=date(2020, 12, 31))
    if address.name in ("api_receipts", "api_device"):
        return  # what was sent keeps its receipt, and a lost tablet can still be signed out
    answer = ask(tablet_of(field.worker), address, path)
    if answer.status_code == 200:
        assert address.is_list
        assert not [one for one in _entities(field) if one in answer.content.decode()]
    else:
        assert answer.status_code in CLOSED


def test_the_session_of_the_desk_opens_no_device_address(field):
    for address in ADDRESSES:
        if address.name not in ("api_device", "api_receipts"):
            answer = ask(client_for(field.worker), address, address.path(field))
            assert answer.status_code in CLOSED, address.name


def test_a_key_in_the_address_is_for_collect_only(field):
    _tablet, token = make_device(field.worker, "tablet", "t")
    _collect, key = make_device(field.worker, "collect", "c")
    assert Client().get(f"/openrosa/key/{token}/formList", headers=HEADERS).status_code in (401, 403)
    assert Client().get(f"/openrosa/key/{key}/formList", headers=HEADERS).status_code == 200


@pytest.mark.parametrize("uid", ["00000000-0000-4000-8000-000000000000", "x", "%00", "1" * 500])
def test_ids_that_are_none_are_not_found(field, uid):
    client = tablet_of(field.worker)
    for path in (
        f"/api/v1/packs/{uid}/manifest.json",
        f"/api/v1/packs/{uid}/places/0/",
        f"/api/v1/devices/{uid}/",
    ):
        assert client.get(path).status_code in (404, 405), path
