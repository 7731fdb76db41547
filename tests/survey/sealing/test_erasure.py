"""After sealing nothing that residents told is left; a resend gets its receipt, a case keeps its contact."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from grids.models import PrivacyBudget, SealedRelease, SealedTally
from grids.privacy_ledger import BudgetSpent, debit, standing
from survey import access, intake
from survey.keys import KeyDestroyed, destroy_key, key_exists, key_of, laid_aside, lay_aside, unseal
from survey.models import (
    Attachment,
    Entity,
    EntityVersion,
    Household,
    KeptUpload,
    Occupancy,
    Request,
    Round,
    Sealing,
    SendBack,
    Submission,
    Visit,
)
from survey.requests import step
from survey.retention import erase_expired
from survey.rounds import close_round
from survey.sealing import (
    BytesLeft,
    NotSealable,
    confirm_sealing,
    prepare_sealing,
    recover_sealing,
    seal_round,
)
from survey.sealing_erasure import scan
from survey.sealing_matters import open_matters
from tests.grids.two_towns import FIRST, SECOND
from tests.survey.intake.records import draw_work, seal_record
from tests.survey.sealing.grounds import OUTLINE, add_list_entity, ended_round, sealed
from tests.survey.worlds import draw_field

pytestmark = pytest.mark.django_db
CONTACT = {"contact": {"contact_address_as": "王阿姨", "contact_phone": "13800138000"}}


@pytest.fixture
def work():
    return draw_work()


@pytest.fixture
def field():
    made = draw_field()
    made.form_version.outline = OUTLINE
    made.form_version.save()
    return made


def ended(field, **more):
    return ended_round(field.town, field.director, area_codes=[FIRST], version=field.form_version, **more)


def close_and_seal(work, **more) -> Sealing:
    return sealed(close_round(work.round, by=work.field.director), work.field.director, **more)


# --- What goes, what stays ----------------------------------------------------------------------


def test_rows_go_and_ids_and_hashes_stay(work):
    record = work.household()
    work.send(record)
    work.send(work.visit("declined", work.field.dwelling(1)))
    work.send(b"<data", {})  # unreadable: kept, and of this round's worker
    stored = Submission.objects.get(instance_id=record.instance_id)
    SendBack.objects.create(submission=stored, message="答的是合租？", by=work.field.director, to=stored.by)
    add_list_entity(work.round, work.field.dwelling().code)
    done = close_and_seal(work)
    assert not Household.objects.exists()
    assert not SendBack.objects.exists()
    assert not EntityVersion.objects.exclude(entity__list_name="dwellings").exists()
    assert not Entity.objects.exclude(data_sealed=None).exists()
    assert not Attachment.objects.exists()
    assert not KeptUpload.objects.exclude(raw=None).exists()
    assert not Submission.objects.exclude(raw=None, xml=None).exists()
    after = Submission.objects.get(instance_id=record.instance_id)
    assert (after.sha256, after.state, after.dwelling_code) == (stored.sha256, "erased", "")
    # What was seen of dwellings, and that somebody was there, follow rules of their own.
    assert Occupancy.objects.filter(state="rented").exists()
    assert Visit.objects.count() == 2
    assert Entity.objects.get(list_name="dwellings", dwelling_code=work.field.dwelling().code).data[
        "occupancy"
    ]
    assert done.erased["households"] == 1
    assert done.erased["records"] == 2
    assert done.erased["kept_uploads"] == 1
    assert set(done.left.values()) == {0}
    assert done.key_destroyed_at is not None
    with pytest.raises(KeyDestroyed):
        key_of(str(work.round.uid))


def test_a_resend_of_a_sealed_record_gets_its_receipt(work):
    record = work.household()
    first = work.send(record)
    close_and_seal(work)
    again = work.send(record)
    assert again["status"] == 201
    assert (again["state"], again["may_delete"], again["sha256"]) == ("erased", True, first["sha256"])
    assert not Household.objects.exists()


def test_a_resend_of_a_record_sealed_on_its_tablet_gets_its_receipt(work):
    record = seal_record(work.household(), work.round.public_key)
    assert work.send(record.manifest, record.files)["state"] == "applied"
    close_and_seal(work)
    again = work.send(record.manifest, record.files)
    assert (again["status"], again["state"], again["may_delete"]) == (201, "erased", True)
    assert not Attachment.objects.exists()


def test_a_new_record_of_a_sealed_round_is_stored_held_and_gone_after_a_month(work):
    work.send(work.household())
    late, public_key = work.household(work.field.dwelling(1)), work.round.public_key
    late_sealed = seal_record(work.household(work.field.dwelling(0, 2)), public_key)
    close_and_seal(work)
    receipt = work.send(late, query=f"?round={work.round.uid}")
    assert (receipt["status"], receipt["held_reason"], receipt["may_delete"]) == (201, "round_sealed", True)
    assert not Household.objects.exists()
    assert Submission.objects.get(instance_id=late.instance_id).key_id == "holding"
    # One sealed on its tablet: nobody can open it any more, and it is told why.
    told = work.send(late_sealed.manifest, late_sealed.files, query=f"?round={work.round.uid}")
    assert (told["status"], told["held_reason"]) == (201, "round_sealed")
    Submission.objects.filter(state="held").update(received_at=timezone.now() - timedelta(days=31))
    assert erase_expired()["late"] == 2
    assert not Submission.objects.exclude(raw=None).exists()


def test_a_record_that_was_read_before_and_is_written_after_sealing_is_looked_at_again(work, monkeypatch):
    work.send(work.household())
    late = work.household(work.field.dwelling(1))
    read = intake.read_record

    def sealed_behind_its_back(*args, **named):
        monkeypatch.setattr(intake, "read_record", read)
        reading = read(*args, **named)
        close_and_seal(work)
        return reading

    monkeypatch.setattr(intake, "read_record", sealed_behind_its_back)
    receipt = work.send(late)
    assert (receipt["status"], receipt["held_reason"]) == (201, "round_sealed")
    assert Submission.objects.get(instance_id=late.instance_id).key_id == "holding"
    assert scan(work.round) == dict.fromkeys(scan(work.round), 0)


def test_a_case_under_way_keeps_its_contact_until_it_is_closed(work):
    work.send(work.household(**CONTACT))
    case = Request.objects.get()
    assert case.state == "accepted"
    done = close_and_seal(work)
    assert done.erased["contacts_of_open_cases"] == 1
    case.refresh_from_db()
    told = access.open_case_contact(work.field.director, case, "回访")
    assert told == {"address_as": "王阿姨", "phone": "13800138000"}
    for state in ("dispatched", "handling", "answered", "rated"):
        step(case, state, by=work.field.director, rating=5 if state == "rated" else None)
        case.refresh_from_db()
    step(case, "closed", by=work.field.director, level="grid")
    case.refresh_from_db()
    assert case.contact_sealed is None


def test_contacts_without_a_case_go_with_the_round(work):
    work.send(work.household(wishes={"needs": ""}, need=[], **CONTACT))
    close_and_seal(work)
    assert not Request.objects.exclude(contact_sealed=None).exists()


def test_another_rounds_answers_are_not_touched(field):
    first = ended(field)
    second = ended(field, seed=2)
    sealed(first.round, field.director)
    assert Household.objects.filter(round=second.round).count() == len(second.told)
    row = Household.objects.filter(round=second.round).first()
    told = json.loads(unseal(row.key_id, row.composition_sealed, about="household.composition"))
    assert told == second.told[row.dwelling_code]


def test_the_scan_finds_what_lies_under_the_key(field):
    made = ended(field)
    before = scan(made.round)
    assert before["household"] == before["submission"] == len(made.told)


def test_a_row_that_is_left_takes_everything_back(field, monkeypatch):
    made = ended(field)
    monkeypatch.setattr("survey.sealing_erasure.versions_of", lambda _round: EntityVersion.objects.none())
    monkeypatch.setattr("survey.sealing_erasure.entities_of", lambda _round: Entity.objects.none())
    add_list_entity(made.round, sorted(made.told)[0])
    with pytest.raises(BytesLeft):
        sealed(made.round, field.director)
    assert is_open(made)


def is_open(made) -> bool:
    made.round.refresh_from_db()
    return (
        made.round.state == Round.State.CLOSED
        and key_exists(str(made.round.uid))
        and Household.objects.filter(round=made.round).count() == len(made.told)
        and not SealedRelease.objects.filter(round_uid=made.round.uid).exists()
    )


# --- When it is refused ---------------------------------------------------------------------------


def test_only_a_closed_and_confirmed_round_is_sealed(field):
    with pytest.raises(NotSealable):
        prepare_sealing(field.round, by=field.director, epsilon=Decimal(1), open_matters={})
    made = ended(field)
    with pytest.raises(NotSealable):
        seal_round(made.round, by=field.director)
    prepare_sealing(made.round, by=field.director, epsilon=Decimal(1), open_matters={})
    with pytest.raises(NotSealable):
        seal_round(made.round, by=field.director)
    assert is_open(made)


def test_what_came_up_after_preparing_is_not_confirmed_unseen(field):
    made = ended(field)
    prepare_sealing(made.round, by=field.director, epsilon=Decimal(1), open_matters=open_matters(made.round))
    Submission.objects.filter(round=made.round, dwelling_code=sorted(made.told)[0]).update(review="received")
    assert open_matters(made.round) == {"unreviewed": 1}
    with pytest.raises(NotSealable):
        confirm_sealing(made.round, by=field.director, open_matters=open_matters(made.round))
    prepare_sealing(made.round, by=field.director, epsilon=Decimal(1), open_matters=open_matters(made.round))
    confirm_sealing(made.round, by=field.director, open_matters=open_matters(made.round))
    assert seal_round(made.round, by=field.director).sealed_at


def test_sealing_twice_gives_the_same_release(field):
    made = ended(field)
    first = sealed(made.round, field.director)
    again = seal_round(made.round, by=field.director)
    assert (first.release_uid, first.table_sha256) == (again.release_uid, again.table_sha256)
    assert SealedRelease.objects.count() == 1
    assert PrivacyBudget.objects.order_by("-spent").first().spent == 1


def test_a_round_whose_key_is_gone_cannot_be_counted(field):
    made = ended(field)
    destroy_key(str(made.round.uid))
    with pytest.raises(NotSealable):
        sealed(made.round, field.director)


# --- The ledger -----------------------------------------------------------------------------------


def test_two_rounds_get_fresh_noise_and_the_third_is_refused(field):
    first = ended(field)
    told = {code: dict(answer) for code, answer in first.told.items()}
    changed = sorted(told)[0]
    told[changed]["origin"] = "local" if told[changed]["origin"] != "local" else "resettled"
    second = ended(field, told=told)
    sealed(first.round, field.director)
    sealed(second.round, field.director)
    cells = [
        list(
            SealedTally.objects.filter(release__round_uid=made.round.uid, level="community").values_list(
                "count"
            )
        )
        for made in (first, second)
    ]
    assert len(cells[0]) == 17  # 3 origins, 7 types, 7 age bands
    assert sum(one != other for one, other in zip(*cells, strict=True)) > 12
    spent = set(PrivacyBudget.objects.values_list("building_code", "spent"))
    assert {amount for _code, amount in spent} == {2}
    assert len(spent) == 4  # every building of the community, whether anybody answered there or not
    third = ended(field)
    with pytest.raises(BudgetSpent) as refused:
        sealed(third.round, field.director, epsilon="0.1")
    assert refused.value.details["spent"] == 2
    assert is_open(third)
    assert {row.spent for row in PrivacyBudget.objects.all()} == {2}


def test_a_debit_is_for_all_buildings_or_none(field):
    debit(field.town, ["1" * 17], 2026, Decimal("1.5"))
    with pytest.raises(BudgetSpent):
        debit(field.town, ["1" * 17, "2" * 17], 2026, Decimal("0.6"))
    assert standing(field.town, ["2" * 17], 2026).spent == 0
    assert standing(field.town, ["1" * 17, "2" * 17], 2026).left == Decimal("0.5")
    assert debit(field.town, ["1" * 17], 2027, Decimal(2)) == 1


def test_the_other_community_keeps_its_budget(field):
    sealed(ended(field).round, field.director, epsilon="2")
    second = ended_round(field.town, field.director, area_codes=[SECOND], version=field.form_version)
    assert sealed(second.round, field.director, epsilon="2").sealed_at


# --- The key between the two steps -----------------------------------------------------------------


def test_a_key_laid_aside_in_vain_is_put_back(field):
    made = ended(field)
    lay_aside(str(made.round.uid))
    assert not key_exists(str(made.round.uid))
    assert recover_sealing() == 1
    assert is_open(made)
    assert recover_sealing() == 0


def test_a_key_laid_aside_before_the_end_is_destroyed(field):
    made = ended(field)
    lay_aside(str(made.round.uid))
    Round.objects.filter(pk=made.round.pk).update(state="sealed")
    now = timezone.now()
    Sealing.objects.create(
        round=made.round,
        epsilon=1,
        prepared_at=now,
        confirmed_at=now,
        sealed_at=now,
        release_uid=made.round.uid,
        table_sha256="0" * 64,
    )
    assert recover_sealing()
    assert laid_aside() == []
    assert Sealing.objects.get().key_destroyed_at is not None
