"""The day pack: whose it is, what is in it, and that its parts are what the manifest says."""

import hashlib
import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pmtiles.reader import MemorySource, Reader

from gis_core.models import AccessLog, Duty
from survey.assignment_places import Place
from survey.assignments import assign, withdraw
from survey.daypack.pack import DayPack
from survey.daypack.sets import own_set
from survey.models import Device, Entity, Occupancy, Request, Submission, Visit
from survey.rounds import close_round
from tests.grids.two_towns import OTHER_GRID
from tests.survey.tablet.tablets import draw_day, manifest_of, part_of, tablet_of
from tests.survey.worlds import Field

pytestmark = pytest.mark.django_db


def visit(field: Field, dwelling: Any, outcome: str, **more: Any) -> Visit:
    """A visit as judging would have written it."""
    now = timezone.now()
    record = Submission.objects.create(
        form=field.form_version.form,
        form_version=field.form_version,
        round=field.round,
        instance_id=f"uuid:{uuid4()}",
        root_instance_id="",
        sha256="0" * 64,
        size_bytes=1,
        key_id=str(field.round.uid),
        state="applied",
        by=field.worker,
        received_at=now,
    )
    given = {"round": field.round, "dwelling_code": dwelling.code, "worker": field.worker, "at": now, **more}
    return Visit.objects.create(submission=record, outcome=outcome, **given)


def places(field: Field) -> dict[str, Any]:
    tablet = tablet_of(field.worker)
    found: dict[str, Any] = part_of(tablet, manifest_of(tablet, field.set.uid), "places.json").json()
    return found


def door(field: Field, dwelling: Any) -> dict[str, Any]:
    return next(one for one in places(field)["doors"] if one["code"] == dwelling.code)


def test_the_list_holds_ones_own_set_and_no_other():
    field = draw_day()
    packs = tablet_of(field.worker).get("/api/v1/packs/").json()["packs"]
    assert [pack["set"] for pack in packs] == [str(field.set.uid)]
    assert packs[0]["dwelling_count"] == 16  # 2 buildings × 8 doors
    assert packs[0]["round"]["name"] == "秋季走访"


def test_the_pack_of_a_colleague_is_not_found():
    field = draw_day()
    tablet = tablet_of(field.worker)
    assert tablet.get(f"/api/v1/packs/{field.colleague_set.uid}/manifest.json").status_code == 404


def test_a_part_of_a_colleagues_pack_is_not_found_by_its_true_hash():
    field = draw_day()
    manifest = manifest_of(tablet_of(field.colleague), field.colleague_set.uid)
    answer = part_of(tablet_of(field.worker), manifest, "places.json")
    assert answer.status_code == 404


def test_a_closed_round_has_no_pack():
    field = draw_day()
    close_round(field.round, by=field.director)
    tablet = tablet_of(field.worker)
    assert tablet.get("/api/v1/packs/").json() == {"packs": []}
    assert tablet.get(f"/api/v1/packs/{field.set.uid}/manifest.json").status_code == 404


def test_withdrawn_dwellings_leave_the_pack():
    field = draw_day()
    building = field.dwelling(0).building.code
    withdraw(field.round, [Place(building_code=building)], by=field.director)
    assert {one["building"] for one in places(field)["doors"]} == {field.dwelling(1).building.code}


def test_a_duty_that_ended_takes_the_doors_with_it_though_they_are_still_assigned():
    field = draw_day()
    Duty.objects.filter(user=field.worker).update(revoked_at=timezone.now())
    Duty.objects.create(user=field.worker, role="grid_worker", grid_code=OTHER_GRID, valid_from="2020-01-01")
    assert places(field)["doors"] == []


def test_without_any_duty_the_pack_is_refused():
    field = draw_day()
    tablet = tablet_of(field.worker)
    Duty.objects.filter(user=field.worker).update(revoked_at=timezone.now())
    assert tablet.get(f"/api/v1/packs/{field.set.uid}/manifest.json").status_code == 403


def test_a_revoked_tablet_gets_nothing():
    field = draw_day()
    tablet = tablet_of(field.worker)
    manifest = manifest_of(tablet, field.set.uid)
    Device.objects.update(revoked_at=timezone.now())
    assert part_of(tablet, manifest, "places.json").status_code == 401


def test_every_part_has_the_hash_and_size_of_its_manifest():
    field = draw_day()
    tablet = tablet_of(field.worker)
    manifest = manifest_of(tablet, field.set.uid)
    names = {part["name"] for part in manifest["parts"]}
    assert names >= {"places.json", "base.pmtiles", "notice.json", "returned.json"}
    assert names >= {form["part"] for form in manifest["forms"]}
    for part in manifest["parts"]:
        content = part_of(tablet, manifest, part["name"]).content
        assert hashlib.sha256(content).hexdigest() == part["sha256"], part["name"]
        assert len(content) == part["bytes"]


