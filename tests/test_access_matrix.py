"""Every address × every role × own town, other town, expired duty, nobody signed in."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from gis_core.models import Role
from grids.models import Building
from tests.grids.access_rows import COVERAGE_ROWS, PEOPLE_ROWS, TABLE_ROWS, Kind, Row, World
from tests.grids.access_rows_pages import PAGE_ROWS
from tests.grids.two_towns import COLLIDING, FIRST, GRID, OTHER_GRID, SECOND
from tests.people import client_for, make_person
from tests.survey.matrix_world import draw_world

pytestmark = pytest.mark.django_db


def more_rows(room: str) -> list[Row]:
    """`ROWS` of every access_rows_*.py of a room's tests."""
    names = sorted(path.stem for path in Path(__file__).with_name(room).glob("access_rows_*.py"))
    return [row for name in names for row in getattr(import_module(f"tests.{room}.{name}"), "ROWS", ())]


ROWS = [*PEOPLE_ROWS, *TABLE_ROWS, *COVERAGE_ROWS, *PAGE_ROWS, *more_rows("grids"), *more_rows("survey")]
OWN, OTHER, EXPIRED = "own", "other", "expired"
AREA = {OWN: "330100", OTHER: "330101", EXPIRED: "330100"}
PROGRAM = ("/api/", "/tiles/", "/values/", "/openrosa/", "/v1/")
NO_FOREIGN_WORD = ("jia", "330100")  # slug, names and every code of town 甲


@pytest.fixture
def world() -> World:
    return draw_world()


