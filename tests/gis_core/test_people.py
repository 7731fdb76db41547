"""Granting and ending duties: nobody to themselves, never administrator and DPO, only in the own area."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from gis_core import mandates, people
from gis_core.errors import Conflict, NotAllowed, NotFound
from gis_core.models import AccessLog, Duty, User
from tests.people import client_for

Person = Callable[..., User]
pytestmark = pytest.mark.django_db


def test_an_administrator_grants_inside_the_own_area_and_it_is_logged(person: Person):
    boss, someone = person("administrator", "3201"), person(None, "320102")
    duty = people.grant_duty(someone, "planner", by=boss, area_code="320102")
    row = AccessLog.objects.get(action="grant_duty")
    assert (row.user, row.area_code) == (boss, "320102")
    assert row.subject == f"duty {duty.pk} user {someone.pk} planner"


def test_nobody_grants_to_themselves(person: Person):
    boss = person("administrator", "32")
    with pytest.raises(NotAllowed):
        people.grant_duty(boss, "planner", by=boss, area_code="3201")


@pytest.mark.parametrize("code", ["33", "32", "3202", "320202001"])
def test_nobody_grants_outside_the_own_area(person: Person, code: str):
    boss, someone = person("administrator", "3201"), person(None, "3201")
    with pytest.raises(people.WrongPlace):
        people.grant_duty(someone, "planner", by=boss, area_code=code)


def test_grids_and_buildings_of_the_own_community_may_be_granted(person: Person):
    boss, someone = person("administrator", "110101001001"), person(None, "110101001001")
    people.grant_duty(someone, "grid_worker", by=boss, grid_code="110101001001001")
    people.grant_duty(someone, "building_leader", by=boss, building_code="11010100100100123")
    with pytest.raises(people.WrongPlace):
        people.grant_duty(someone, "grid_worker", by=boss, grid_code="110101001002001")


@pytest.mark.parametrize(
    ("first", "second"),
    [("administrator", "data_protection_officer"), ("data_protection_officer", "administrator")],
)
def test_an_administrator_is_never_also_data_protection_officer(person: Person, first: str, second: str):
    boss, someone = person("administrator", "32"), person(first, "3201")
    with pytest.raises(Conflict):
        people.grant_duty(someone, second, by=boss, area_code="3202")


def test_after_the_other_duty_ended_it_may_be_granted(person: Person):
    boss = person("administrator", "32")
    yesterday = timezone.localdate() - timedelta(days=1)
    someone = person("data_protection_officer", "3201", valid_until=yesterday)
    assert people.grant_duty(someone, "administrator", by=boss, area_code="3201").pk


@pytest.mark.parametrize(
    ("places", "names"),
    [
        ({}, "nothing"),
        ({"area_code": "3201", "grid_code": "320102001001001"}, "two places"),
        ({"area_code": "32010"}, "five digits"),
        ({"area_code": "32o1"}, "a letter"),
        ({"grid_code": "3201020010010"}, "thirteen digits"),
        ({"building_code": "320102001001001"}, "a grid's length"),
        ({"area_code": "３２０１"}, "full-width digits"),
    ],
)
def test_a_duty_names_exactly_one_place_that_can_exist(person: Person, places: dict[str, str], names: str):
    boss, someone = person("administrator", "32"), person(None, "32")
    with pytest.raises(people.WrongPlace):
        people.grant_duty(someone, "grid_worker", by=boss, **places)


def test_dates_must_follow_each_other_and_not_lie_in_the_past(person: Person):
    boss, someone = person("administrator", "32"), person(None, "32")
    today = timezone.localdate()
    for starts, ends in [
        (today, today - timedelta(days=1)),
        (today - timedelta(days=9), today - timedelta(days=1)),
    ]:
        with pytest.raises(people.WrongDates):
            people.grant_duty(
                someone, "planner", by=boss, area_code="32", valid_from=starts, valid_until=ends
            )


def test_the_last_administrator_of_an_area_stays(person: Person):
    city, district = person("administrator", "3201"), person("administrator", "320102")
    people.revoke_duty(district.duties.get(), by=city)  # the city's administrator still covers the district
    with pytest.raises(people.LastAdministrator):
        people.revoke_duty(city.duties.get(), by=city)
    other = person(None, "3201")
    people.grant_duty(other, "administrator", by=city, area_code="3201")
    people.revoke_duty(city.duties.get(), by=city)
    with pytest.raises(people.LastAdministrator):
        people.set_active(other, False, by=_with_duty(person, other))


def _with_duty(person: Person, other: User) -> User:
    """Somebody who may change `other`'s account: an administrator above, gone from the table at once."""
    above = person("administrator", "32")
    User.objects.filter(pk=above.pk).update(is_active=False)
    return above


