"""What waits in the queue is asked again when its turn comes: duties end, names are taken."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gis_core.errors import NotAllowed
from gis_core.models import Duty
from gis_core.progress import NoProgress
from grids.models import StreetNetwork, Upload
from grids.town_import import upload_reading, uploads
from tests.grids.drawn_towns import DrawnTown

pytestmark = pytest.mark.django_db


@pytest.fixture
def founding(person):
    """A planner's upload that is to found a town named 甲."""
    owner = person("planner", "990009")
    file = SimpleUploadedFile("town.osm", b"<osm/>")
    return uploads.keep_upload(
        file,
        what=Upload.What.OSM,
        town=None,
        owner=owner,
        options={"name": "甲", "name_en": "", "root_code": ""},
    )


def run(upload: Upload) -> None:
    upload_reading.read_upload_job(NoProgress(), upload_id=str(upload.pk))


def drawn(name: str):
    town = DrawnTown(slug="jia", root_code="990001")
    town.street((0, 0), (600, 0))
    town.building((100.0, 15.0), community_code="990001001001")
    made = town.build()
    made.name_zh = name
    made.save()
    return made


def test_a_duty_that_ended_while_the_job_waited_loads_nothing(founding, monkeypatch):
    monkeypatch.setitem(upload_reading.READERS, Upload.What.OSM, lambda *_a: pytest.fail("was read"))
    founding.owner.duties.update(revoked_at=timezone.now())
    with pytest.raises(NotAllowed):
        run(founding)
    founding.refresh_from_db()
    assert founding.deleted_at is not None


def test_a_town_founded_by_somebody_else_meanwhile_stays_theirs(founding, monkeypatch):
    monkeypatch.setattr(upload_reading, "import_osm_town", lambda *_a, **_k: pytest.fail("was loaded"))
    town = drawn("甲")
    with pytest.raises(NotAllowed):
        run(founding)
    assert not Duty.objects.filter(area_code=town.root_code).exists()


def test_a_second_run_of_the_founding_job_goes_on(founding, monkeypatch):
    town = drawn("甲")
    StreetNetwork.objects.filter(town=town).update(created_by=founding.owner)
    result = type("Result", (), {"town": town})
    monkeypatch.setattr(upload_reading, "import_osm_town", lambda *_a, **_k: result)
    run(founding)
    assert Duty.objects.filter(area_code=town.root_code, user=founding.owner).exists()
