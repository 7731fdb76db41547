"""From the password to the page: second step, links, lockout, idle expiry, language."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as project_settings
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from gis_core.log_words import WithoutSecrets
from gis_core.models import AccessLog, Job, SignInLink, User
from gis_core.people import grant_duty
from gis_core.sign_in_links import make_link
from tests.people import PASSWORD, client_for

Person = Callable[..., User]
pytestmark = pytest.mark.django_db


def code_now(device: TOTPDevice, *, steps_ahead: int = 0) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time() + steps_ahead * device.step
    return f"{totp.token():06d}"


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"username": user.username, "password": password, **more})


def test_a_grid_worker_signs_in_with_the_password_alone(person: Person):
    worker, client = person("grid_worker", grid_code="990101001001001", password=PASSWORD), Client()
    assert sign_in(client, worker)["Location"] == "/"
    assert client.get("/").status_code == 200
    assert AccessLog.objects.filter(action="sign_in", user=worker).exists()


@pytest.mark.parametrize(
    "role", ["planner", "administrator", "community_director", "auditor", "housing_official"]
)
def test_desk_roles_pass_no_page_before_the_second_step(person: Person, role: str):
    user, client = person(role, password=PASSWORD), Client()
    assert sign_in(client, user)["Location"] == "/sign-in/code/"
    for page in ("/", "/account/", "/settings/", "/account/recovery-codes/"):
        assert client.get(page)["Location"].startswith("/sign-in/code/"), page
    assert client.get("/api/v1/jobs/").status_code == 401
    assert client.get("/api/v1/jobs/").json()["code"] == "second_step_missing"


@pytest.mark.parametrize("asked", ["NaN", "-1", "people", "%00", "//evil.example", "https://evil.example/"])
def test_only_addresses_of_ours_follow_the_sign_in(person: Person, asked: str):
    worker, client = person("grid_worker", password=PASSWORD), Client()
    assert sign_in(client, worker, next=asked)["Location"] == "/"
    assert client.get("/sign-in/", {"next": asked})["Location"] == "/"


def test_a_link_ends_with_the_mandate_of_who_made_it(person: Person):
    boss, worker = person("administrator", "3201"), person("grid_worker", "320102001001")
    secret, _link = make_link(worker, by=boss)
    assert Client().get(f"/welcome/{secret}/").status_code == 200
    boss.duties.update(revoked_at=timezone.now())
    boss = User.objects.get(pk=boss.pk)
    assert Client().get(f"/welcome/{secret}/").status_code == 404
    given = {"password": "long-enough-words", "again": "long-enough-words"}
    assert Client().post(f"/welcome/{secret}/", given).status_code == 404
    worker.refresh_from_db()
    assert not worker.check_password("long-enough-words")


def test_a_link_ends_when_the_person_grows_beyond_who_made_it(person: Person):
    small, large = person("administrator", "320102"), person("administrator", "32")
    someone = person("planner", "320102")
    secret, _link = make_link(someone, by=small)
    grant_duty(someone, "planner", by=large, area_code="3201")
    assert Client().get(f"/welcome/{secret}/").status_code == 404


def test_no_log_tells_the_secret_of_a_link(person: Person, caplog: pytest.LogCaptureFixture):
    boss, worker = person("administrator", "3201"), person("grid_worker", "320102001001")
    secret, _link = make_link(worker, by=boss)
    caplog.handler.addFilter(WithoutSecrets())
    assert "without_secrets" in project_settings.LOGGING["handlers"]["console"]["filters"]
    client = Client(enforce_csrf_checks=True)
    assert client.post(f"/welcome/{secret}/", {"password": "short"}).status_code == 403
    assert Client().post(f"/welcome/{secret}/", {"password": "short", "again": "x"}).status_code == 400
    assert "/welcome/…/" in caplog.text
    assert secret not in caplog.text


def test_enrolment_shows_a_qr_code_and_ends_with_recovery_codes(person: Person):
    user, client = person("planner", password=PASSWORD), Client()
    sign_in(client, user, next="/account/")
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/enrol/"
    page = client.get("/sign-in/enrol/?next=/account/").content.decode()
    assert '<svg class="qr"' in page
    assert "style=" not in page
    device = TOTPDevice.objects.get(user=user)
    assert client.post("/sign-in/enrol/", {"code": "000000"}).status_code == 400
    TOTPDevice.objects.update(throttling_failure_count=0)
    done = client.post("/sign-in/enrol/", {"code": code_now(device), "next": "/account/"})
    shown = re.search(r"<pre[^>]*>(.*?)</pre>", done.content.decode(), re.DOTALL)
    codes = shown.group(1).split() if shown else []
    assert len(set(codes)) == 10
    assert client.get("/").status_code == 200

    # At the next sign-in a recovery code does instead of the telephone, once.
    other = Client()
    sign_in(other, user)
    assert other.post("/sign-in/code/", {"code": codes[0].upper()})["Location"] == "/"
    third = Client()
    sign_in(third, user)
    assert third.post("/sign-in/code/", {"code": codes[0]}).status_code == 400


def test_a_code_works_once_and_wrong_ones_are_slowed_down(person: Person):
    user, client = person("planner", password=PASSWORD), Client()
    device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    sign_in(client, user)
    code = code_now(device)
    assert client.post("/sign-in/code/", {"code": code})["Location"] == "/"
    second = Client()
    sign_in(second, user)
    assert second.post("/sign-in/code/", {"code": code}).status_code == 400  # the same code again
    answer = second.post("/sign-in/code/", {"code": code_now(device, steps_ahead=1)})
    assert "秒后再试" in answer.content.decode()


def test_a_stolen_password_cannot_enrol_a_second_telephone(person: Person):
    user, client = person("planner", password=PASSWORD), Client()
    TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    sign_in(client, user)
    assert client.get("/sign-in/enrol/")["Location"] == "/sign-in/code/"
    assert client.post("/sign-in/enrol/", {"code": "123456"})["Location"] == "/sign-in/code/"


def test_an_administrator_resets_a_lost_telephone(person: Person):
    boss, user = person("administrator"), person("planner")
    client_for(user)
    assert client_for(boss).post(f"/settings/people/{user.pk}/codes/").status_code == 302
    assert not TOTPDevice.objects.filter(user=user).exists()
    # The person is told, in case it was not agreed.
    assert "重置过您的验证器" in client_for(user).get("/").content.decode()


def test_next_leads_back_but_never_to_another_site(person: Person):
    worker = person("grid_worker", grid_code="990101001001001", password=PASSWORD)
    assert Client().get("/account/?a=1")["Location"] == "/sign-in/?next=%2Faccount%2F%3Fa%3D1"
    assert sign_in(Client(), worker, next="/account/?a=1")["Location"] == "/account/?a=1"
    assert sign_in(Client(), worker, next="https://evil.example/")["Location"] == "/"
    assert sign_in(Client(), worker, next="//evil.example/")["Location"] == "/"


def test_five_wrong_passwords_lock_and_the_page_says_until_when(person: Person):
    worker = person("grid_worker", grid_code="990101001001001", password=PASSWORD)
    answers = [sign_in(Client(), worker, "wrong-password") for _i in range(5)]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 400, 429]
    locked = sign_in(Client(), worker)  # now even the right password
    assert locked.status_code == 429
    until = timezone.localtime(timezone.now() + timedelta(minutes=15)).strftime("%Y-%m-%d %H:%M")
    before = timezone.localtime(timezone.now() + timedelta(minutes=14)).strftime("%Y-%m-%d %H:%M")
    assert until in locked.content.decode() or before in locked.content.decode()
    assert AccessLog.objects.filter(action="sign_in_locked").exists()


def test_an_idle_session_ends_with_a_sentence(person: Person, settings: LazySettings):
    settings.SESSION_IDLE_S = 1800
    client = client_for(person("planner"))
    assert client.get("/account/").status_code == 200
    session = client.session
    session["seen_at"] = time.time() - 1700
    session.save()
    assert client.get("/account/").status_code == 200
    session = client.session
    session["seen_at"] = time.time() - 1900
    session.save()
    answer = client.get("/account/")
    assert answer["Location"] == "/sign-in/?next=%2Faccount%2F&expired=1"
    assert "30 分钟没有操作，已自动退出" in client.get(answer["Location"]).content.decode()


def test_a_page_asking_by_itself_does_not_keep_a_session_alive(person: Person):
    user = person("planner")
    job = Job.objects.create(kind="backup", owner=user)
    client = client_for(user)
    client.get("/")
    session = client.session
    seen_at = session["seen_at"] = time.time() - 100
    session.save()
    client.get(f"/jobs/{job.pk}/part/")
    assert client.session["seen_at"] == seen_at
    client.get(f"/jobs/{job.pk}/")
    assert client.session["seen_at"] > seen_at


def test_a_deactivated_person_is_out_at_once(person: Person):
    user = person("planner")
    client = client_for(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/").status_code == 302


def _link(boss: User, user: User) -> str:
    page = client_for(boss).post(f"/settings/people/{user.pk}/link/").content.decode()
    return re.search(r'value="http://testserver(/welcome/[^"]+)"', page).group(1)  # type: ignore[union-attr]


def test_an_invitation_sets_the_password_once(person: Person):
    boss, user = person("administrator"), person("planner")
    link = _link(boss, user)
    row = SignInLink.objects.get()
    assert row.purpose == "invite"
    assert timedelta(days=6, hours=23) < row.expires_at - timezone.now() <= timedelta(days=7)
    assert link.split("/")[2] not in str(SignInLink.objects.values())  # only the hash is kept
    assert Client().get(link).status_code == 200
    weak = Client().post(link, {"password": "1234567890", "again": "1234567890"})
    assert weak.status_code == 400
    done = Client().post(link, {"password": "a-good-long-one", "again": "a-good-long-one"})
    assert done["Location"].startswith("/sign-in/?welcome=")
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"password": "b-good-long-one", "again": "b-good-long-one"}).status_code == 404
    user.refresh_from_db()
    assert user.check_password("a-good-long-one")


def test_a_reset_link_lasts_a_day_and_ends_old_sessions(person: Person):
    boss, user = person("administrator"), person("planner", password=PASSWORD)
    old_client = client_for(user)
    link = _link(boss, user)
    row = SignInLink.objects.get()
    assert row.purpose == "reset"
    assert timedelta(hours=23) < row.expires_at - timezone.now() <= timedelta(hours=24)
    Client().post(link, {"password": "a-good-long-one", "again": "a-good-long-one"})
    assert old_client.get("/").status_code == 302


def test_an_expired_or_replaced_link_opens_nothing(person: Person):
    boss, user = person("administrator"), person("planner")
    first, second = _link(boss, user), _link(boss, user)
    assert Client().get(first).status_code == 404
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(second).status_code == 404
    assert "已经过期" in Client().get(second).content.decode()


def test_the_language_is_kept_with_the_account_and_before_signing_in(person: Person):
    user, client = person("planner"), Client()
    client.post("/language/", {"language": "en", "next": "/sign-in/"})
    assert "<h1>Sign in</h1>" in client.get("/sign-in/").content.decode()
    signed = client_for(user)
    assert signed.post("/language/", {"language": "en", "next": "/account/"})["Location"] == "/account/"
    assert "My account" in signed.get("/account/").content.decode()
    user.refresh_from_db()
    assert user.language == "en"


def test_changing_the_password_needs_the_old_one_and_keeps_this_session(person: Person):
    user = person("planner", password=PASSWORD)
    client, elsewhere = client_for(user), client_for(user)
    fields = {"password": "a-good-long-one", "again": "a-good-long-one"}
    assert client.post("/account/", {**fields, "old_password": "no"}).status_code == 400
    assert client.post("/account/", {**fields, "old_password": PASSWORD}).status_code == 302
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_a_form_sent_without_its_token_is_refused_with_a_page(person: Person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("grid_worker"), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/language/", {"language": "en"})
    assert answer.status_code == 403
    assert "没有保存" in answer.content.decode()


def test_signing_out_empties_the_browser_of_the_maps_it_kept(person: Person):
    answer = client_for(person("planner")).post("/sign-out/")
    assert answer.status_code == 302
    assert answer["Clear-Site-Data"] == '"cache"'
