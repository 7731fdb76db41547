"""The page of the published result: answers by receipt number, next in line, outcomes as counts, appeals."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grids.models import Appeal, Draw, Offer, PlacementProject
from tests.grids.placement.draw_projects import Clock, closed, drawn_project, published
from tests.people import client_for

pytestmark = pytest.mark.django_db
SignIn = Callable[[], Client]


@pytest.fixture
def draw(clock: Clock) -> Draw:
    """14 applicants, 14 flats, everybody housed."""
    return published(clock)


@pytest.fixture
def signed_in(draw: Draw, person: Any) -> SignIn:
    by = person("housing_official", draw.project.area_code)
    return lambda: client_for(by)


def at(draw: Draw, rest: str = "") -> str:
    return f"/placement/{draw.project.uid}/result/{rest}"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def offer_to(receipt: str) -> Offer:
    return Offer.objects.get(receipt=receipt, state__in=("offered", "accepted"))


def answered(client: Client, draw: Draw, offer: Offer, step: str, **typed: str) -> Any:
    return client.post(at(draw, f"offers/{offer.pk}/{step}/"), {"receipt": offer.receipt, **typed})


def test_a_receipt_shows_its_place_in_the_order_and_its_flat(draw: Draw, signed_in: SignIn):
    text = text_of(signed_in().get(at(draw, "?receipt=R007")))
    place = draw.full_archive["order"].index("R007") + 1
    assert f"第 {place} 位，共 14 位" in text
    unit, floor, door = (int(offer_to("R007").flat_code[part : part + 2]) for part in (17, 19, 21))
    assert f"{unit} 单元 {floor} 层 {door} 号" in text


def test_a_number_that_is_not_on_the_list_is_said_so(draw: Draw, signed_in: SignIn):
    assert "名单里没有 R999" in text_of(signed_in().get(at(draw, "?receipt=R999")))


def test_the_page_of_another_place_is_not_found_and_before_publication_it_is_empty(clock: Clock, person: Any):
    draw = closed(*drawn_project())
    official = client_for(person("housing_official", draw.project.area_code))
    text = text_of(official.get(at(draw)))
    assert "摇号并公示以后" in text
    assert "receipt-asked" not in text
    assert client_for(person("housing_official", "88")).get(at(draw)).status_code == 404


def test_accepting_leads_back_to_the_receipt_and_cannot_be_done_twice(draw: Draw, signed_in: SignIn):
    offer, client = offer_to("R003"), signed_in()
    answer = answered(client, draw, offer, "accept")
    assert (answer.status_code, answer.url) == (302, f"{at(draw)}?receipt=R003#receipt")
    again = answered(client, draw, offer, "refuse")
    assert again.status_code == 409
    assert "已经有答复" in text_of(again)
    assert Offer.objects.get(pk=offer.pk).state == "accepted"


def test_a_declined_flat_stays_free_while_everybody_is_housed_and_goes_to_the_first_who_fits(
    draw: Draw, signed_in: SignIn
):
    """Two decline one after the other; the second flat fits the first who declined, who lost no place."""
    client = signed_in()
    first, second = _two_of_one_kind(draw)
    answered(client, draw, first, "refuse")
    assert not Offer.objects.filter(flat_code=first.flat_code, state="offered").exists()
    answered(client, draw, second, "refuse")
    assert offer_to(first.receipt).flat_code == second.flat_code


def _two_of_one_kind(draw: Draw) -> tuple[Offer, Offer]:
    """Offers of two applicants of one class and tenure in one building: caps let either have the other's."""
    kind = {one["id"]: (one["class"], one["type"]) for one in draw.full_archive["applicants"]}
    seen: dict[Any, Offer] = {}
    for offer in Offer.objects.order_by("receipt"):
        key = (kind[offer.receipt], offer.flat_code[:17])
        if key in seen:
            return seen[key], offer
        seen[key] = offer
    raise AssertionError("no two of one kind")


def test_the_list_of_free_flats_names_the_next_in_line_and_offers_the_flat(draw: Draw, signed_in: SignIn):
    client = signed_in()
    first, second = _two_of_one_kind(draw)
    Offer.objects.filter(pk__in=(first.pk, second.pk)).update(state="refused")
    text = text_of(client.get(at(draw, "?state=free")))
    row = re.search(rf'value="{second.flat_code}"', text)
    assert row is not None
    answer = client.post(at(draw, "next/"), {"flat": second.flat_code})
    assert answer.url == f"{at(draw)}?receipt={first.receipt}#receipt"
    assert client.post(at(draw, "next/"), {"flat": second.flat_code}).status_code == 409


