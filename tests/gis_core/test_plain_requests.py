"""Requests that no page of ours sends: NUL in a text, a body of gigabytes from a stranger."""

import pytest
from django.test import Client

from tests.people import client_for

pytestmark = pytest.mark.django_db
GIGABYTE = str(2**30)


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("administrator", "/settings/people/?q=%00"),
        ("auditor", "/settings/access-log/?q=%00"),
        ("auditor", "/settings/access-log/?code=%00"),
        ("administrator", "/settings/people/?%00=1"),
    ],
)
def test_nul_in_an_address_is_a_refusal(person, role, address):
    client = client_for(person(role))
    client.raise_request_exception = False
    assert client.get(address).status_code == 400


def test_nothing_lies_at_an_address_with_a_nul(person):
    client = client_for(person("planner"))
    client.raise_request_exception = False
    assert client.get("/places/on-map/%00/0/").status_code == 404


def test_nul_in_a_form_is_a_refusal(person):
    client = client_for(person("administrator"))
    client.raise_request_exception = False
    assert client.post("/settings/people/new/", {"display_name": "a\x00b"}).status_code == 400
    assert client.post("/language/", {"language": "\x00"}).status_code == 400


@pytest.mark.parametrize("role", [None, "grid_worker", "auditor"])
def test_a_body_of_gigabytes_is_not_read(person, role):
    client = Client() if role is None else client_for(person(role))
    answer = client.post("/language/", {"language": "en"}, headers={"Content-Length": GIGABYTE})
    assert answer.status_code == 413


@pytest.mark.parametrize("address", ["/", "/settings/people/", "/api/v1/jobs/", "/api/schema/", "/nowhere/"])
def test_what_a_person_got_stays_in_no_cache(person, address):
    assert "no-store" in client_for(person("administrator")).get(address)["Cache-Control"]


def test_who_loads_data_may_send_files(person):
    from gis_core.plain_requests import largest_body

    assert largest_body(person("planner")) > 2**30
