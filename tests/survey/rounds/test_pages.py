"""Preparing, opening, assigning and ending a round as a director does, page by page."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.utils import timezone

from gis_core.models import AccessLog
from gis_core.shell import waiting_work
from survey.assignments import balance
from survey.devices import device_for, make_device
from survey.models import Device, Round, Submission
from tests.grids.two_towns import FIRST, GRID, OTHER_GRID, draw_towns
from tests.people import client_for, make_person
from tests.survey.rounds.visits import knock
from tests.survey.worlds import add_dwellings, draw_field, draw_round, make_form_version, make_item

pytestmark = pytest.mark.django_db
OUTLINE = {"roles": {"dwelling": "/data/dwelling"}}


@pytest.fixture
def field():
    return draw_field()


@pytest.fixture
def client(field):
    return client_for(field.director)


@pytest.fixture
def town():
    town, _other = draw_towns()
    add_dwellings(town)
    return town


@pytest.fixture
def planner_client(town):
    return client_for(make_person("director", "community_director", area_code=FIRST))


def typed(version, **changes):
    today = timezone.localdate()
    return {
        "name": "春季走访",
        "area_codes": [FIRST],
        "form_version": version.pk,
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=14)).isoformat(),
        "attempt_cap": 3,
        "cool_down_hours": 4,
    } | changes


def usable_version(**item):
    return make_form_version(make_item(**item), "hh", "1", "<h/>", OUTLINE)


def test_without_a_round_the_page_says_what_to_do_first(planner_client):
    page = planner_client.get("/rounds/").content.decode()
    assert "这里还没有走访" in page
    assert "/rounds/new/" in page


def test_a_round_is_prepared_opened_and_ended(planner_client):
    answer = planner_client.post("/rounds/new/", typed(usable_version()))
    made = Round.objects.get()
    assert answer["Location"] == f"/rounds/{made.uid}/"
    assert (made.state, made.area_codes) == ("draft", [FIRST])

    page = planner_client.get(f"/rounds/{made.uid}/").content.decode()
    assert "32 户还没有分配" in page
    planner_client.post(f"/rounds/{made.uid}/open/")
    made.refresh_from_db()
    assert made.state == "open"
    assert made.stock is not None

    planner_client.post(f"/rounds/{made.uid}/close/", {"name": "不对"})
    made.refresh_from_db()
    assert made.state == "open"
    planner_client.post(f"/rounds/{made.uid}/close/", {"name": made.name})
    made.refresh_from_db()
    assert made.state == "closed"
    assert list(AccessLog.objects.order_by("pk").values_list("action", flat=True)) == [
        "open_round",
        "close_round",
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_on": "2020-01-01", "starts_on": "2019-12-01"}, "结束日期已经过去"),
        ({"ends_on": "2026-01-01", "starts_on": "2027-01-01"}, "结束日期在开始日期之前"),
        ({"starts_on": "2026-01-01", "ends_on": "2028-01-01"}, "最长一年"),
        ({"area_codes": []}, "请至少选一个社区"),
        ({"area_codes": ["330101001001"]}, "330101001001"),
        ({"attempt_cap": 0}, "1"),
        ({"name": ""}, ""),
    ],
    ids=["past", "backwards", "too long", "no community", "other town", "no attempt", "no name"],
)
def test_what_cannot_be_is_refused_beside_its_field(planner_client, changes, sentence):
    answer = planner_client.post("/rounds/new/", typed(usable_version(), **changes))
    assert answer.status_code == 400
    assert "field-error" in answer.content.decode()
    assert sentence in answer.content.decode()
    assert not Round.objects.exists()


def test_a_form_without_a_dwelling_question_is_refused(planner_client):
    version = make_form_version(make_item(), "hh", "1", "<h/>", {"roles": {}})
    answer = planner_client.post("/rounds/new/", typed(version))
    assert "没有标明哪一题是户室" in answer.content.decode()


def test_a_form_of_another_area_is_no_choice(planner_client):
    version = usable_version(area_code="330100001002")
    assert planner_client.post("/rounds/new/", typed(version)).status_code == 400


def test_a_round_may_not_outlast_its_item_of_the_work_list(planner_client):
    version = usable_version()
    version.form.item.valid_until = date.today() + timedelta(days=7)
    version.form.item.save()
    answer = planner_client.post("/rounds/new/", typed(version))
    assert "工作事项" in answer.content.decode()


def test_an_open_round_is_neither_changed_nor_deleted(field, client):
    address = f"/rounds/{field.round.uid}"
    assert client.get(f"{address}/edit/")["Location"] == f"{address}/"
    client.post(f"{address}/discard/")
    assert Round.objects.filter(pk=field.round.pk).exists()


def test_a_draft_is_deleted(field, client):
    draft = draw_round(field.form_version, field.town)
    assert client.post(f"/rounds/{draft.uid}/discard/")["Location"] == "/rounds/"
    assert not Round.objects.filter(pk=draft.pk).exists()


def test_a_round_whose_end_has_passed_is_not_opened(field, client):
    draft = draw_round(field.form_version, field.town)
    Round.objects.filter(pk=draft.pk).update(starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2))
    answer = client.post(f"/rounds/{draft.uid}/open/", follow=True)
    assert "结束日期已经过去" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_page_of_assignment_gets_every_stairwell_with_its_worker(field, client):
    found = client.get(f"/rounds/{field.round.uid}/assign.json").json()
    assert [building["units"] for building in found["buildings"]] == [[[1, 4], [2, 4]]] * 4
    assert found["owners"] == [field.worker.pk] * 4 + [field.colleague.pk] * 4
    assert {worker["label"] for worker in found["workers"]} == {"A", "B"}
    assert found["workers"][0]["grids"] == [GRID]


def test_places_are_given_taken_and_taken_back_by_the_page(field, client):
    address = f"/rounds/{field.round.uid}/assign"
    field.colleague.duties.update(grid_code="", area_code=FIRST)
    version = client.get(f"{address}.json").json()["version"]
    change = {"worker": field.colleague.pk, "places": f"b:{FIRST}00001/2", "seen": version}
    answer = client.post(f"{address}/change/", change, headers={"accept": "application/json"}).json()
    assert answer["owners"][1] == field.colleague.pk
    assert balance(field.round)[field.colleague_set.pk] == 20

    undone = {"seen": answer["version"]}
    answer = client.post(f"{address}/undo/", undone, headers={"accept": "application/json"}).json()
    assert balance(field.round)[field.colleague_set.pk] == 16

    taken = {"places": f"g:{GRID}", "seen": answer["version"]}
    client.post(f"{address}/change/", taken, headers={"accept": "application/json"})
    assert balance(field.round)[None] == 16


def test_who_saw_an_older_state_is_told_before_changing_it(field, client):
    stale = {"worker": field.worker.pk, "places": f"g:{OTHER_GRID}", "seen": "2020-01-01T00:00:00+00:00"}
    answer = client.post(
        f"/rounds/{field.round.uid}/assign/change/", stale, headers={"accept": "application/json"}
    )
    assert answer.status_code == 409
    assert "刚才有人改过分配" in answer.json()["sentence"]


@pytest.mark.parametrize(
    "places", ["", "x:1", "g:123", f"b:{FIRST}00001/9999", "g:" + "9" * 15 + " nonsense"]
)
def test_nonsense_is_no_place(field, client, places):
    answer = client.post(
        f"/rounds/{field.round.uid}/assign/change/", {"worker": field.worker.pk, "places": places}
    )
    assert answer.status_code == 422


def test_somebody_without_a_duty_there_is_nobody_to_this_page(field, client):
    stranger = make_person("stranger", "grid_worker", area_code="330101")
    change = {"worker": stranger.pk, "places": f"g:{GRID}"}
    assert client.post(f"/rounds/{field.round.uid}/assign/change/", change).status_code == 404


def test_progress_is_not_kept_by_any_cache(field, client):
    knock(field, f"{FIRST}00001010101", "met")
    answer = client.get(f"/rounds/{field.round.uid}/progress.json")
    assert "no-store" in answer["Cache-Control"]
    assert answer.json()["whole"]["states"] == [1, 0, 0, 0, 0, 0, 0, 31]


def test_a_director_of_one_grid_sees_that_grid_only(field):
    client = client_for(make_person("half", "community_director", grid_code=GRID))
    found = client.get(f"/rounds/{field.round.uid}/progress.json").json()
    assert found["whole"]["total"] == 16
    assert [grid["code"] for grid in found["grids"]] == [GRID]


def test_the_export_counts_by_grid_and_is_logged(field, client):
    knock(field, f"{FIRST}00001010101", "declined")
    answer = client.get(f"/rounds/{field.round.uid}/export/?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["grid_code"], row["dwellings"], row["declined_dwellings"]) for row in rows] == [
        (GRID, "16", "1"),
        (OTHER_GRID, "16", "0"),
        ("", "32", "1"),
    ]
    assert not any("00001010101" in str(row) for row in rows)
    assert AccessLog.objects.filter(action="export", subject__contains="round-progress").count() == 1
    assert client.get(f"/rounds/{field.round.uid}/export/").content[:2] == b"PK"


def test_workbench_names_what_waits(field):
    Round.objects.filter(pk=field.round.pk).update(ends_on=timezone.localdate() + timedelta(days=2))
    field.set.assignments.update(ended_at=timezone.now())
    knock(field, f"{FIRST}00001010101", "call_back", call_back_slot="tonight")
    said = [str(item.sentence) for item in waiting_work(field.director, None)]
    assert "秋季走访：1 户约定的时间到了" in said
    assert "秋季走访：16 户还没有分配" in said
    assert any(sentence.endswith("结束") for sentence in said)
    assert not [item for item in waiting_work(field.worker, None) if "秋季走访" in str(item.sentence)]


def test_a_tablet_that_is_ended_opens_nothing(field, client):
    device, token = make_device(field.worker, str(Device.Kind.TABLET), "平板一")
    assert "平板一" in client.get("/settings/devices/").content.decode()
    assert client.post(f"/settings/devices/{device.uid}/revoke/").status_code == 302
    assert device_for(token) is None
    assert AccessLog.objects.filter(action="revoke_device").count() == 1


def test_a_tablet_of_another_community_is_not_found(field, client):
    other = make_person("other", "grid_worker", area_code="330100001002")
    device, token = make_device(other, str(Device.Kind.TABLET))
    assert client.post(f"/settings/devices/{device.uid}/revoke/").status_code == 404
    assert device_for(token) is not None


def test_collects_code_is_shown_once_with_its_warning(field, client):
    address = f"/rounds/{field.round.uid}/collect/"
    assert client.get(address).status_code == 409  # this round does not allow it
    Round.objects.filter(pk=field.round.pk).update(allows_collect=True)
    answer = client.post(address, {"worker": field.worker.pk})
    page = answer.content.decode()
    assert "以明文保存记录" in page
    assert '<path d="M' in page
    assert "no-store" in answer["Cache-Control"]
    made = Device.objects.get()
    assert (made.kind, made.user) == ("collect", field.worker)
    assert made.token_sha256 not in page
    assert 'class="qr"' not in client.get(address).content.decode()


def test_no_page_of_a_round_ranks_workers(field, client):
    """Workers stand in the order of their accounts, whatever their load."""
    before = client.get(f"/rounds/{field.round.uid}/assign.json").json()["workers"]
    field.worker.duties.update(grid_code="", area_code=FIRST)
    change = {"worker": field.worker.pk, "places": f"g:{OTHER_GRID}"}
    client.post(f"/rounds/{field.round.uid}/assign/change/", change)
    after = client.get(f"/rounds/{field.round.uid}/assign.json").json()["workers"]
    assert [one["id"] for one in before] == [one["id"] for one in after]
    progress = client.get(f"/rounds/{field.round.uid}/progress.json").content.decode()
    assert field.worker.display_name not in progress
    assert not Submission.objects.exists()
