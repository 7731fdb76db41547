"""A tablet gets a token for a password, once; everything after goes by the token."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gis_core.models import AccessLog
from survey.models import Device
from tests.people import PASSWORD, make_person
from tests.survey.tablet.tablets import tablet_of

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/devices/"


def sign_in(username: str, password: str = PASSWORD, client: Client | None = None):
    said = {"username": username, "password": password, "name": "Android 14 · Chrome 130", "kind": "tablet"}
    return (client or Client(enforce_csrf_checks=True)).post(ADDRESS, said, content_type="application/json")


def test_a_worker_gets_a_token_that_opens_the_list_of_packs():
    make_person("wang", "grid_worker", password=PASSWORD)
    answer = sign_in("wang")
    assert answer.status_code == 201
    said = answer.json()
    assert set(said) == {"token", "device", "expires_at", "user", "server_time"}
    assert said["user"] == {"username": "wang", "display_name": "wang", "language": "zh-hans"}
    listed = Client().get("/api/v1/packs/", headers={"authorization": f"Bearer {said['token']}"})
    assert (listed.status_code, listed.json()) == (200, {"packs": []})


def test_only_the_hash_of_the_token_is_kept():
    make_person("wang", "grid_worker", password=PASSWORD)
    token = sign_in("wang").json()["token"]
    assert len(token) == 64
    assert token not in str(Device.objects.values().get())


def test_a_wrong_password_is_401_and_says_so_in_json():
    make_person("wang", "grid_worker", password=PASSWORD)
    answer = sign_in("wang", "wrong")
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_password")


def test_wrong_passwords_lock_the_account_for_the_tablet_as_for_the_desk():
    make_person("wang", "grid_worker", password=PASSWORD)
    client = Client(enforce_csrf_checks=True)
    for _try in range(5):
        sign_in("wang", "wrong", client)
    assert sign_in("wang", client=client).status_code == 429
    assert not Device.objects.exists()


def test_somebody_without_a_workers_duty_gets_no_token():
    make_person("chen", "planner", password=PASSWORD)
    assert sign_in("chen").status_code == 403
    assert not Device.objects.exists()


def test_a_workers_duty_that_has_ended_gives_no_token():
    yesterday = timezone.localdate() - timedelta(days=1)
    make_person("wang", "grid_worker", password=PASSWORD, valid_until=yesterday)
    assert sign_in("wang").status_code == 403


def test_an_expired_token_is_401():
    tablet = tablet_of(make_person("wang", "grid_worker"))
    Device.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert tablet.get("/api/v1/packs/").status_code == 401


def test_a_token_whose_person_was_switched_off_is_401():
    user = make_person("wang", "grid_worker")
    tablet = tablet_of(user)
    user.is_active = False
    user.save()
    assert tablet.get("/api/v1/packs/").status_code == 401


def test_signing_out_revokes_the_token_at_once():
    tablet = tablet_of(make_person("wang", "grid_worker"))
    uid = Device.objects.get().uid
    assert tablet.delete(f"{ADDRESS}{uid}/").status_code == 204
    assert tablet.get("/api/v1/packs/").status_code == 401


def test_nobody_signs_out_anothers_tablet():
    make_person("wang", "grid_worker")
    other = tablet_of(make_person("li", "grid_worker"))
    tablet = tablet_of(make_person("zhao", "grid_worker"))
    uid = Device.objects.get(user__username="li").uid
    assert tablet.delete(f"{ADDRESS}{uid}/").status_code == 404
    assert other.get("/api/v1/packs/").status_code == 200


def test_signing_in_is_written_down():
    make_person("wang", "grid_worker", password=PASSWORD)
    device = sign_in("wang").json()["device"]
    row = AccessLog.objects.get()
    assert (row.action, row.subject) == ("sign_in", f"tablet {device}")


def test_every_answer_tells_the_servers_time_refusals_too():
    tablet = tablet_of(make_person("wang", "grid_worker"))
    for answer in (tablet.get("/api/v1/packs/"), Client().get("/api/v1/packs/")):
        told = timezone.datetime.fromisoformat(answer["X-Wangge-Time"])
        assert abs(timezone.now() - told) < timedelta(seconds=5)
