"""What a record writes, and when it waits for a person instead. Every held record has its receipt."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from survey.errors import RoundNotOpen
from survey.judging import CannotApply, apply_held
from survey.models import (
    Consent,
    Household,
    Occupancy,
    Request,
    RequestStep,
    Submission,
    Visit,
)
from survey.rounds import close_round
from tests.survey.intake.records import composition, post, token_of, update


def only() -> Submission:
    return Submission.objects.get()


def test_a_full_visit_writes_each_table_once(work):
    door = work.field.dwelling()
    work.send(work.household(contact={"contact_address_as": "王阿姨", "contact_phone": "13800001111"}))
    visit = Visit.objects.get()
    assert (visit.outcome, visit.dwelling_code, visit.worker) == ("met", door.code, work.field.worker)
    assert visit.at == datetime(2026, 3, 5, 2, 20, tzinfo=UTC)
    occupancy = Occupancy.objects.get()
    assert (occupancy.state, occupancy.is_current, str(occupancy.observed_on)) == (
        "rented",
        True,
        "2026-03-05",
    )
    consent = Consent.objects.get()
    assert (consent.is_given, consent.health_is_given, consent.notice) == (True, False, work.round.notice)
    assert composition(Household.objects.get()) == {
        "age_bands": {"0-2": 1, "15-59": 2},
        "household_type": "family_children",
        "origin": "moved",
    }
    request = Request.objects.get()
    assert (request.category, request.urgency, str(request.due_on)) == ("learning", "week", "2026-03-12")
    assert RequestStep.objects.get().state == "accepted"
    assert work.entity().data == {"occupancy": "rented", "has_lift": "no", "has_heat": "yes"}


def test_health_counts_only_after_its_own_consent(work):
    asked = {"wishes": {"needs": "health learning assistance"}, "need": []}
    work.send(work.household(**asked))
    assert set(Request.objects.values_list("category", flat=True)) == {"learning"}
    work.send(work.household(**asked, health={"consent_health": "yes"}))
    assert set(Request.objects.values_list("category", flat=True)) == {"learning", "health", "assistance"}


def test_who_does_not_agree_is_a_visit_and_nothing_else(work):
    work.send(work.household(opening={"consent": "no"}))
    assert Visit.objects.get().outcome == "declined"
    assert not Consent.objects.get().is_given
    assert not Household.objects.exists()
    assert not Request.objects.exists()


def test_a_call_back_before_any_answer_is_a_call_back(work):
    said = {"call_back": {"call_back_slot": "weekend", "call_back_at": "2026-03-07T15:00:00.000+08:00"}}
    work.send(work.household(opening={"consent": ""}, **said))
    visit = Visit.objects.get()
    assert (visit.outcome, visit.call_back_slot) == ("call_back", "weekend")
    assert visit.call_back_at == datetime(2026, 3, 7, 7, 0, tzinfo=UTC)
    assert not Household.objects.exists()


@pytest.mark.parametrize("outcome", ["unchanged", "no_one_in", "declined", "not_found"])
def test_a_few_taps_are_a_visit(work, outcome):
    assert work.send(work.visit(outcome))["state"] == "applied"
    assert Visit.objects.get().outcome == outcome
    assert not Occupancy.objects.exists()


@pytest.mark.parametrize("outcome", ["vacant", "group_let"])
def test_some_outcomes_say_how_the_dwelling_is_used(work, outcome):
    assert work.send(work.visit(outcome))["state"] == "applied"
    assert Occupancy.objects.get().state == outcome
    assert work.entity().data["occupancy"] == outcome


def test_what_was_not_answered_is_not_stored(work):
    work.send(work.household(people={"age_0_2": ""}, household={"household_type": "no_answer", "origin": ""}))
    assert composition(Household.objects.get()) == {"age_bands": {}, "household_type": "", "origin": ""}


def test_a_late_older_visit_does_not_replace_the_newer(work):
    work.send(work.household(home={"occupancy": "vacant"}, visited_at="2026-03-09T10:00:00.000+08:00"))
    work.send(work.household(home={"occupancy": "rented"}, visited_at="2026-03-08T10:00:00.000+08:00"))
    assert Occupancy.objects.get(is_current=True).state == "vacant"
    assert Occupancy.objects.count() == 2
    assert Household.objects.filter(is_current=True).count() == 1


def test_a_clock_that_runs_ahead_is_not_believed(work):
    work.send(work.household(visited_at="2199-01-01T10:00:00.000+08:00"))
    assert abs(Visit.objects.get().at - timezone.now()) < timedelta(minutes=1)


def test_a_need_said_twice_is_one_request_and_the_more_urgent(work):
    work.send(work.visit("no_one_in"))
    for urgency in ("sometime", "week", "month"):
        need = [{"need_category": "culture", "need_urgency": urgency}]
        work.send(work.household(wishes={"needs": "culture"}, need=need))
    assert Request.objects.get().urgency == "week"
    assert RequestStep.objects.count() == 1


# --- A correction ------------------------------------------------------------------------------


def test_a_correction_reaches_dwelling_and_household_and_keeps_what_was(work):
    record = work.household()
    work.send(record)
    said = record.answers.replace("rented", "owner_occupied").replace("<age_0_2>1", "<age_0_2>2")
    work.send(record.edited(answers=said))
    assert work.entity().data["occupancy"] == "owner_occupied"
    assert list(work.entity().versions.values_list("version", flat=True)) == [1, 2, 3]
    old, new = Household.objects.order_by("pk")
    assert (old.is_current, new.is_current) == (False, True)
    assert composition(old)["age_bands"]["0-2"] == 1
    assert composition(new)["age_bands"]["0-2"] == 2
    assert work.entity().conflict == ""
    assert Visit.objects.filter(is_current=True).count() == 1


def test_a_correction_takes_back_a_need_nobody_began(work):
    record = work.household()
    work.send(record)
    said = record.answers.replace("<needs>learning</needs>", "<needs/>")
    work.send(record.edited(answers=said.replace("<need_category>learning", "<need_category>")))
    assert not Request.objects.exists()


# --- Held, each with its receipt ------------------------------------------------------------------


def test_a_visit_whose_assignment_was_withdrawn_waits(work):
    record = work.household()
    work.field.set.assignments.update(ended_at=timezone.now())
    receipt = work.send(record)
    assert (receipt["status"], receipt["held_reason"], receipt["may_delete"]) == (
        201,
        "assignment_ended",
        True,
    )
    assert not Visit.objects.exists()


def test_a_visit_whose_round_was_closed_waits(work):
    record = work.household()
    close_round(work.round, by=work.field.director)
    receipt = work.send(record)
    assert (receipt["status"], receipt["held_reason"], receipt["may_delete"]) == (201, "round_closed", True)
    with pytest.raises(RoundNotOpen):
        close_round(work.round, by=work.field.director)


def test_a_visit_whose_area_is_no_longer_the_workers_waits(work):
    record = work.household()
    work.field.worker.duties.update(grid_code="330100001001002")
    receipt = work.send(record)
    assert (receipt["status"], receipt["held_reason"], receipt["may_delete"]) == (201, "outside_duty", True)
    assert only().held_details["reasons"] == ["outside_duty"]


def test_a_visit_after_the_duty_ended_waits(work):
    record = work.household()
    work.field.worker.duties.update(valid_until=timezone.localdate() - timedelta(days=1))
    assert work.send(record)["held_reason"] == "outside_duty"


def test_a_door_of_somebody_else_waits(work):
    token = token_of(work.field.colleague)
    answer = post(token, work.household(), HTTP_ACCEPT="application/json").json()["receipt"]
    assert (answer["state"], answer["held_reason"]) == ("held", "outside_duty")
    assert only().held_details["reasons"] == ["outside_duty", "not_assigned"]


def test_an_unknown_dwelling_waits_under_the_holding_key(work):
    record = work.household()
    door = str(work.entity().uuid)
    nowhere = record.xml.replace(door.encode(), b"00000000-0000-4000-8000-000000000000")
    assert work.send(nowhere)["held_reason"] == "unknown_dwelling"
    assert only().key_id == "holding"
    with pytest.raises(CannotApply):
        apply_held(only(), work.field.director)


def test_an_identity_number_in_free_text_waits(work):
    said = {"contact": {"contact_address_as": "证号 11010519491231002X"}}
    assert work.send(work.household(**said))["held_reason"] == "id_number"
    assert not Visit.objects.exists()


def test_who_declined_in_this_round_is_not_visited_again_unseen(work):
    work.send(work.visit("declined"))
    assert work.send(work.household())["held_reason"] == "declined_before"
    assert Visit.objects.get().outcome == "declined"


def test_the_refusal_itself_may_be_corrected(work):
    record = work.visit("declined")
    work.send(record)
    edit = record.edited(answers=record.answers.replace("declined", "no_one_in"))
    assert work.send(edit)["state"] == "applied"


def test_a_record_of_a_sealed_round_waits(work):
    from survey.keys import destroy_key

    record = work.household()
    destroy_key(str(work.round.uid))
    type(work.round).objects.update(state="sealed")
    receipt = work.send(record)
    assert (receipt["held_reason"], receipt["may_delete"]) == ("round_sealed", True)
    assert only().key_id == "holding"


def test_an_error_of_ours_holds_the_record(work, monkeypatch, caplog):
    def break_down(*_args, **_named):
        raise RuntimeError("王阿姨 13800001111")

    monkeypatch.setattr("survey.judging.write_effects", break_down)
    receipt = work.send(work.household())
    assert (receipt["status"], receipt["held_reason"], receipt["may_delete"]) == (201, "judge_failed", True)
    assert "王阿姨" not in caplog.text
    monkeypatch.undo()
    apply_held(only(), work.field.director)
    assert Visit.objects.get().outcome == "met"


# --- A director's word ------------------------------------------------------------------------------


def test_a_held_record_is_applied_on_a_directors_word(work):
    record = work.household()
    work.field.set.assignments.update(ended_at=timezone.now())
    work.send(record)
    applied = apply_held(only(), work.field.director)
    assert applied.state == "applied"
    assert Visit.objects.get().outcome == "met"
    assert work.entity().data["occupancy"] == "rented"
    with pytest.raises(CannotApply):
        apply_held(only(), work.field.director)


def test_a_dwelling_registered_later_can_be_applied_and_gets_its_rounds_key(work):
    record = work.household()
    door = work.entity()
    type(door).objects.filter(pk=door.pk).update(deleted_at=timezone.now())
    assert work.send(record)["held_reason"] == "unknown_dwelling"
    type(door).objects.filter(pk=door.pk).update(deleted_at=None)
    applied = apply_held(only(), work.field.director)
    assert (applied.state, applied.key_id) == ("applied", str(work.round.uid))
    assert Household.objects.get().key_id == str(work.round.uid)


def test_a_directors_word_on_a_later_update_waits_for_the_earlier_one(work):
    branch = str(uuid.uuid4())
    door = str(work.entity().uuid)
    first, second = (
        work.household(mark=update(door, base, trunk=1, branch=branch), home={"occupancy": value})
        for base, value in ((1, "rented"), (2, "vacant"))
    )
    work.field.set.assignments.update(ended_at=timezone.now())
    for record in (first, second):
        work.send(record)
    stored = {row.instance_id: row for row in Submission.objects.all()}
    waiting = apply_held(stored[second.instance_id], work.field.director)
    assert (waiting.state, waiting.held_reason) == ("held", "waiting_predecessor")
    apply_held(stored[first.instance_id], work.field.director)
    assert set(Submission.objects.values_list("state", flat=True)) == {"applied"}
    assert [row.data.get("occupancy") for row in work.entity().versions.order_by("version")] == [
        None,
        "rented",
        "vacant",
    ]


def test_what_cannot_be_done_to_an_entity_is_left_out_on_a_directors_word(work):
    work.send(work.household(mark=update(str(work.entity().uuid), 9)))
    assert apply_held(only(), work.field.director).state == "applied"
    assert Visit.objects.count() == 1
    assert work.entity().version == 1


def test_a_refusal_of_the_database_undoes_the_effects_and_keeps_the_record(work, monkeypatch):
    from survey import judging

    def break_the_batch(record, changes, locked, door, batch, **_order):
        batch.add("INSERT INTO survey_visit (id) VALUES (NULL)", [])

    monkeypatch.setattr(judging, "apply_changes", break_the_batch)
    receipt = work.send(work.household())
    assert (receipt["status"], receipt["held_reason"]) == (201, "judge_failed")
    assert not Visit.objects.exists()
    assert only().held_details["error"] == "IntegrityError"
