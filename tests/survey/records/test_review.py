"""Accept and take back, reject, return to the tablet, answer: each step changes what it says and no more."""

import pytest

from gis_core.models import AccessLog
from survey import review
from survey.models import Household, Occupancy, SendBack, Submission, Visit
from survey.review import NothingSaid, NotReviewable, returned_for
from survey.rounds import close_round
from tests.survey.records.kept import draw_records_field, keep_photo, keep_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def field():
    return draw_records_field()


def test_accepting_takes_a_record_from_the_queue_and_can_be_taken_back(field):
    record = keep_record(field, field.dwelling())
    assert list(review.to_review(Submission.objects.all())) == [record]
    review.accept(record, by=field.director)
    assert not review.to_review(Submission.objects.all()).exists()
    assert review.reopen(record, by=field.director).review == "received"


def test_a_held_record_is_not_accepted(field):
    record = keep_record(field, field.dwelling(), state="held", held_reason="id_number")
    with pytest.raises(NotReviewable):
        review.accept(record, by=field.director)


def test_accepting_many_leaves_what_does_not_wait(field):
    waiting = [keep_record(field, field.dwelling(0, door=door)) for door in (1, 2)]
    held = keep_record(field, field.dwelling(1), state="held", held_reason="not_assigned")
    elsewhere = keep_record(field, field.dwelling(2), by=field.colleague)
    seen = Submission.objects.exclude(pk=elsewhere.pk)
    assert review.accept_many(seen, [*(row.pk for row in waiting), held.pk, elsewhere.pk]) == 2
    assert Submission.objects.filter(review="approved").count() == 2


def test_a_rejected_record_counts_for_nothing_until_it_is_taken_back(field):
    door = field.dwelling()
    earlier = keep_record(field, door, {"home/occupancy": "owner_occupied"})
    record = keep_record(field, door, {"home/occupancy": "rented"})
    review.reject(record, by=field.director, note="填错了户")
    assert not Household.objects.filter(submission=record, is_current=True).exists()
    assert not Visit.objects.filter(submission=record, is_current=True).exists()
    assert Occupancy.objects.get(is_current=True).submission == earlier
    review.reopen(record, by=field.director)
    assert Household.objects.filter(submission=record, is_current=True).exists()
    assert Occupancy.objects.get(is_current=True).submission == record


def test_rejecting_asks_why(field):
    record = keep_record(field, field.dwelling())
    with pytest.raises(NothingSaid):
        review.reject(record, by=field.director, note=" ")


def test_a_returned_record_travels_with_its_comments_to_its_own_worker_only(field):
    record = keep_record(field, field.dwelling())
    keep_photo(record, b"...", "door.jpg")
    comments = [("/data/home/has_lift", "请核对电梯"), ("/data/no_such_question", "x"), ("/data/note", " ")]
    review.send_back(record, by=field.director, message="两处请核对", comments=comments)
    (told,) = returned_for(field.set)
    assert told["instance_id"] == record.instance_id
    assert told["comments"] == [{"path": "/data/home/has_lift", "text": "请核对电梯"}]
    assert (told["form_id"], told["form_version"], told["door"]) == ("hh", "1", record.dwelling_code)
    assert told["files"] == ["door.jpg"]
    assert "<has_lift>no</has_lift>" in told["xml"]
    assert told["by"] == "director"
    assert returned_for(field.colleague_set) == []
    row = AccessLog.objects.get(action="return_record")
    assert row.user == field.worker


def test_the_correction_answers_the_return(field):
    record = keep_record(field, field.dwelling())
    review.send_back(record, by=field.director, message="请核对")
    correction = keep_record(field, field.dwelling(), {"home/has_lift": "yes"}, corrects=record)
    assert review.answer_send_backs(correction) == 1
    assert SendBack.objects.get().answered_by == correction
    assert returned_for(field.set) == []
    assert list(review.answered_returns(Submission.objects.all())) == [correction]
    assert review.predecessor(correction) == record


def test_a_second_return_replaces_the_first(field):
    record = keep_record(field, field.dwelling())
    review.send_back(record, by=field.director, message="一")
    review.send_back(record, by=field.director, message="二")
    assert [row["message"] for row in returned_for(field.set)] == ["二"]


def test_a_withdrawn_return_leaves_the_tablet(field):
    record = keep_record(field, field.dwelling())
    row = review.send_back(record, by=field.director, message="请核对")
    review.withdraw_return(row, by=field.director)
    assert returned_for(field.set) == []
    record.refresh_from_db()
    assert record.review == "received"
    with pytest.raises(NotReviewable):
        review.withdraw_return(row, by=field.director)


def test_nothing_returns_when_the_round_is_over_or_nothing_is_said(field):
    record = keep_record(field, field.dwelling())
    with pytest.raises(NothingSaid):
        review.send_back(record, by=field.director, message=" ")
    close_round(field.round, by=field.director)
    with pytest.raises(NotReviewable):
        review.send_back(record, by=field.director, message="请核对")


def test_an_identity_number_does_not_travel_in_a_comment(field):
    record = keep_record(field, field.dwelling())
    with pytest.raises(NothingSaid):
        review.send_back(record, by=field.director, message="证号 11010519491231002X")
