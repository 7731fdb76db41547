"""The page 数据: an upload waits for a person, what was never used can go, what was used stays."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gis_core.jobs import run_now
from gis_core.models import AccessLog, Duty, Job
from gis_core.progress import NoProgress
from grids.generations import active
from grids.models import CityProfile, FacilityInventory, GenerationState, Stock, StreetNetwork, Town, Upload
from grids.profiles import seed_profiles
from grids.town_import.uploads import path_of
from tests.grids.two_towns import draw_towns
from tests.people import client_for
from tests.towns import DrawnTown

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return draw_towns()[0]


@pytest.fixture
def planner(person):
    return client_for(person("planner", "330100", username="planner"))


def read_upload(upload):
    return run_now("read_upload", progress=NoProgress(), upload_id=str(upload.pk))


def small_extract(tmp_path):
    drawn = DrawnTown()
    drawn.street((0, 0), (200, 0))
    drawn.box(10, 10, 12, 12, {"building": "apartments", "building:levels": "6"})
    drawn.node(100, 5, shop="convenience", name="便利店")
    return drawn.write(tmp_path / "small.osm").read_bytes()


def facilities_file():
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["名称", "类别", "经度", "纬度"])
    writer.writerow(["新药店", "药店", 120.0, 30.0])
    return SimpleUploadedFile("facilities.csv", text.getvalue().encode("utf-8-sig"))


def test_a_new_town_is_read_looked_at_and_then_put_to_use(planner, tmp_path):
    file = SimpleUploadedFile("small.osm", small_extract(tmp_path))
    answer = planner.post(reverse("data_upload"), {"what": "osm", "town": "+", "name": "小镇", "file": file})
    upload, job = Upload.objects.get(), Job.objects.get(kind="read_upload")
    assert answer.url == reverse("job", args=[job.pk])
    kept = path_of(upload)
    assert kept.exists()
    assert "small" not in kept.name
    progress = read_upload(upload)
    town = Town.objects.get(name_zh="小镇")
    assert progress.result_url == f"{reverse('data')}?town={town.slug}"
    assert not kept.exists()
    assert active(Stock, town) is None  # checked, waiting
    duty = Duty.objects.get(user=upload.owner, area_code=town.root_code)
    assert duty.role == "planner"
    assert (duty.valid_until - duty.valid_from).days == 365
    page = planner.get(reverse("data"), {"town": town.slug})
    assert {one.kind for one in page.context["waiting"]} == {"network", "stock", "inventory"}
    assert any(row["code"] == "category_without_data" for row in page.context["waiting_findings"])
    for one in page.context["waiting"]:  # its report and map are there before anything is in use
        url = reverse("generation", args=[one.kind, one.pk])
        assert planner.get(url).status_code == 200
        features = planner.get(f"{url}features.json", {"bbox": "118.7,32,118.9,32.1"}).json()
        assert features["loaded"]["features"]
    for empty in ("grids", "places"):
        assert planner.get(reverse(empty), {"town": town.slug}).status_code == 200
    planner.post(reverse("data_activate"), {"town": town.slug})
    assert all(active(kind, town) for kind in (StreetNetwork, Stock, FacilityInventory))
    assert AccessLog.objects.filter(action="activate").count() == 3


def test_reading_an_upload_twice_changes_nothing(planner, tmp_path):
    file = SimpleUploadedFile("small.osm", small_extract(tmp_path))
    planner.post(reverse("data_upload"), {"what": "osm", "town": "+", "name": "小镇", "file": file})
    upload = Upload.objects.get()
    read_upload(upload)
    read_upload(Upload.objects.get())
    assert Stock.objects.count() == 1


def test_a_planner_cannot_found_a_town_under_anothers_code(planner, tmp_path):
    file = SimpleUploadedFile("small.osm", small_extract(tmp_path))
    fields = {"what": "osm", "town": "+", "name": "小镇", "root_code": "440100", "file": file}
    answer = planner.post(reverse("data_upload"), fields)
    assert answer.status_code == 400
    assert not Upload.objects.exists()


def test_a_new_town_starts_from_osm_and_needs_a_name(planner):
    answer = planner.post(
        reverse("data_upload"), {"what": "register", "town": "+", "file": facilities_file()}
    )
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"what", "name"}


def test_a_wrong_format_and_a_file_that_is_too_large_are_refused(town, planner, settings):
    wrong = SimpleUploadedFile("list.pdf", b"%PDF")
    fields = {"what": "facilities", "town": town.slug, "file": wrong}
    assert planner.post(reverse("data_upload"), fields).status_code == 400
    settings.UPLOAD_MAX_BYTES = 10
    fields["file"] = facilities_file()
    assert planner.post(reverse("data_upload"), fields).status_code == 400
    assert not Upload.objects.exists()


def test_columns_are_guessed_and_the_coordinate_system_must_be_named(town, planner):
    fields = {"what": "facilities", "town": town.slug, "file": facilities_file()}
    answer = planner.post(reverse("data_upload"), fields)
    upload = Upload.objects.get()
    assert answer.url == reverse("data_columns", args=[upload.pk])
    page = planner.get(answer.url)
    guesses = {key: guess for key, _label, guess in page.context["preview"].keys}
    assert (guesses["name"], guesses["category"], guesses["x"], guesses["y"]) == (
        "名称",
        "类别",
        "经度",
        "纬度",
    )
    assert page.context["preview"].rows[0][:2] == ["新药店", "药店"]
    chosen = {f"column-{key}": guess for key, guess in guesses.items()}
    assert planner.post(answer.url, chosen).status_code == 400  # no system
    assert not Job.objects.filter(kind="read_upload").exists()
    assert planner.post(answer.url, {**chosen, "system": "wgs84"}).status_code == 302
    upload.refresh_from_db()
    assert upload.options["system"] == "wgs84"
    assert upload.options["columns"]["name"] == "名称"


def test_an_upload_is_its_owners_alone(town, planner, person):
    planner.post(reverse("data_upload"), {"what": "facilities", "town": town.slug, "file": facilities_file()})
    other = client_for(person("planner", "330100", username="other"))
    assert other.get(reverse("data_columns", args=[Upload.objects.get().pk])).status_code == 404


def test_an_unreadable_table_is_refused_and_deleted(town, planner):
    broken = SimpleUploadedFile("list.xlsx", b"not a workbook")
    planner.post(reverse("data_upload"), {"what": "facilities", "town": town.slug, "file": broken})
    upload = Upload.objects.get()
    page = planner.get(reverse("data_columns", args=[upload.pk]))
    assert page.status_code >= 400
    assert page.context["error"] is not None
    assert not path_of(upload).exists()


def test_retiring_asks_for_the_name_of_the_town(town, planner):
    network = active(StreetNetwork, town)
    url = reverse("generation_retire", args=["network", network.pk])
    assert planner.post(url, {"name": "别的"}).status_code == 409
    assert active(StreetNetwork, town) is not None
    assert planner.post(url, {"name": town.name_zh}).status_code == 302
    assert active(StreetNetwork, town) is None
    planner.post(reverse("generation_activate", args=["network", network.pk]))
    assert active(StreetNetwork, town).pk == network.pk


def test_only_a_load_that_was_never_used_can_be_deleted(town, planner):
    used = active(Stock, town)
    used.activated_at = used.created_at
    used.save()
    answer = planner.post(reverse("generation_discard", args=["stock", used.pk]), {"name": town.name_zh})
    assert answer.status_code == 409
    fresh = Stock.objects.create(town=town, number=9, source_name="x", state=GenerationState.CHECKED)
    answer = planner.post(reverse("generation_discard", args=["stock", fresh.pk]), {"name": town.name_zh})
    assert answer.status_code == 302
    assert not Stock.objects.filter(pk=fresh.pk).exists()


def test_report_page_and_its_map(town, planner):
    stock = active(Stock, town)
    assert planner.get(reverse("generation", args=["stock", stock.pk])).status_code == 200
    west, south, east, north = town.boundary.extent if town.boundary else (-180, -90, 180, 90)
    url = reverse("generation_features", args=["stock", stock.pk])
    answer = planner.get(url, {"bbox": f"{west},{south},{east},{north}"}).json()
    assert len(answer["loaded"]["features"]) == 6
    assert answer["is_cut"] is False
    assert planner.get(url, {"bbox": "1,2,3"}).status_code == 400
    assert planner.get(reverse("generation", args=["nothing", stock.pk])).status_code == 404


def test_a_director_sees_the_data_of_the_town_but_changes_nothing(town, person):
    director = client_for(person("community_director", "330100"))
    page = director.get(reverse("data"), {"town": town.slug})
    assert page.status_code == 200
    assert (page.context["may_activate"], page.context["may_import"]) == (False, False)
    network = active(StreetNetwork, town)
    answer = director.post(reverse("generation_retire", args=["network", network.pk]), {"name": town.name_zh})
    assert answer.status_code == 403


# --- The city's standard ----------------------------------------------------------------


def test_a_city_makes_its_own_standard_and_then_its_next_version(town, planner):
    seed_profiles()
    base = CityProfile.objects.get(code="gb50180", version=1)
    url = reverse("city_profile_new")
    own = {"base": base.pk, "name": "甲市", "m-EDU-KIN": "500", "reason": "地方导则 3.2"}
    assert planner.post(url, {**own, "reason": ""}).status_code == 422
    assert planner.post(url, {**own, "m-EDU-KIN": "9999"}).status_code == 422
    assert planner.post(url, {**own, "name": base.name_zh}).status_code == 422  # the national one stays
    assert planner.post(url, own).status_code == 302
    first = CityProfile.objects.get(name_zh="甲市")
    assert (first.version, first.categories) == (1, {"EDU-KIN": {"threshold_m": 500}})
    again = {**own, "base": first.pk}
    assert planner.post(url, again).status_code == 409  # nothing changed
    assert planner.post(url, {**again, "m-EDU-KIN": "400"}).status_code == 302
    assert CityProfile.objects.filter(code=first.code).latest("version").version == 2
    first.refresh_from_db()
    assert first.categories == {"EDU-KIN": {"threshold_m": 500}}


def test_a_town_takes_another_standard_and_the_page_says_a_run_is_due(town, planner):
    seed_profiles()
    base = CityProfile.objects.get(code="gb50180", version=1)
    planner.post(
        reverse("city_profile_new"), {"base": base.pk, "name": "甲市", "m-EDU-KIN": "500", "reason": "导则"}
    )
    own = CityProfile.objects.get(name_zh="甲市")
    planner.post(reverse("city_profile_choose"), {"town": town.slug, "profile": own.pk})
    town.refresh_from_db()
    assert town.profile == own
    page = planner.get(reverse("city_profile"), {"town": town.slug})
    assert page.context["is_in_use"] is True
