"""The rows of these addresses, tried by themselves; the whole matrix tries them again with all others."""

import pytest

from gis_core.models import Role
from tests import test_access_matrix as matrix
from tests.grids.two_towns import FIRST, SECOND
from tests.people import client_for, make_person
from tests.survey.access_rows_rounds import ROWS, own_round
from tests.test_access_matrix import world  # noqa: F401 — a fixture

pytestmark = pytest.mark.django_db


def test_every_role_gets_what_the_rows_say(world):  # noqa: F811
    wrong = []
    for whose in (matrix.OWN, matrix.OTHER, matrix.EXPIRED):
        for role in Role.values:
            user = matrix.person(role, whose)
            client = client_for(user)
            for row in ROWS:
                wrong += matrix.problems(world, row, role, whose, user, client)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", [row for row in ROWS if row.method == "post"], ids=lambda row: row.name)
def test_a_director_can_do_it(world, row):  # noqa: F811
    user = matrix.person("community_director", matrix.OWN)
    answer = matrix.ask(client_for(user), row, row.path(world, user), world)
    assert answer.status_code in row.ok


def test_a_director_of_the_other_community_does_not_find_the_round(world):  # noqa: F811
    client = client_for(make_person("next door", "community_director", area_code=SECOND))
    assert client.get(f"/rounds/{own_round(world).uid}/").status_code == 404
    assert "秋季走访" not in client.get("/rounds/").content.decode()


def test_a_round_over_two_communities_is_read_in_part_and_changed_by_neither(world):  # noqa: F811
    shared = own_round(world)
    shared.area_codes = [FIRST, SECOND]
    shared.save()
    client = client_for(make_person("half", "community_director", area_code=FIRST))
    assert client.get(f"/rounds/{shared.uid}/progress.json").json()["whole"]["total"] == 32
    assert client.post(f"/rounds/{shared.uid}/close/", {"name": shared.name}).status_code == 403
    whole = client_for(make_person("whole", "community_director", area_code=FIRST[:9]))
    assert whole.get(f"/rounds/{shared.uid}/progress.json").json()["whole"]["total"] == 48
    assert whole.post(f"/rounds/{shared.uid}/close/", {"name": shared.name}).status_code == 302
