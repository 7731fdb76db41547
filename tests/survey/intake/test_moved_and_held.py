"""A correction that moves a record to another door, and records that wait: what the doors say afterwards."""

import json
from datetime import timedelta

from survey.daypack.places import places_of
from survey.judging import apply_held
from survey.models import Consent, Household, Occupancy, Submission, Visit
from survey.retention import RULES, old_held_visits
from survey.review import reject
from tests.survey.intake.records import post, token_of, update


def occupancy_of(code: str) -> str:
    found = Occupancy.objects.filter(dwelling_code=code, is_current=True)
    return found.get().state if found else ""


def door_of(work, code: str) -> dict:
    return next(door for door in places_of(work.field.set)["doors"] if door["code"] == code)


def moved(work, record, here, there, **changes: str):
    """The record corrected: it was the other door."""
    old, new = work.entity(here), work.entity(there)
    said = record.answers.replace(str(old.uuid), str(new.uuid))
    said = said.replace(f'baseVersion="{old.version - 1}"', f'baseVersion="{new.version}"')
    for was, now in changes.items():
        said = said.replace(was, now)
    return record.edited(answers=said)


def test_the_old_door_is_as_if_nobody_had_been_there(work):
    here, there = work.field.dwelling(), work.field.dwelling(door=2)
    record = work.household(here, home={"occupancy": "rented", "has_lift": "yes"})
    work.send(record)
    assert work.send(moved(work, record, here, there))["state"] == "applied"
    assert (occupancy_of(here.code), occupancy_of(there.code)) == ("", "rented")
    assert work.entity(here).data == {}
    assert work.entity(there).data["has_lift"] == "yes"
    assert [row.version for row in work.entity(here).versions.order_by("version")] == [1, 2, 3]
    old = door_of(work, here.code)
    assert (old["occupancy"], old["last_visit"], old["attempts"], old["open_needs"]) == ("", None, 0, [])
    assert door_of(work, there.code)["last_visit"]["outcome"] == "met"
    for table in (Visit, Consent, Household):
        assert [row.dwelling_code for row in table.objects.filter(is_current=True)] == [there.code]


def test_what_an_earlier_visit_said_stands_again(work):
    here, there = work.field.dwelling(), work.field.dwelling(door=2)
    work.send(work.visit("vacant", here, visited_at="2026-03-01T09:00:00+08:00"))
    record = work.household(here, home={"occupancy": "rented", "has_lift": "yes"})
    work.send(record)
    assert occupancy_of(here.code) == "rented"
    assert work.send(moved(work, record, here, there))["state"] == "applied"
    assert occupancy_of(here.code) == "vacant"
    assert work.entity(here).data == {"occupancy": "vacant"}
    assert door_of(work, here.code)["last_visit"]["outcome"] == "vacant"


def test_what_somebody_said_since_stays(work):
    here, there = work.field.dwelling(), work.field.dwelling(door=2)
    record = work.household(here, home={"occupancy": "rented", "has_lift": "yes"})
    work.send(record)
    base = work.entity(here)
    later = work.household(here, mark=update(str(base.uuid), 2), home={"occupancy": "vacant", "has_lift": ""})
    work.send(later)
    said = record.answers.replace(str(base.uuid), str(work.entity(there).uuid))
    assert work.send(record.edited(answers=said))["state"] == "applied"
    assert occupancy_of(here.code) == "vacant"
    found = work.entity(here).data
    assert (found["occupancy"], "has_lift" in found) == ("vacant", False)


def test_moved_there_and_back(work):
    here, there = work.field.dwelling(), work.field.dwelling(door=2)
    record = work.household(here, home={"occupancy": "rented", "has_lift": "yes"})
    work.send(record)
    away = moved(work, record, here, there)
    work.send(away)
    back = away.edited(answers=record.answers)
    assert work.send(back)["state"] == "applied"
    assert (occupancy_of(here.code), occupancy_of(there.code)) == ("rented", "")
    assert work.entity(here).data["has_lift"] == "yes"
    assert work.entity(there).data == {}


def test_a_record_marked_as_not_to_be_used_does_not_stand_again(work):
    here, there = work.field.dwelling(), work.field.dwelling(door=2)
    work.send(work.visit("vacant", here, visited_at="2026-03-01T09:00:00+08:00"))
    reject(Submission.objects.get(), by=work.field.director, note="走错门")
    record = work.household(here)
    work.send(record)
    work.send(moved(work, record, here, there))
    assert occupancy_of(here.code) == ""


def test_a_record_that_waits_is_a_visit_in_the_next_day_pack(work):
    here = work.field.dwelling()
    # An identity number in a free text: the record waits for the director.
    record = work.household(here, contact={"contact_address_as": "证号 11010519491231002X"})
    assert work.send(record)["held_reason"] == "id_number"
    door = door_of(work, here.code)
    assert (door["last_visit"]["outcome"], door["attempts"]) == ("met", 1)
    assert door["last_visit"]["at"] == "2026-03-05T10:20:00+08:00"
    assert "11010519491231002X" not in json.dumps(Submission.objects.get().held_details)
    apply_held(Submission.objects.get(), work.field.director)
    assert door_of(work, here.code)["attempts"] == 1
    assert "visit" not in Submission.objects.get().held_details


def test_a_visit_told_by_a_record_that_waits_is_kept_ninety_days(work):
    work.send(work.household(contact={"contact_address_as": "11010519491231002X"}))
    received = Submission.objects.get().received_at
    assert not old_held_visits(received + timedelta(days=89)).exists()
    due = next(rule for rule in RULES if rule.key == "held_visits")
    due.erase(list(due.expired(received + timedelta(days=91))))
    assert door_of(work, work.field.dwelling().code)["last_visit"] is None
    assert Submission.objects.get().held_details == {"reasons": ["id_number"]}


def test_a_call_back_that_waits_keeps_its_time(work):
    here = work.field.dwelling()
    at = "2026-03-07T19:30:00.000+08:00"
    xml = work.visit("call_back", here, call_back_at=at).xml.replace(
        b"</visit>", "<remark>证号 11010519491231002X</remark></visit>".encode()
    )
    assert work.send(xml)["held_reason"] == "id_number"
    last = door_of(work, here.code)["last_visit"]
    assert (last["outcome"], last["call_back_at"]) == ("call_back", "2026-03-07T19:30:00+08:00")


def test_a_refusal_that_waits_is_respected_and_nobody_elses_record_is(work):
    here = work.field.dwelling()
    assert post(token_of(work.field.colleague), work.visit("declined", here)).status_code == 201
    assert Submission.objects.get().state == "held"
    assert door_of(work, here.code)["is_declined"] is False
    xml = work.visit("declined", here).xml.replace(b"</visit>", b"<r>11010519491231002X</r></visit>")
    assert work.send(xml)["state"] == "held"
    assert door_of(work, here.code)["is_declined"] is True


def test_a_waiting_record_that_is_not_to_be_used_counts_no_more(work):
    here = work.field.dwelling()
    work.send(work.household(here, contact={"contact_address_as": "11010519491231002X"}))
    reject(Submission.objects.get(), by=work.field.director, note="不是这一户")
    assert door_of(work, here.code)["last_visit"] is None
