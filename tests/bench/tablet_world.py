"""The town of the tablet bench: the demo town filled up to 5,000 doors, all of them one worker's.

Run as `python -m tests.bench.tablet_world draw|pack`, in the environment of the server under test.
"""

import gzip
import json
import os
import sys
from pathlib import Path
from typing import Any

import django

DOORS = 5_000
WORKER, PASSWORD = "bench_worker", "correct-horse-battery"
SIXTY = Path(__file__).parents[1] / "tablet" / "form" / "sixty.md"
FLOORS_ABOVE = 40  # invented floors stand above every real one


def draw() -> dict[str, Any]:
    from django.core.management import call_command

    from gis_core.models import Duty, User
    from grids.models import Dwelling, Town
    from survey.assignments import Place, assign
    from survey.models import Round
    from survey.rounds import close_round, dwellings_of, open_round
    from tests.people import BEFORE_EVERY_TEST, make_person
    from tests.survey.worlds import draw_round

    call_command("load_demo", stdout=sys.stderr)
    town = Town.objects.get(slug="xinqiao")
    director = User.objects.get(username="director")
    for running in Round.objects.filter(town=town, state=Round.State.OPEN):
        close_round(running, by=director)
    community = Dwelling.objects.filter(building__stock__town=town).first().building.community_code
    fill_up(town)
    opened = open_round(draw_round(_sixty(), town, area_codes=[community]), by=director)
    grids = [grid.code for grid in opened.plan.grids.all()]
    worker = make_person(WORKER, "grid_worker", grid_code=grids[0])
    for code in grids[1:]:
        Duty.objects.create(user=worker, role="grid_worker", grid_code=code, valid_from=BEFORE_EVERY_TEST)
    worker.set_password(PASSWORD)
    worker.save()
    assign(opened, worker, [Place(grid_code=code) for code in grids], by=director)
    return {"doors": dwellings_of(opened).count()}


def fill_up(town: Any) -> None:
    """Further doors on further floors, spread over the buildings that have doors already."""
    from grids.models import Dwelling

    existing = Dwelling.objects.filter(building__stock__town=town, building__stock__state="active")
    wanted = DOORS - existing.count()
    stairwells = list(
        existing.order_by("building__code", "unit")
        .values_list("building", "building__code", "unit")
        .distinct()
    )
    new = []
    for i in range(max(0, wanted)):
        building, code, unit = stairwells[i % len(stairwells)]
        floor, door = FLOORS_ABOVE + i // len(stairwells) // 90, i // len(stairwells) % 90 + 1
        key = f"{code}{unit:02d}{floor:02d}{door:02d}"
        new.append(
            Dwelling(building_id=building, code=key, unit=unit, floor=floor, door=door, source="register")
        )
    Dwelling.objects.bulk_create(new, batch_size=2000)


def _sixty() -> Any:
    """The sixty questions of tests/tablet/form as a stored version."""
    from pyxform.xls2xform import convert

    from survey.questionnaires.outline import outline_of
    from tests.survey.worlds import make_form_version, make_item

    xform = convert(SIXTY).xform
    return make_form_version(make_item("9901"), "sixty", "2026112201", xform, outline_of(xform))


def pack() -> dict[str, Any]:
    """Each part of the worker's day pack: bytes as stored on the tablet, and as they travel."""
    from django.test.utils import setup_test_environment

    from gis_core.models import User
    from survey.models import AssignmentSet
    from tests.survey.tablet.tablets import manifest_of, part_of, tablet_of

    setup_test_environment()  # lets the test client's host name pass
    worker = User.objects.get(username=WORKER)
    tablet = tablet_of(worker)
    manifest = manifest_of(tablet, AssignmentSet.objects.get(worker=worker).uid)
    sizes = {}
    for part in manifest["parts"]:
        answer = part_of(tablet, manifest, part["name"])
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        sizes[part["name"]] = [part["bytes"], len(gzip.compress(content, 6))]
    return sizes


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
    django.setup()
    sys.stdout.write(json.dumps({"draw": draw, "pack": pack}[sys.argv[1]](), ensure_ascii=False))