def test_an_offer_lapses_only_after_its_fifteen_days(clock: Clock, draw: Draw, signed_in: SignIn):
    offer = offer_to("R005")
    assert "/lapse/" not in text_of(signed_in().get(at(draw, "?receipt=R005")))
    assert answered(signed_in(), draw, offer, "lapse").status_code == 409
    clock.passes(days=15)
    assert "/lapse/" in text_of(signed_in().get(at(draw, "?receipt=R005")))
    assert answered(signed_in(), draw, offer, "lapse").status_code == 302


def test_outcomes_are_counted_and_no_answer_is_shown_with_a_receipt(
    clock: Clock, draw: Draw, signed_in: SignIn
):
    moved = [offer_to(receipt) for receipt in ("R001", "R002", "R003")]
    for offer in moved:
        answered(signed_in(), draw, offer, "accept")
        assert answered(signed_in(), draw, offer, "move-in", on="2026-11-24").status_code == 302
    assert answered(signed_in(), draw, moved[0], "outcome", months="3", outcome="left").status_code == 409
    clock.passes(days=92)
    answered(signed_in(), draw, moved[0], "outcome", months="3", outcome="left")
    answered(signed_in(), draw, moved[1], "outcome", months="3", outcome="staying")
    text = text_of(signed_in().get(at(draw, "?receipt=R001")))
    table = re.search(r'<table class="outcomes">.*?</table>', text, re.S)
    assert table is not None
    figures = [int(one) for one in re.findall(r'<td class="number">(\d+)</td>', table.group())]
    assert figures == [1, 0, 1, 0, 0, 0, 1, 0]  # staying, left, unknown, due: after 3 and 12 months
    card = re.search(r'<section class="card receipt-card".*?</section>', text, re.S)
    assert card is not None
    assert "已搬走" not in card.group()
    assert "已记录，只计入总数" in card.group()


@pytest.mark.parametrize("typed", ["", "2026-13-01", "2027-06-01"])
def test_a_day_of_moving_in_that_cannot_be_is_refused_at_its_receipt(
    typed: str, draw: Draw, signed_in: SignIn
):
    offer = offer_to("R004")
    answered(signed_in(), draw, offer, "accept")
    answer = answered(signed_in(), draw, offer, "move-in", on=typed)
    assert answer.status_code == 422
    assert 'value="R004"' in text_of(answer)
    assert Offer.objects.get(pk=offer.pk).moved_in_on is None


def test_an_appeal_is_filed_and_rejected_only_with_a_reason_of_the_list(draw: Draw, signed_in: SignIn):
    client = signed_in()
    assert client.post(at(draw, "appeals/"), {"appellant": "R009"}).status_code == 302
    appeal = Appeal.objects.get()
    address = at(draw, f"appeals/{appeal.pk}/")
    for reason in ("", "who they are"):
        assert client.post(address, {"answer": "rejected", "reason": reason}).status_code == 422
    assert client.post(address, {"answer": "rejected", "reason": "size"}).status_code == 302
    assert "不成立：户型不符" in text_of(client.get(at(draw)))
    assert client.post(at(draw, "appeals/"), {"appellant": "R999"}).status_code == 422


def test_what_belongs_to_another_project_is_not_found(draw: Draw, signed_in: SignIn, person: Any):
    other = PlacementProject.objects.create(
        town=draw.project.town, stock=draw.project.stock, name="别的", area_code=draw.project.area_code
    )
    offer = offer_to("R001")
    answer = signed_in().post(f"/placement/{other.uid}/result/offers/{offer.pk}/accept/")
    assert answer.status_code == 404
    assert answered(signed_in(), draw, offer, "give-away").status_code == 404
    assert Offer.objects.get(pk=offer.pk).state == "offered"


def test_the_page_asks_the_database_no_more_for_many_offers_than_for_few(draw: Draw, signed_in: SignIn):
    client = signed_in()

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(at(draw, "?state=offered"))
        return len(seen)

    many = asked()
    Offer.objects.exclude(receipt="R001").update(state="refused")
    assert asked() <= many
