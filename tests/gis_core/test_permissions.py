"""Who may do what where: the table restated, and the edges of a duty in time and space."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from gis_core.errors import NotAllowed
from gis_core.models import Duty, Job, User
from gis_core.permissions import ROLE_MATRIX, duties_for, may, require, within_duty

Person = Callable[..., User]
pytestmark = pytest.mark.django_db

# Restated by hand from DESIGN §6.10 and the sections of the desk: a change of the table must change this too.
MATRIX = {
    "open_coverage": {"community_director", "planner"},
    "open_grids": {"community_director", "planner"},
    "open_places": {"community_director", "planner", "housing_official"},
    "open_data": {"community_director", "planner"},
    "open_settings": {"administrator", "data_protection_officer", "auditor", "community_director"},
    "import_town": {"planner"},
    "activate_generation": {"planner"},
    "run_coverage": {"planner"},
    "export_coverage": {"planner", "community_director"},
    "edit_places": {"community_director", "planner"},
    "edit_grids": {"community_director", "planner"},
    "edit_profile": {"planner"},
    "read_stock": {"grid_worker", "community_director", "planner", "housing_official"},
    "read_map": {"grid_worker", "building_leader", "community_director", "planner", "housing_official"},
    "manage_people": {"administrator"},
    "manage_workers": {"community_director"},
    "read_access_log": {"auditor", "data_protection_officer"},
    "make_backup": {"administrator"},
    "open_rounds": {"community_director"},
    "plan_rounds": {"community_director"},
    "review_records": {"community_director"},
    "read_occupancy": {"community_director"},
    "export_rows": {"community_director"},
    "erase_household": {"community_director", "data_protection_officer"},
    "read_household_case": {"data_protection_officer"},
    "edit_forms": {"community_director", "administrator"},
    "edit_work_list": {"administrator", "data_protection_officer"},
    "edit_notices": {"data_protection_officer"},
    "open_retention": {"data_protection_officer", "administrator"},
    "open_tablet": {"grid_worker"},
    "visit_dwellings": {"grid_worker"},
    "manage_devices": {"community_director", "administrator"},
    "handle_requests": {"community_director"},
    "report_requests": {"community_director", "building_leader"},
    "open_mix": {"community_director", "planner", "housing_official"},
    "read_sealed": {"grid_worker", "community_director", "planner", "housing_official"},
    "import_published": {"planner"},
    "export_mix": {"community_director", "planner", "housing_official"},
    "preview_sealing": {"community_director", "data_protection_officer"},
    "seal_round": {"data_protection_officer"},
    "open_placement": {"housing_official"},
    "run_draw": {"housing_official"},
}
ROLES = [
    "grid_worker", "building_leader", "community_director", "planner",
    "housing_official", "data_protection_officer", "auditor", "administrator",
]  # fmt: skip


def test_the_role_matrix_is_the_one_written_down_here():
    assert {action: {str(role) for role in roles} for action, roles in ROLE_MATRIX.items()} == MATRIX


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_exactly_what_the_table_says(person: Person, role: str):
    someone = person(role, "99")
    assert {action for action in ROLE_MATRIX if may(someone, action)} == {
        a for a in MATRIX if role in MATRIX[a]
    }


def test_an_unknown_action_is_a_programmers_error(person: Person):
    with pytest.raises(KeyError):
        may(person("planner"), "open_everything")


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "counts"),
    [
        (-10, -1, False),  # ended yesterday
        (-10, 0, True),  # ends today: still valid today
        (0, None, True),  # starts today
        (1, None, False),  # starts tomorrow
        (-10, None, True),
    ],
)
def test_a_duty_counts_from_its_first_to_its_last_day(
    person: Person, starts_in: int, ends_in: int | None, counts: bool
):
    today = timezone.localdate()
    until = None if ends_in is None else today + timedelta(days=ends_in)
    someone = person("planner", "99", valid_from=today + timedelta(days=starts_in), valid_until=until)
    assert may(someone, "open_coverage") is counts


def test_a_revoked_duty_counts_no_longer(person: Person):
    someone = person("planner", "99")
    someone.duties.update(revoked_at=timezone.now())
    assert not may(someone, "open_coverage")


def test_nobody_and_the_deactivated_may_nothing(person: Person):
    stopped = person("planner", "99")
    stopped.is_active = False
    assert not may(AnonymousUser(), "open_coverage")
    assert not may(stopped, "open_coverage")
    with pytest.raises(NotAllowed):
        require(stopped, "open_coverage")


def _codes(*codes: str) -> None:
    """Rows with a code of any kind; `Job.area_code` stands for the column of any table."""
    for code in codes:
        Job.objects.create(kind=code, area_code=code[:12])


def _seen(someone: User, **options: Any) -> set[str]:
    return set(
        within_duty(Job.objects.all(), someone, "read_stock", code_field="kind", **options).values_list(
            "kind", flat=True
        )
    )


def test_an_area_code_holds_everything_that_begins_with_it(person: Person):
    _codes("320102", "320102001", "320102001001", "32010200100100017", "320103", "32", "3201")
    assert _seen(person("planner", "320102")) == {"320102", "320102001", "320102001001", "32010200100100017"}
    assert _seen(person("planner", "320102001001")) == {"320102001001", "32010200100100017"}
    assert _seen(person("planner", "990000")) == set()


def test_ancestors_show_the_names_above_and_no_neighbours(person: Person):
    _codes("32", "3201", "320102", "320102001", "320102002", "320103", "33")
    assert _seen(person("planner", "320102001"), ancestors=True) == {"32", "3201", "320102", "320102001"}


def test_a_grid_code_is_never_a_prefix_of_a_building(person: Person):
    # Community 110101001001: grid …001, building …00123. Read as a prefix, the grid would hold it.
    grid, building, other_grid = "110101001001001", "11010100100100123", "110101001001002"
    assert building.startswith(grid)
    _codes(grid, building, other_grid, "110101001001")
    worker = person("grid_worker", grid_code=grid)
    assert _seen(worker) == set()
    assert _seen(worker, grid_field="kind") == {grid}
    assert _seen(worker, ancestors=True, grid_field="kind") == {grid, "110101001001"}


def test_a_building_code_is_compared_whole(person: Person):
    _codes("11010100100100123", "11010100100100124")
    leader = person("grid_worker", building_code="11010100100100123")
    assert _seen(leader, building_field="kind") == {"11010100100100123"}
    assert _seen(leader) == set()


def test_several_duties_add_up_only_for_the_roles_that_allow_the_action(person: Person):
    someone = person("planner", "320102")
    Duty.objects.create(user=someone, role="housing_official", area_code="320103", valid_from="2020-01-01")
    assert duties_for(someone, "read_stock").area_codes == {"320102", "320103"}
    assert duties_for(someone, "open_coverage").area_codes == {"320102"}


def test_the_scope_token_names_the_places_and_nothing_else(person: Person):
    one, same, other = person("planner", "3201"), person("planner", "3201"), person("planner", "3202")
    token = duties_for(one, "open_coverage").token
    assert token == duties_for(same, "open_coverage").token
    assert token != duties_for(other, "open_coverage").token
    assert len(token) == 12
    # A grid and a building of the same digits are different places.
    grid = person("grid_worker", grid_code="11010100100100123")
    building = person("grid_worker", building_code="11010100100100123")
    assert duties_for(grid, "read_stock").token != duties_for(building, "read_stock").token
