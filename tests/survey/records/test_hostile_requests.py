"""The desk's addresses against what nobody should send: foreign ids, no ids, NUL, huge and odd texts."""

import pytest

from survey.models import Request, Submission
from survey.requests import report
from tests.grids.two_towns import FIRST, SECOND
from tests.people import client_for, make_person
from tests.survey.records.kept import clash, draw_records_field, keep_record, keep_upload

pytestmark = pytest.mark.django_db

NO_IDS = ["²", "-1", "0", "9" * 30, "9" * 4000, "1e3", "x", "%00", "..%2f..", "1;drop", "１"]
ODD = ["\x00", "", " ", "A" * 200_000, "𠮷野家😀", "<script>alert(1)</script>", "=1+1", "' or 1=1 --", "‮"]
UID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def field():
    return draw_records_field(allows_row_export=True)


@pytest.fixture
def desk(field):
    client = client_for(field.director)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("number", NO_IDS)
def test_an_id_that_is_none_is_not_found(desk, number):
    for address in (
        "/rounds/records/{}/",
        "/rounds/records/{}/photos/1/",
        "/rounds/records/1/photos/{}/",
        "/rounds/conflicts/{}/",
        "/rounds/uploads/{}/",
        "/rounds/erasures/{}/",
        "/rounds/{}/review/",
        "/rounds/{}/households/",
        "/requests/{}/",
    ):
        assert desk.get(address.format(number) + "?reason=review").status_code in (400, 404), address


@pytest.mark.parametrize("code", [*NO_IDS, FIRST, FIRST + "00001", FIRST + "00001" + "999999"])
def test_a_door_that_is_none_is_not_found(field, desk, code):
    for rest in ("", "print/", "erase/"):
        address = f"/rounds/{field.round.uid}/households/{code}/{rest}"
        assert desk.get(f"{address}?reason=review").status_code in (400, 404), rest


def test_what_belongs_to_another_community_is_not_found(field):
    """The director next door edits each id in the address to one of ours."""
    door = field.dwelling()
    record = keep_record(field, door)
    entity = clash(field, field.dwelling(1), record, keep_record(field, field.dwelling(1)))
    upload = keep_upload(field, b"x", round=field.round)
    made, _new = report(
        door, category="learning", urgency="week", channel="phone", note="", by=field.director
    )
    client = client_for(make_person("next door", "community_director", area_code=SECOND))
    got = [
        f"/rounds/{field.round.uid}/review/",
        f"/rounds/records/{record.pk}/?reason=review",
        f"/rounds/conflicts/{entity.pk}/",
        f"/rounds/uploads/{upload.uid}/?reason=review",
        f"/rounds/{field.round.uid}/households/{door.code}/?reason=review",
        f"/rounds/{field.round.uid}/households/{door.code}/erase/",
        f"/rounds/{field.round.uid}/rows/",
        f"/requests/{made.uid}/",
    ]
    assert {address: client.get(address).status_code for address in got} == dict.fromkeys(got, 404)
    posted = [
        f"/rounds/records/{record.pk}/{what}/"
        for what in ("accept", "reject", "reopen", "comment", "apply", "send-back")
    ] + [f"/rounds/uploads/{upload.uid}/settle/", f"/requests/{made.uid}/step/"]
    given = {"note": "x", "text": "x", "message": "x", "state": "handling"}
    assert {address: client.post(address, given).status_code for address in posted} == dict.fromkeys(
        posted, 404
    )
    record.refresh_from_db()
    assert record.review == "received"


