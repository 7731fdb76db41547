"""Sessions of programs: the second step counts here too, tokens end, and refusals look like Central's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from gis_core.models import AccessLog, User
from survey.devices import make_device
from survey.models import Device
from tests.people import make_person

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"


@pytest.fixture
def director() -> User:
    return make_person("director", "community_director", area_code="330100001001", password=PASSWORD)


def sign_in(username: str, password: str):
    return Client().post(
        "/v1/sessions", {"email": username, "password": password}, content_type="application/json"
    )


def get(path: str, token: str = "", method: str = "get"):
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
    return getattr(Client(), method)(path, **headers)


def code_of(user: User) -> str:
    device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    return f"{totp(device.bin_key):06d}"


def test_the_password_alone_opens_nothing_for_desk_people(director):
    assert sign_in("director", PASSWORD).status_code == 401
    code_of(director)
    assert sign_in("director", PASSWORD).status_code == 401


def test_the_code_behind_the_password_signs_in(director):
    response = sign_in("director", PASSWORD + code_of(director))
    assert response.status_code == 200
    token = response.json()["token"]
    assert get("/v1/users/current", token).json()["email"] == "director"


def test_a_code_is_good_once(director):
    code = code_of(director)
    assert sign_in("director", PASSWORD + code).status_code == 200
    assert sign_in("director", PASSWORD + code).status_code == 401


def test_a_wrong_code_and_a_wrong_password_read_the_same(director):
    code_of(director)
    wrong = [sign_in("director", PASSWORD + "000000"), sign_in("director", "no" * 10), sign_in("nobody", "x")]
    assert {response.status_code for response in wrong} == {401}
    assert len({response.json()["message"] for response in wrong}) == 1


def test_demo_people_need_no_code():
    person = make_person("demo", "community_director", area_code="33", password=PASSWORD)
    person.is_demo = True
    person.save()
    assert sign_in("demo", PASSWORD).status_code == 200


def test_who_has_nothing_to_do_here_does_not_get_in(settings):
    settings.DESK_TOTP = False
    make_person("auditor", "auditor", area_code="33", password=PASSWORD)
    assert sign_in("auditor", PASSWORD).status_code == 403


def test_five_wrong_passwords_lock_the_account(director, settings):
    settings.DESK_TOTP = False
    for _turn in range(5):
        sign_in("director", "wrong")
    locked = sign_in("director", PASSWORD)
    assert (locked.status_code, locked["Content-Type"]) == (429, "application/json")
    assert (locked.json()["code"], locked.json()["details"]["locked_min"]) == (429.1, 15)
    assert AccessLog.objects.filter(action="sign_in_locked").exists()


def test_a_tablet_is_told_of_the_lock_in_json_too():
    make_person("worker", "grid_worker", grid_code="330100001001001", password=PASSWORD)
    asked = {"username": "worker", "password": "wrong", "kind": "tablet"}
    for _turn in range(5):
        Client().post("/api/v1/devices/", asked, content_type="application/json")
    right = {**asked, "password": PASSWORD}
    locked = Client().post("/api/v1/devices/", right, content_type="application/json")
    assert (locked.status_code, locked.json()["code"]) == (429, "sign_in_locked")


def test_a_session_ends_after_a_day_and_when_it_is_ended(director, settings):
    settings.DESK_TOTP = False
    token = sign_in("director", PASSWORD).json()["token"]
    assert get("/v1/sessions/current", token, "delete").status_code == 200
    assert get("/v1/users/current", token).status_code == 401
    token = sign_in("director", PASSWORD).json()["token"]
    device = Device.objects.get(revoked_at=None)
    assert device.expires_at - device.created_at == timedelta(hours=24)
    Device.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert get("/v1/users/current", token).status_code == 401


def test_a_tablets_token_opens_nothing_here():
    worker = make_person("worker", "grid_worker", grid_code="330100001001001")
    _device, token = make_device(worker, str(Device.Kind.TABLET))
    assert get("/v1/projects", token).status_code == 401


@pytest.mark.parametrize("path", ["/v1/", "/v1/backup", "/v1/projects/1/forms/x/draft", "/v1/users"])
def test_what_is_not_offered_is_answered_in_centrals_words(path):
    response = get(path)
    assert response.status_code == 404
    assert set(response.json()) == {"message", "code", "details"}
    assert response.json()["code"] == 404.1


def test_nobody_signed_in_is_401():
    assert get("/v1/projects").status_code == 401
    assert get("/v1/users/current").json()["code"] == 401.2
