"""Offers after the draw: the next in line by its order, caps kept, no consequence of a refusal."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from grids.models import Appeal, Applicant, Draw, Offer
from grids.placement import draw_steps, offers
from grids.placement.appeals import answer_appeal, file_appeal
from grids.placement.draw_refusals import TooEarly, WrongAnswer, WrongStep
from tests.grids.placement.draw_projects import (
    Clock,
    closed,
    committed,
    drawn,
    drawn_project,
    published,
    revealed,
)

pytestmark = pytest.mark.django_db


def published_with_a_queue(clock: Clock, **cap_factors: str) -> Draw:
    """As `published`, with six more who want a two-room flat: ten flats for sixteen."""
    project, rules = drawn_project(**cap_factors)
    choices = project.applicants.get(receipt="R000").choices
    Applicant.objects.bulk_create(
        Applicant(
            project=project,
            receipt=f"W{number}",
            tenure=("public_rental", "resettlement")[number % 2],
            room_class="two",
            priority=3,
            choices=choices,
        )
        for number in range(6)
    )
    draw = drawn(revealed(committed(closed(project, rules))), clock)
    return draw_steps.publish(draw, by=None)


def class_of(draw: Draw, receipt: str) -> str:
    return next(one["class"] for one in draw.full_archive["applicants"] if one["id"] == receipt)


def waiting(draw: Draw) -> list[str]:
    """Who got nothing, in the order of the draw."""
    return [one for one in draw.full_archive["order"] if one not in draw.full_archive["places"]]


def some_offer(draw: Draw) -> Offer:
    return next(one for one in draw.offers.filter(state="offered") if class_of(draw, one.receipt) == "two")


def test_a_refused_flat_goes_down_the_order_of_the_draw_until_nobody_is_left(clock: Clock):
    draw = published_with_a_queue(clock, market="1")  # no cap on either tenure
    queue, offer = waiting(draw), some_offer(draw)
    assert len(queue) == 6
    for receipt in queue:
        made = offers.refuse(offer, by=None)
        assert (made.receipt, made.flat_code, made.state) == (receipt, offer.flat_code, "offered")
        offer = made
    assert offers.refuse(offer, by=None) is None


def test_who_refused_one_flat_is_first_in_line_for_another(clock: Clock):
    draw = published_with_a_queue(clock, market="1")
    by_place = {one: at for at, one in enumerate(draw.full_archive["order"])}
    two = [one for one in draw.offers.all() if class_of(draw, one.receipt) == "two"]
    two.sort(key=lambda one: by_place[one.receipt])
    first, later = two[0], two[-1]
    offers.refuse(first, by=None)
    made = offers.refuse(later, by=None)
    assert made.receipt == first.receipt  # before everybody who waits
    assert made.flat_code != first.flat_code


def test_nobody_is_offered_the_same_flat_twice_and_a_flat_nobody_wants_stays_free(clock: Clock):
    draw = published(clock, market="1")
    offer = some_offer(draw)
    assert offers.refuse(offer, by=None) is None
    assert draw.offers.filter(flat_code=offer.flat_code).count() == 1
    assert offers.offer_next(draw, offer.flat_code, by=None) is None


def test_caps_hold_through_any_number_of_refusals(clock: Clock):
    draw = published_with_a_queue(clock, public_rental="1", resettlement="1")
    full = draw.full_archive
    tenure = {one["id"]: one["type"] for one in full["applicants"]}
    for turn in range(12):
        open_now = list(draw.offers.filter(state="offered").order_by("pk"))
        offers.refuse(open_now[turn * 5 % len(open_now)], by=None)
        held = Counter()
        for one in draw.offers.filter(state__in=offers.OPEN):
            klass, cell = offers.cell_of(full, one.flat_code)
            assert klass == class_of(draw, one.receipt)
            held[klass, cell, tenure[one.receipt]] += 1
        for (klass, cell, kind), count in held.items():
            assert count <= full["classes"][klass]["caps"][kind][cell]


def test_who_takes_only_listed_buildings_is_passed_over_for_others(clock: Clock):
    project, rules = drawn_project(market="1")
    codes = sorted({code for one in project.applicants.all() for code in one.choices})
    Applicant.objects.create(
        project=project,
        receipt="W0",
        tenure="resettlement",
        room_class="two",
        priority=3,
        choices=[codes[0]],
        takes_any=False,
    )
    draw = draw_steps.publish(drawn(revealed(committed(closed(project, rules))), clock), by=None)
    free = [one for one in draw.offers.all() if class_of(draw, one.receipt) == "two"]
    elsewhere = next(one for one in free if not one.flat_code.startswith(codes[0]))
    assert waiting(draw) == ["W0"]
    assert list(offers.in_line(draw, elsewhere.flat_code)) == ["W0"] * 0
    here = next(one for one in free if one.flat_code.startswith(codes[0]))
    assert offers.refuse(here, by=None).receipt == "W0"


def test_an_answer_is_given_once(clock: Clock):
    offer = some_offer(published(clock))
    offers.accept(offer, by=None)
    for answer in (offers.accept, offers.refuse, offers.lapse):
        with pytest.raises(WrongStep):
            answer(offer, by=None)


def test_silence_lapses_only_after_the_days_to_answer(clock: Clock):
    draw = published_with_a_queue(clock, market="1")
    offer = some_offer(draw)
    clock.passes(days=15, seconds=-1)
    with pytest.raises(TooEarly):
        offers.lapse(offer, by=None)
    clock.passes(seconds=1)
    assert offers.lapse(offer, by=None).receipt == waiting(draw)[0]
    offer.refresh_from_db()
    assert offer.state == "lapsed"


def test_the_database_keeps_one_open_offer_a_flat_and_a_receipt(clock: Clock):
    draw = published(clock)
    one, other = draw.offers.all()[:2]
    for receipt, flat in ((one.receipt, "9" * 23), ("R999", other.flat_code)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Offer.objects.create(draw=draw, receipt=receipt, flat_code=flat, offered_at=one.offered_at)


def test_an_applicant_has_no_field_in_which_a_refusal_could_be_kept(clock: Clock):
    draw = published_with_a_queue(clock, market="1")
    before = list(Applicant.objects.order_by("pk").values())
    archive = Draw.objects.values("full_archive", "public_archive").get()
    offers.refuse(some_offer(draw), by=None)
    assert list(Applicant.objects.order_by("pk").values()) == before
    assert Draw.objects.values("full_archive", "public_archive").get() == archive


def test_what_became_of_it_is_asked_after_three_and_twelve_months(clock: Clock):
    offer = offers.accept(some_offer(published(clock)), by=None)
    moved_in = date(2026, 11, 24)
    with pytest.raises(WrongAnswer):
        offers.move_in(offer, moved_in + timedelta(days=9), by=None)
    offers.move_in(offer, moved_in, by=None)
    clock.passes(days=91)  # 23 February
    with pytest.raises(TooEarly):
        offers.record_outcome(offer, 3, "staying", by=None)
    clock.passes(days=1)
    assert offers.record_outcome(offer, 3, "staying", by=None).months_3 == "staying"
    for months, word in ((6, "staying"), (3, "happy")):
        with pytest.raises(WrongAnswer):
            offers.record_outcome(offer, months, word, by=None)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 3, date(2027, 3, 31)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 9, 30), 3, date(2026, 12, 30)),
    ],
)
def test_months_end_where_the_calendar_says(day: date, months: int, expected: date):
    assert offers.months_after(day, months) == expected


def test_an_appeal_is_of_somebody_listed_and_waits_for_one_answer(clock: Clock):
    draw = published(clock)
    with pytest.raises(WrongAnswer):
        file_appeal(draw, "R999", by=None)
    appeal = file_appeal(draw, " R003 ", by=None)
    with pytest.raises(WrongStep):
        file_appeal(draw, "R003", by=None)
    answer_appeal(appeal, "rejected", "stock", by=None)
    with pytest.raises(WrongStep):
        answer_appeal(appeal, "upheld", by=None)
    assert file_appeal(draw, "R003", by=None).answer == ""


def test_reasons_to_reject_are_a_closed_list_that_is_about_flats(clock: Clock):
    assert Appeal.Reason.values == ["size", "accessibility", "stock", "tenure_cap"]
    appeal = file_appeal(published(clock), "R003", by=None)
    for answer, reason in (("rejected", ""), ("rejected", "origin"), ("upheld", "other"), ("later", "size")):
        with pytest.raises(WrongAnswer):
            answer_appeal(appeal, answer, reason, by=None)
    assert answer_appeal(appeal, "upheld", by=None).reason == ""


def test_nobody_appeals_or_is_offered_anything_before_the_publication(clock: Clock):
    draw = drawn(revealed(committed(closed(*drawn_project()))), clock)
    flat = draw.full_archive["places"]["R000"][1]
    with pytest.raises(WrongStep):
        file_appeal(draw, "R003", by=None)
    with pytest.raises(WrongStep):
        offers.offer_next(draw, flat, by=None)