def test_a_packed_answer_unpacks_to_the_same_bytes():
    import gzip

    field = draw_day()
    tablet = tablet_of(field.worker)
    manifest = manifest_of(tablet, field.set.uid)
    url = next(part["url"] for part in manifest["parts"] if part["name"] == "places.json")
    packed = tablet.get(url, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == tablet.get(url).content


def test_what_residents_said_is_kept_by_no_cache_and_forms_for_good():
    field = draw_day()
    tablet = tablet_of(field.worker)
    manifest = manifest_of(tablet, field.set.uid)
    assert part_of(tablet, manifest, "places.json")["Cache-Control"] == "no-store"
    assert part_of(tablet, manifest, "returned.json")["Cache-Control"] == "no-store"
    form = part_of(tablet, manifest, manifest["forms"][0]["part"])
    assert form["Cache-Control"] == "private, max-age=31536000, immutable"


def test_a_door_carries_facts_needs_and_visits():
    field = draw_day()
    dwelling = field.dwelling()
    Entity.objects.filter(dwelling_code=dwelling.code).update(data={"has_lift": "no"}, version=3)
    now = timezone.now()
    Request.objects.create(
        town=field.town, dwelling_code=dwelling.code, category="health", urgency="week", opened_at=now
    )
    Request.objects.create(
        town=field.town,
        dwelling_code=dwelling.code,
        category="legal",
        state="closed",
        closed_level="grid",
        opened_at=now,
    )
    first = visit(field, dwelling, "no_one_in")
    visit(field, dwelling, "call_back", call_back_at=now + timedelta(days=1), call_back_slot="tonight")
    Occupancy.objects.create(
        town=field.town,
        round=field.round,
        dwelling_code=dwelling.code,
        state="rented",
        submission=first.submission,
        observed_on=timezone.localdate(),
    )
    found = door(field, dwelling)
    assert (found["unit"], found["floor"], found["door"]) == (1, 1, 1)
    assert found["facts"] == {"has_lift": "no"}
    assert found["version"] == 3
    assert found["occupancy"] == "rented"
    assert [need["category"] for need in found["open_needs"]] == ["health"]
    assert found["attempts"] == 2
    assert found["last_visit"]["outcome"] == "call_back"
    assert found["last_visit"]["call_back_slot"] == "tonight"
    assert found["is_declined"] is False


def test_a_refusal_is_said_whatever_came_after():
    field = draw_day()
    dwelling = field.dwelling()
    visit(field, dwelling, "declined")
    visit(field, dwelling, "no_one_in")
    assert door(field, dwelling)["is_declined"] is True


def test_composition_and_contact_are_nowhere_in_the_pack():
    field = draw_day()
    text = json.dumps(places(field), ensure_ascii=False)
    for word in ("age_band", "household_type", "origin", "phone", "address_as"):
        assert word not in text


def test_buildings_lie_inside_the_outline():
    import shapely

    found = places(draw_day())
    outline = shapely.from_geojson(json.dumps(found["outline"]))
    assert outline.geom_type == "MultiPolygon"
    assert len(found["buildings"]) == 2
    assert all(outline.contains(shapely.Point(one["point"])) for one in found["buildings"])


def test_the_base_map_covers_every_building_and_is_a_pmtiles_file():
    field = draw_day()
    tablet = tablet_of(field.worker)
    manifest = manifest_of(tablet, field.set.uid)
    content = part_of(tablet, manifest, "base.pmtiles").content
    header = Reader(MemorySource(content)).header()
    for one in places(field)["buildings"]:
        lon, lat = one["point"]
        assert header["min_lon_e7"] < lon * 1e7 < header["max_lon_e7"]
        assert header["min_lat_e7"] < lat * 1e7 < header["max_lat_e7"]
    assert header["max_zoom"] >= 15
    assert content[:7] == b"PMTiles"
    assert BytesIO(content).getbuffer().nbytes == len(content)


def test_the_version_changes_with_a_visit_and_not_with_time():
    field = draw_day()
    before = DayPack(field.set).version
    assert DayPack(field.set).version == before
    visit(field, field.dwelling(), "no_one_in")
    assert DayPack(field.set).version != before


def test_a_part_that_changed_since_its_manifest_is_not_found():
    field = draw_day()
    tablet = tablet_of(field.worker)
    manifest = manifest_of(tablet, field.set.uid)
    visit(field, field.dwelling(), "no_one_in")
    assert part_of(tablet, manifest, "places.json").status_code == 404


def test_handing_out_the_doors_is_written_down_with_their_count():
    field = draw_day()
    tablet = tablet_of(field.worker)
    AccessLog.objects.all().delete()
    manifest = manifest_of(tablet, field.set.uid)
    assert not AccessLog.objects.filter(action="day_pack").exists()
    part_of(tablet, manifest, "places.json")
    row = AccessLog.objects.get(action="day_pack")
    assert row.subject == f"day pack {field.set.uid}"
    assert row.reason.startswith("16 dwellings")


def test_more_doors_take_no_more_queries():
    field = draw_day()

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert DayPack(own_set(field.worker, field.set.uid)).places["doors"]
        return len(seen)

    few = queries()
    Duty.objects.create(user=field.worker, role="grid_worker", grid_code=OTHER_GRID, valid_from="2020-01-01")
    assign(field.round, field.worker, [Place(grid_code=OTHER_GRID)], by=field.director)
    for dwelling in (field.dwelling(2), field.dwelling(3), field.dwelling(1)):
        visit(field, dwelling, "no_one_in")
    assert queries() == few