def addresses(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one, prefix + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield one.name or "", prefix + str(one.pattern)


def test_every_address_has_a_row_and_every_row_an_address():
    names = {name: address for name, address in addresses() if not address.startswith("static/")}
    rows = [row.name for row in ROWS]
    missing = {name: address for name, address in names.items() if name not in rows}
    assert not missing, "say in tests/*/access_rows*.py who may open these"
    assert not set(rows) - set(names)
    assert len(rows) == len(set(rows))


def person(role: str, whose: str) -> Any:
    until = date(2020, 12, 31) if whose == EXPIRED else None
    return make_person(f"{role}-{whose}", role, area_code=AREA[whose], valid_until=until)


def ask(client: Client, row: Row, path: str, world: World) -> Any:
    cache.clear()  # the rate limit is not what is tried here
    return client.post(path, row.posted(world)) if row.method == "post" else client.get(path)


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", "replace")


def expected(row: Row, role: str, whose: str) -> tuple[int, ...]:
    """The answers that are right."""
    if row.kind is Kind.SIGNED_IN:
        return row.ok
    if row.kind is Kind.NOBODY:
        return (403,)
    may = role in row.allowed and whose != EXPIRED
    if row.kind is Kind.OWN:
        return row.ok if may and whose == OWN else (404,)
    if not may:
        return (403,)
    return (404,) if whose == OTHER and row.kind is Kind.OBJECT else row.ok


def test_every_role_gets_what_the_table_says(world):
    wrong: list[str] = []
    for whose in (OWN, OTHER, EXPIRED):
        for role in Role.values:
            user = person(role, whose)
            client = client_for(user)
            wrong += [problem for row in ROWS for problem in problems(world, row, role, whose, user, client)]
    assert not wrong, "\n".join(wrong)


def problems(world: World, row: Row, role: str, whose: str, user: Any, client: Client) -> Iterator[str]:
    if row.kind in (Kind.OPEN, Kind.DEVICE) or (
        row.method == "post" and whose == OWN and role in row.allowed
    ):
        return  # the ones that change something are tried one by one below
    if whose != OWN and role not in row.allowed:
        return  # what the own town does not open, another does not either
    path = row.path(world, user)
    response = ask(client, row, path, world)
    right = expected(row, role, whose)
    if response.status_code not in right:
        yield f"{row.name}: {role} {whose}: {response.status_code}, expected {right} — {path}"
    if whose == OTHER and response.status_code < 400 and row.kind is Kind.LIST:
        text = body_of(response)
        for word in NO_FOREIGN_WORD:
            if word in text:
                yield f"{row.name}: {role} of the other town reads “{word}”"


CHANGES = [row for row in ROWS if row.method == "post" and row.kind not in (Kind.OPEN, Kind.DEVICE)]


def tried(world: World, row: Row, make: Callable[[str], Any]) -> int:
    """The answer to one change, which is taken back: the next one finds the world as it was."""
    with transaction.atomic():
        user = make(sorted(row.allowed)[0] if row.allowed else "planner")
        status: int = ask(client_for(user), row, row.path(world, user), world).status_code
        transaction.set_rollback(True)
    return status


def test_those_who_may_change_something_can(world):
    got = {row.name: tried(world, row, lambda role: person(role, OWN)) for row in CHANGES}
    assert {row.name: got[row.name] for row in CHANGES if got[row.name] not in row.ok} == {}


def test_nobody_signed_in_gets_nothing(world):
    wrong = []
    nobody = make_person("nobody", None)
    for row in ROWS:
        path = row.path(world, nobody)
        response = ask(Client(), row, path, world)
        if row.kind is Kind.OPEN:
            is_unbuilt = response.status_code == 503 and path.startswith("/tablet/")  # ./dev builds the app
            right = response.status_code < 500 or is_unbuilt
        elif row.kind is Kind.DEVICE:
            right = response.status_code in (401, 403)
        elif path.startswith(PROGRAM) or ".json" in path:
            right = response.status_code == 401
        else:
            right = response.status_code == 302 and response["Location"].startswith("/sign-in/")
        if not right:
            wrong.append(f"{row.name}: {response.status_code} — {path}")
    assert not wrong, "\n".join(wrong)


def test_a_desk_person_without_the_one_time_code_gets_nothing(world, settings):
    settings.DESK_TOTP = True
    user = person("planner", OWN)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    opened = [
        row.name
        for row in ROWS
        if row.kind not in (Kind.OPEN, Kind.DEVICE)
        and ask(client, row, row.path(world, user), world).status_code < 300
    ]
    assert opened == []


@pytest.mark.parametrize(
    ("duty", "numbers"),
    [
        ({"grid_code": GRID}, {0, 1}),
        ({"grid_code": OTHER_GRID}, {2, 3}),
        ({"building_code": COLLIDING}, {2}),
        ({"area_code": SECOND}, {4, 5}),
        ({"area_code": "330100001"}, {0, 1, 2, 3, 4, 5}),
    ],
    ids=["grid", "grid beside it", "building", "community", "street"],
)
def test_a_duty_opens_its_buildings_and_no_others(world, duty, numbers):
    """The grid's code begins the code of building 2, which lies in the grid beside it."""
    client = client_for(make_person("narrow", "community_director", **duty))
    listed = client.get("/api/v1/buildings/").json()["features"]
    assert {one["properties"]["number"] for one in listed} == numbers
    for building in Building.objects.filter(stock=world.towns.own_run.stock):
        is_mine = building.number in numbers
        assert client.get(f"/api/v1/buildings/{building.pk}/").status_code == (200 if is_mine else 404)
        card = f"/api/v1/coverage/runs/{world.towns.own_run.pk}/buildings/{building.number}/"
        assert client.get(card).status_code == (200 if is_mine else 404)
        assert client.get(f"{card}walk/?facility=0").status_code == (200 if is_mine else 404)
    state = client.get("/coverage/state.json").json()
    values = client.get(state["values"].format(mode="norm", category="EDU-KIN")).content
    assert {i for i, byte in enumerate(values) if byte != 255} == numbers
    found = client.get("/api/v1/search/?town=jia&q=号楼").json()
    assert {one["number"] for one in found if one["kind"] == "building"} == numbers
    assert exported_codes(client) == set(
        Building.objects.filter(stock=world.towns.own_run.stock, number__in=numbers).values_list(
            "source_id", flat=True
        )
    )
    classes = client.get(f"/api/v1/coverage/runs/{world.towns.own_run.pk}/classes/?category=EDU-KIN").json()
    assert sum(one["building_count"] for one in classes["classes"]) == len(numbers)


def exported_codes(client: Client) -> set[str]:
    """Source ids of the buildings in an export."""
    response = client.get("/coverage/export/?town=jia&format=csv")
    assert response.status_code == 200
    packed = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    with packed.open("data.csv") as file:
        rows = list(csv.reader(io.TextIOWrapper(file, "utf-8-sig")))
    return {cell for row in rows for cell in row if cell.startswith("way/") and row[0] != cell[:0]} & {
        f"way/{i}" for i in range(1, 7)
    }


def test_shares_stay_within_the_duty(world):
    shares = f"/api/v1/coverage/runs/{world.towns.own_run.pk}/shares/?category=EDU-KIN&mode=norm"
    whole = client_for(person("planner", OWN)).get(shares).json()["results"]
    assert {one["level"] for one in whole} == {"town", "street", "community", "grid"} | {
        one["level"] for one in whole
    }
    director = client_for(make_person("d", "community_director", area_code=FIRST))
    assert {one["code"] for one in director.get(shares).json()["results"]} == {FIRST, GRID, OTHER_GRID}
    worker = client_for(make_person("g", "community_director", grid_code=GRID))
    assert {one["code"] for one in worker.get(shares).json()["results"]} == {GRID}


def test_an_export_is_written_down(world):
    from gis_core.models import AccessLog

    client = client_for(person("planner", OWN))
    assert client.get("/coverage/export/?format=csv").status_code == 200
    row = AccessLog.objects.get(action="export")
    assert str(world.towns.own_run.pk) in row.subject
    assert row.area_code == "330100"


def test_a_duty_in_one_community_does_not_change_the_town(world):
    rows = [row for row in ROWS if row.changes_town]
    got = {
        row.name: tried(world, row, lambda role: make_person("narrow", role, area_code=SECOND))
        for row in rows
    }
    assert {name: status for name, status in got.items() if status not in (403, 404)} == {}
