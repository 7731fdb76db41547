"""OpenRosa as ODK Collect speaks it: who is let in, headers, lists, manifests, entity lists."""

import base64
import hashlib
import json
import logging
import zlib
from datetime import timedelta

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client
from django.utils import timezone

from gis_core.log_words import WithoutSecrets
from gis_core.models import AccessLog
from survey.devices import make_device, revoke_device
from survey.models import Device, Entity
from survey.openrosa_settings import collect_settings
from tests.survey.intake.records import OPENROSA, post, token_of

LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"


@pytest.fixture
def collect(work):
    """A Collect device of the worker, in a round that allows it."""
    work.field.round.allows_collect = True
    work.field.round.save()
    return make_device(work.field.worker, Device.Kind.COLLECT, "phone")[1]


def get(address, token="", **headers):
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return Client().get(address, headers={**OPENROSA, **headers})


def forms(response):
    return [
        {part.tag.removeprefix(LIST): part.text for part in form} for form in fromstring(response.content)
    ]


def basic(username, password):
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


# --- Who is let in ---------------------------------------------------------------------------


def test_without_credentials_collect_is_asked_for_a_password(work):
    response = get("/openrosa/formList")
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("address", ["formList", "submission", "forms/1/form.xml", "forms/1/manifest"])
def test_a_wrong_key_is_refused_and_never_asked_for_a_password(work, address):
    response = get(f"/openrosa/key/{'0' * 64}/{address}")
    assert response.status_code in (403, 405)
    assert "WWW-Authenticate" not in response


def test_a_tablet_whose_token_ended_is_told_to_sign_in(work):
    response = get("/openrosa/formList", "0" * 64)
    assert (response.status_code, response["WWW-Authenticate"].split()[0]) == (401, "Bearer")


def test_a_key_address_is_for_collect_only(work, collect):
    assert get(f"/openrosa/key/{collect}/formList").status_code == 200
    assert get(f"/openrosa/key/{work.token}/formList").status_code == 403


def test_basic_goes_over_tls_only(work, collect):
    header = basic(work.field.worker.username, collect)
    assert get("/openrosa/formList", Authorization=header).status_code == 403
    forwarded = {"Authorization": header, "X-Forwarded-Proto": "https"}
    response = get("/openrosa/formList", **forwarded)
    assert response.status_code == 200
    assert all(form["downloadUrl"].startswith("https://") for form in forms(response))
    forwarded["Authorization"] = basic("somebody", collect)
    assert get("/openrosa/formList", **forwarded).status_code == 401


def test_an_expired_or_revoked_device_opens_nothing(work):
    assert get("/openrosa/formList", work.token).status_code == 200
    Device.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert get("/openrosa/formList", work.token).status_code == 401
    device, token = make_device(work.field.worker, Device.Kind.TABLET)
    revoke_device(device, by=work.field.director)
    assert get("/openrosa/formList", token).status_code == 401


def test_a_person_who_left_opens_nothing(work):
    work.field.worker.is_active = False
    work.field.worker.save()
    assert post(work.token, work.household()).status_code == 401


def test_only_the_hash_of_a_token_is_stored(work):
    kept = Device.objects.get()
    assert kept.token_sha256 == hashlib.sha256(work.token.encode()).hexdigest()
    assert len(work.token) == 64
    assert 29 <= (kept.expires_at - timezone.now()).days <= 30


# --- Headers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/openrosa/formList", 200),
        ("/openrosa/forms/0/manifest", 404),
        ("/openrosa/forms/0/dwellings.csv", 404),
        ("/openrosa/nowhere", 404),
        ("/openrosa/submission", 405),
        (f"/openrosa/key/{'1' * 64}/formList", 403),
    ],
)
def test_every_answer_says_that_it_is_openrosa(work, address, status):
    response = get(address, work.token)
    assert response.status_code == status
    assert response["X-OpenRosa-Version"] == "1.0"
    assert response["X-OpenRosa-Accept-Content-Length"] == "100000000"
    assert response["Content-Language"] == "zh-hans"
    assert response["Content-Type"] == "text/xml; charset=utf-8"


def test_a_question_without_the_version_header_is_refused(work):
    response = Client().get("/openrosa/formList", headers={"Authorization": f"Bearer {work.token}"})
    assert response.status_code == 400


def test_the_device_id_of_collect_is_accepted_everywhere(work):
    for address in ("formList", f"forms/{work.form.pk}/form.xml", f"forms/{work.form.pk}/manifest"):
        assert get(f"/openrosa/{address}?deviceID=collect%3Aabc", work.token).status_code == 200
    assert post(work.token, work.household(), query="?deviceID=collect%3Aabc").status_code == 201


# --- Lists -----------------------------------------------------------------------------------


def test_the_list_names_the_forms_of_the_open_rounds(work):
    listed = {form["formID"]: form for form in forms(get("/openrosa/formList", work.token))}
    assert set(listed) == {"wangge_household", "wangge_visit"}
    one = listed["wangge_household"]
    assert one["version"] == work.form.version
    assert one["hash"] == f"md5:{work.form.xform_md5}"
    assert all(one[part] for part in ("name", "downloadUrl", "manifestUrl"))


def test_the_list_can_be_asked_for_one_form(work):
    response = get("/openrosa/formList?formID=wangge_visit", work.token)
    assert [form["formID"] for form in forms(response)] == ["wangge_visit"]


def test_collect_sees_a_round_only_when_it_allows_collect(work):
    token = token_of(work.field.worker, Device.Kind.COLLECT)
    assert forms(get(f"/openrosa/key/{token}/formList")) == []
    work.field.round.allows_collect = True
    work.field.round.save()
    assert len(forms(get(f"/openrosa/key/{token}/formList"))) == 2
    assert len(forms(get("/openrosa/formList", work.token))) == 2  # our own tablet always