def test_a_deactivated_administrator_does_not_count_as_another(person: Person):
    one, two = person("administrator", "99"), person("administrator", "99")
    people.set_active(two, False, by=one)
    with pytest.raises(people.LastAdministrator):
        people.revoke_duty(one.duties.get(), by=one)


def test_a_director_arranges_grid_workers_of_the_own_community_only(person: Person):
    director = person("community_director", "110101001001")
    worker = people.create_person(
        username="worker", display_name="W", language="en", home_code="110101001001", by=director
    )
    people.grant_duty(worker, "grid_worker", by=director, grid_code="110101001001003")
    with pytest.raises(NotAllowed):
        people.grant_duty(worker, "building_leader", by=director, building_code="11010100100100123")
    with pytest.raises(people.WrongPlace):
        people.grant_duty(worker, "grid_worker", by=director, grid_code="110101001002003")
    with pytest.raises(people.WrongPlace):
        people.create_person(username="x", display_name="X", language="en", home_code="110101", by=director)
    assert not mandates.visible_people(director).filter(pk=person("planner", "110101001001").pk).exists()


def test_a_planner_manages_nobody(person: Person):
    with pytest.raises(NotAllowed):
        people.create_person(
            username="x", display_name="X", language="en", home_code="99", by=person("planner")
        )


def test_people_of_another_area_are_not_seen(person: Person):
    boss, here, there = (
        person("administrator", "3201"),
        person("planner", "320102"),
        person("planner", "3202"),
    )
    assert set(mandates.visible_people(boss)) == {boss, here}
    with pytest.raises(NotFound):
        mandates.person_for(boss, there.pk)
    assert client_for(boss).get(f"/settings/people/{there.pk}/").status_code == 404


def test_an_account_with_duties_above_is_out_of_reach(person: Person):
    # A district's administrator must not be able to reset the password of the city's.
    district, city = person("administrator", "320102"), person("administrator", "3201")
    Duty.objects.create(user=city, role="planner", area_code="320102", valid_from="2020-01-01")
    assert mandates.visible_people(district).filter(pk=city.pk).exists()
    client = client_for(district)
    for address in ("link", "codes", "active"):
        assert (
            client.post(f"/settings/people/{city.pk}/{address}/", {"username": city.username}).status_code
            == 403
        )
    city.refresh_from_db()
    assert city.is_active
    assert not city.sign_in_links.exists()
    # Their own accounts they change on their own page, with the old password.
    assert client.post(f"/settings/people/{district.pk}/link/").status_code == 403


def test_the_person_page_grants_revokes_and_stops(person: Person):
    boss, someone = person("administrator", "99"), person("planner", "99")
    client, page = client_for(boss), f"/settings/people/{someone.pk}/"
    today = timezone.localdate()
    granted = client.post(page, {"role": "auditor", "area_code": "9901", "valid_from": today.isoformat()})
    assert granted.status_code == 302
    duty = someone.duties.get(role="auditor")
    assert client.post(f"/settings/duties/{duty.pk}/revoke/", {"reason": "换岗"}).status_code == 302
    duty.refresh_from_db()
    assert duty.revoked_by == boss
    assert AccessLog.objects.get(action="revoke_duty").reason == "换岗"
    assert "已撤销" in client.get(page).content.decode()
    # Stopping an account asks for its user name.
    assert client.post(f"{page}active/", {"username": "else"}).status_code == 403
    assert client.post(f"{page}active/", {"username": someone.username}).status_code == 302
    someone.refresh_from_db()
    assert not someone.is_active
    client.post(f"{page}active/", {"is_active": "1"})
    someone.refresh_from_db()
    assert someone.is_active


def test_a_refused_grant_is_told_on_the_page(person: Person):
    boss, someone = person("administrator", "99"), person(None, "99")
    answer = client_for(boss).post(
        f"/settings/people/{someone.pk}/",
        {"role": "planner", "area_code": "88", "valid_from": timezone.localdate().isoformat()},
    )
    assert answer.status_code == 400
    assert "代码 88 不在您的职责范围内" in answer.content.decode()


def test_the_list_filters_by_word_role_state_and_code(person: Person):
    boss = person("administrator", "99")
    today = timezone.localdate()
    person("planner", "9901", username="anna", password="correct-horse-battery")
    person("auditor", "9902", username="bert", valid_until=today - timedelta(days=1))
    client = client_for(boss)

    def names(query: str) -> set[str]:
        return {row.username for row in client.get(f"/settings/people/?{query}").context["page"]}

    assert names("q=ann") == {"anna"}
    assert names("role=auditor") == {"bert"}
    assert names("state=without_duty") == {"bert"}
    assert names("state=active") == {"anna"}
    assert names("q=9902") == {"bert"}
    assert "已到期" in client.get("/settings/people/?q=bert").content.decode()