@pytest.mark.parametrize("text", ODD, ids=lambda text: repr(text[:12]))
def test_odd_texts_break_nothing_and_come_back_as_texts(field, desk, text):
    record = keep_record(field, field.dwelling())
    upload = keep_upload(field, b"x", round=field.round)
    tries = {
        f"/rounds/records/{record.pk}/comment/": {"text": text},
        f"/rounds/records/{record.pk}/send-back/": {
            "message": text,
            f"comment:{text}": text,
            "comment:": text,
        },
        f"/rounds/records/{record.pk}/reject/": {"note": text},
        "/rounds/reason/": {"reason": text, "subject": text, "next": text},
        f"/rounds/uploads/{upload.uid}/settle/": {"as": text},
        f"/rounds/{field.round.uid}/review/accept/": {"record": text, "tab": text},
        f"/rounds/{field.round.uid}/rows/": {"reason": text},
        f"/rounds/{field.round.uid}/households/{record.dwelling_code}/erase/": {
            "typed": text,
            "case_number": text,
        },
        "/requests/new/": {
            "dwelling": text,
            "category": text,
            "urgency": text,
            "channel": text,
            "note": text,
        },
    }
    for address, given in tries.items():
        answer = desk.post(address, given)
        assert answer.status_code < 500, address
        if "html" in answer.get("Content-Type", ""):
            assert b"<script>alert(1)" not in answer.content, address
    page = desk.get(f"/rounds/records/{record.pk}/?reason=review")
    assert page.status_code == 200
    assert b"<script>alert(1)" not in page.content


@pytest.mark.parametrize(
    "text", [one for one in ODD if one not in ("\x00",)], ids=lambda text: repr(text[:12])
)
def test_odd_filters_show_a_page(field, desk, text):
    keep_record(field, field.dwelling())
    short = text[:3000]
    for address, names in {
        f"/rounds/{field.round.uid}/review/": ("tab", "held", "page"),
        f"/rounds/{field.round.uid}/households/": ("q", "consent", "page"),
        "/rounds/unplaced/": ("tab", "page"),
        "/requests/": ("state", "category", "urgency", "due", "q", "page"),
        "/requests/counts/": ("months",),
        "/requests/new/": ("building",),
    }.items():
        for name in names:
            answer = desk.get(address, {name: short})
            assert answer.status_code in (200, 400, 404), (address, name)
            assert b"<script>alert(1)" not in answer.content


@pytest.mark.parametrize("text", ODD, ids=lambda text: repr(text[:12]))
def test_answers_of_any_kind_are_shown_as_text(field, desk, text):
    answer = text.replace("\x00", "").replace("<", "&lt;").replace("&l", "&amp;l")[:50_000]
    record = keep_record(field, field.dwelling(), {"note": answer, "home/has_lift": "no"})
    assert desk.get(f"/rounds/records/{record.pk}/?reason=review").status_code == 200


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"<",
        b"<data/>",
        b"\xff\xfe<data/>",
        b'<!DOCTYPE d [<!ENTITY a "b">]><data id="hh" version="1">&a;</data>',
        b"<data id='hh' version='1'>" + b"<a>" * 5000,
        b"<data id='hh' version='1'><note>" + b"x" * 300_000 + b"</note></data>",
    ],
)
def test_any_bytes_that_were_kept_can_be_looked_at(field, desk, payload):
    upload = keep_upload(field, payload, round=field.round)
    assert desk.get(f"/rounds/uploads/{upload.uid}/?reason=review").status_code == 200


def test_a_record_without_a_door_or_a_round_can_be_looked_at(field, desk):
    record = keep_record(field, None, round=None, state="held", held_reason="unknown_dwelling")
    assert desk.get("/rounds/unplaced/").status_code == 200
    assert desk.get(f"/rounds/records/{record.pk}/?reason=review").status_code == 200
    assert desk.post(f"/rounds/records/{record.pk}/send-back/", {"message": "x"}).status_code == 409
    assert desk.post(f"/rounds/records/{record.pk}/accept/").status_code == 409
    assert desk.post(f"/rounds/records/{record.pk}/reject/", {"note": "x"}).status_code == 302


@pytest.mark.parametrize("address", ["accept", "reject", "apply", "send-back", "comment", "reopen"])
def test_a_decision_is_never_taken_by_looking(field, desk, address):
    record = keep_record(field, field.dwelling())
    assert desk.get(f"/rounds/records/{record.pk}/{address}/").status_code == 405
    assert Submission.objects.get().review == "received"


def test_steps_that_are_none_are_refused(field, desk):
    made, _new = report(
        field.dwelling(), category="learning", urgency="week", channel="phone", note="", by=field.director
    )
    for given in ({}, {"state": "x" * 5000}, {"state": "closed"}, {"state": "handling", "rating": "²"}):
        assert desk.post(f"/requests/{made.uid}/step/", given).status_code in (302, 409, 422)
    assert Request.objects.get().state in ("accepted", "handling")
    assert desk.get(f"/requests/{UID}/").status_code == 404
