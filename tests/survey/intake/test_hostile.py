"""What somebody may send to break the intake, and what people write who mean no harm."""

import time

import pytest

from survey.keys import unseal
from survey.models import Household, KeptUpload, Request, Submission
from survey.safe_xml import UnreadableXml, read_xml
from tests.survey.intake.records import Record, answers_xml, new_id
from tests.survey.worlds import draw_field, make_form_version, make_item

RARE = "𠮷𡘙㙓龘𫚖 😀👨‍👩‍👧‍👦 🇨🇳 ‮‏ ﷽ \u0301é"

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE data [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
<data id="wangge_household">&d;</data>"""
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE data [<!ENTITY x SYSTEM "file:///etc/passwd">]><data id="a">&x;</data>'
)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (LAUGHS, "unsafe_xml"),
        (OUTSIDE, "unsafe_xml"),
        (b'<!DOCTYPE data SYSTEM "http://example.invalid/x.dtd"><data id="a"/>', "unsafe_xml"),
        (
            "<?xml version='1.0' encoding='GB18030'?><data id='a'>网格</data>".encode("gb18030"),
            "wrong_charset",
        ),
        ("<?xml version='1.0' encoding='UTF-8'?><data id='a'>网格</data>".encode("gbk"), "wrong_charset"),
        ("<?xml version='1.0' encoding='UTF-16'?><data id='a'>网格</data>".encode("utf-16"), "wrong_charset"),
        (b"<a>" * 5000 + b"</a>" * 5000, "too_deep"),
        (b"<data>" + b"<a/>" * 700_000 + b"</data>", "too_large"),
        (b"", "empty"),
        (b"\x00\x01\x02", "not_xml"),
        (b"<data id='a'>\x00</data>", "not_xml"),
        (b"PK\x03\x04 not xml at all", "not_xml"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_honest_xml_is_refused_by_its_reason(payload, code):
    begun = time.monotonic()
    with pytest.raises(UnreadableXml) as caught:
        read_xml(payload)
    assert caught.value.code == code
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("payload", [LAUGHS, OUTSIDE, "<a>网格</a>".encode("gbk")])
def test_it_is_kept_as_it_came_and_answered(work, payload):
    receipt = work.send(payload)
    assert (receipt["status"], receipt["state"]) == (400, "kept_unreadable")
    kept = KeptUpload.objects.get()
    assert unseal(kept.key_id, kept.raw, about="kept_upload.raw") == payload


def test_a_byte_order_mark_is_no_reason(work):
    assert work.send(b"\xef\xbb\xbf" + work.household().xml)["state"] == "applied"


def test_rare_characters_and_emoji_in_every_field(work):
    record = work.household(
        contact={"contact_address_as": RARE, "contact_phone": RARE},
        household={"household_type": RARE, "origin": RARE},
        people={"age_0_2": RARE},
        home={"occupancy": RARE, "has_lift": RARE},
        wishes={"needs": RARE},
        need=[{"need_category": RARE, "need_urgency": RARE}],
        call_back={"call_back_slot": RARE, "call_back_at": RARE},
    )
    assert work.send(record)["state"] == "applied"
    assert work.entity().data["has_lift"] == RARE.strip()
    contact = unseal(
        Household.objects.get().key_id, Household.objects.get().contact_sealed, about="household.contact"
    )
    assert RARE.split()[0] in contact.decode()
    assert not Request.objects.exists()


def test_an_instance_id_of_any_kind_stays_one_id(work):
    from dataclasses import replace

    record = replace(work.household(), instance_id="uuid:𠮷 '; DROP TABLE survey_submission; --")
    assert work.send(record)["state"] == "applied"
    assert work.send(record)["state"] == "applied"
    assert Submission.objects.count() == 1
    assert work.send(replace(record, instance_id="x" * 500))["status"] == 400


def test_ten_thousand_repeats(work):
    need = [{"need_category": "culture", "need_urgency": "month"} for _ in range(10_000)]
    begun = time.monotonic()
    assert work.send(work.household(need=need, wishes={"needs": ""}))["state"] == "applied"
    assert time.monotonic() - begun < 10
    assert Request.objects.count() == 1


def test_a_form_of_six_hundred_questions(db):
    questions = [
        {"path": f"/data/q{i}", "name": f"q{i}", "kind": "text", "role": "", "save_to": []}
        for i in range(600)
    ]
    questions.append(
        {"path": "/data/door", "name": "door", "kind": "select_one", "role": "dwelling", "save_to": []}
    )
    outline = {
        "root": "/data",
        "questions": questions,
        "groups": [],
        "entities": [],
        "roles": {"dwelling": "/data/door"},
    }
    field = draw_field(make_form_version(make_item(), "long", "1", "<h/>", outline))
    from survey.intake import accept_submission
    from survey.models import Entity

    door = Entity.objects.get(list_name="dwellings", dwelling_code=field.dwelling().code)
    answers = {"door": door.uuid, **{f"q{i}": RARE for i in range(600)}}
    record = Record("long", "1", answers_xml(answers), new_id())
    assert accept_submission(record.xml, by=field.worker).state == "applied"


def test_a_count_beyond_any_household_is_capped(work):
    from tests.survey.intake.records import composition

    work.send(work.household(people={"age_0_2": "9" * 40, "age_3_5": "-1", "age_6_11": "١٢"}))
    assert composition(Household.objects.get())["age_bands"] == {"0-2": 30}