def test_nobody_else_sees_the_forms(work):
    from survey.rounds import close_round

    assert forms(get("/openrosa/formList", token_of(work.field.director))) == []
    work.field.set.assignments.update(ended_at=timezone.now())
    assert forms(get("/openrosa/formList", work.token)) == []
    assert get(f"/openrosa/forms/{work.form.pk}/form.xml", work.token).status_code == 404
    assert len(forms(get("/openrosa/formList", token_of(work.field.colleague)))) == 2
    close_round(work.round, by=work.field.director)
    assert forms(get("/openrosa/formList", token_of(work.field.colleague))) == []


def test_the_form_has_the_hash_that_the_list_gave(work, collect):
    one = forms(get(f"/openrosa/key/{collect}/formList"))[0]
    content = Client().get(one["downloadUrl"].removeprefix("http://testserver")).content
    assert f"md5:{hashlib.md5(content).hexdigest()}" == one["hash"]  # noqa: S324 — the protocol's


def test_the_manifest_has_everything_without_which_collect_drops_it(work, collect):
    response = get(f"/openrosa/key/{collect}/forms/{work.form.pk}/manifest")
    (file,) = fromstring(response.content)
    assert file.get("type") == "entityList"
    parts = {part.tag.removeprefix(MANIFEST): part.text for part in file}
    assert parts["filename"] == "dwellings.csv"
    assert parts["hash"].startswith("md5:")
    assert f"/openrosa/key/{collect}/" in parts["downloadUrl"]
    assert f"/openrosa/key/{collect}/" in parts["integrityUrl"]


def test_the_entity_list_holds_doors_and_nothing_that_was_answered(work):
    work.send(work.household())
    response = get(f"/openrosa/forms/{work.form.pk}/dwellings.csv", work.token)
    head, *rows = response.content.decode().splitlines()
    assert head == "name,label,__version"
    assert len(rows) == 16  # buildings 0 and 1, eight doors each
    assert sum(row.endswith(",2") for row in rows) == 1
    assert "rented" not in response.content.decode()
    assert AccessLog.objects.filter(action="fetch_doors", user=work.field.worker).count() == 1


def test_an_unchanged_list_is_not_sent_again(work):
    address = f"/openrosa/forms/{work.form.pk}/dwellings.csv"
    first = get(address, work.token)
    assert get(address, work.token, **{"If-None-Match": first["ETag"]}).status_code == 304
    work.send(work.household())
    changed = get(address, work.token, **{"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_integrity_tells_what_is_gone_and_leaves_out_what_is_unknown(work):
    here, gone = Entity.objects.filter(list_name="dwellings").order_by("pk")[:2]
    Entity.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    ids = f"{here.uuid},{gone.uuid},{'0' * 8}-0000-4000-8000-{'0' * 12},nonsense"
    response = get(f"/openrosa/forms/{work.form.pk}/integrity?id={ids}", work.token)
    told = {one.get("id"): one.find("deleted").text for one in fromstring(response.content).iter("entity")}
    assert told == {str(here.uuid): "false", str(gone.uuid): "true"}


# --- Settings and logs ------------------------------------------------------------------------


def test_the_settings_code_unpacks_to_what_collect_reads(work, collect):
    device = Device.objects.get(kind="collect")
    text = collect_settings(work.round, device, collect, "https://wangge.example/")
    unpacked = json.loads(zlib.decompress(base64.b64decode(text)))
    assert unpacked["general"]["server_url"] == f"https://wangge.example/openrosa/key/{collect}"
    assert unpacked["general"]["form_update_mode"] == "match_exactly"
    assert set(unpacked) == {"general", "admin", "project"}


def test_a_token_never_reaches_the_log():
    record = logging.LogRecord(
        "django.request",
        logging.WARNING,
        "",
        0,
        "%s: %s",
        ("Not Found", "/openrosa/key/abc123/formList"),
        None,
    )
    WithoutSecrets().filter(record)
    assert record.getMessage() == "Not Found: /openrosa/key/…/formList"


def test_head_of_submission_is_204_and_empty(work, collect):
    response = Client().head(f"/openrosa/key/{collect}/submission", headers=OPENROSA)
    assert (response.status_code, response.content) == (204, b"")
    assert response["X-OpenRosa-Version"] == "1.0"


def test_the_answer_of_a_post_is_what_collect_parses(work, collect):
    response = post("", work.household(), address=f"/openrosa/key/{collect}/submission")
    root = fromstring(response.content)
    assert root.tag == "{http://openrosa.org/http/response}OpenRosaResponse"
    assert root[0].text == "已收到并登记。"
    work.field.worker.language = "en"
    work.field.worker.save()
    response = post("", work.household(), address=f"/openrosa/key/{collect}/submission")
    assert response["Content-Language"] == "en"


def test_without_a_duty_of_today_the_lists_are_empty(work):
    work.field.worker.duties.update(valid_until=timezone.localdate() - timedelta(days=1))
    assert forms(get("/openrosa/formList", work.token)) == []
    for address in ("form.xml", "manifest", "dwellings.csv", "integrity"):
        assert get(f"/openrosa/forms/{work.form.pk}/{address}", work.token).status_code == 404


def test_a_duty_that_moved_takes_its_doors_with_it(work):
    address = f"/openrosa/forms/{work.form.pk}/dwellings.csv"
    assert len(get(address, work.token).content.splitlines()) == 17
    work.field.worker.duties.update(grid_code="330100001001002")
    assert len(get(address, work.token).content.splitlines()) == 1
