"""One visit filled by JavaRosa, the engine inside ODK Collect, and by our tablet's engine: the same rows."""

import csv
import io
import json
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest
import pyxform
from defusedxml.ElementTree import fromstring
from django.test import Client

from grids.models import Dwelling
from survey.devices import make_device
from survey.keys import unseal
from survey.models import Consent, Device, Household, Occupancy, Request, Submission, Visit
from tests.survey.intake.records import OPENROSA, composition, post
from tests.survey.intake.served import ROOT

JAR = Path(pyxform.__file__).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
FILL = ROOT / "tests" / "survey" / "java" / "Fill.java"
NODE = ROOT / ".venv" / "bin" / "node"
LIST = "{http://openrosa.org/xforms/xformsList}"

VISITS = {
    "a family with two needs": {
        "/data/opening/consent": "yes",
        "/data/home/occupancy": "rented",
        "/data/home/has_lift": "no",
        "/data/home/has_heat": "yes",
        "/data/people/age_0_2": "1",
        "/data/people/age_15_59": "2",
        "/data/household/household_type": "family_children",
        "/data/household/origin": "moved",
        "/data/health/consent_health": "yes",
        "/data/wishes/needs": "learning health",
        "/data/wishes/needs_week": "health",
        "/data/contact/contact_address_as": "王阿姨",
        "/data/contact/contact_phone": "13800001111",
    },
    "somebody who declines": {"/data/opening/consent": "no"},
    "somebody busy": {
        "/data/call_back/call_back_slot": "weekend",
        "/data/call_back/call_back_at": "2026-03-07T15:00:00.000+08:00",
    },
}


@pytest.fixture
def collect(work, tmp_path) -> "Collect":
    work.field.round.allows_collect = True
    work.field.round.save()
    token = make_device(work.field.worker, Device.Kind.COLLECT, "phone")[1]
    return Collect(work, token, tmp_path)


class Collect:
    """What ODK Collect does between its server and its engine."""

    def __init__(self, work: Any, token: str, folder: Path) -> None:
        self.work, self.base, self.folder = work, f"/openrosa/key/{token}", folder

    def fetch(self) -> None:
        """List, form, manifest, entity list; the two columns that a client adds to each row."""
        listed = fromstring(self._get(f"{self.base}/formList?formID=wangge_household"))[0]
        facts = {part.tag.removeprefix(LIST): part.text for part in listed}
        (self.folder / "form.xml").write_bytes(self._get(_path(facts["downloadUrl"])))
        file = fromstring(self._get(_path(facts["manifestUrl"])))[0]
        address = next(part.text for part in file if part.tag.endswith("downloadUrl"))
        rows = list(csv.DictReader(io.StringIO(self._get(_path(address)).decode())))
        with (self.folder / "dwellings.csv").open("w", newline="") as kept:
            writer = csv.DictWriter(kept, [*rows[0], "__trunkVersion", "__branchId"])
            writer.writeheader()
            for row in rows:
                writer.writerow({**row, "__trunkVersion": row["__version"], "__branchId": uuid.uuid4()})

    def _get(self, address: str) -> bytes:
        answer = Client().get(address, headers=OPENROSA)
        assert answer.status_code == 200
        return bytes(answer.content)

    def fill(self, answers: dict[str, str]) -> bytes:
        lines = [f"{path}={value}" for path, value in answers.items()]
        (self.folder / "answers").write_text("\n".join(lines), encoding="utf-8")
        command = ["java", "-Dfile.encoding=UTF-8", "-cp", str(JAR), str(FILL), "form.xml", "answers"]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def send(self, xml: bytes) -> Any:
        return post("", xml, address=f"{self.base}/submission")


def _path(address: str) -> str:
    return address.removeprefix("http://testserver")


def filled_on_the_tablet(work: Any, door: Dwelling, answers: dict[str, str], folder: Path) -> bytes:
    entity = work.entity(door)
    facts = {"entity": str(entity.uuid), "version": entity.version, "label": entity.label, "code": door.code}
    facts |= {"trunk_version": entity.version, "branch_id": str(uuid.uuid4())}
    given = [list(pair) for pair in answers.items()]
    (folder / "tablet.xml").write_text(work.form.xform, encoding="utf-8")
    (folder / "visit.json").write_text(json.dumps({"door": facts, "answers": given}), encoding="utf-8")
    command = [NODE, "--no-warnings", ROOT / "tests/tablet/form/fill.ts", "tablet.xml", "visit.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def rows_of(door: Dwelling, entity: Any) -> dict[str, Any]:
    """Everything that a visit wrote about one door."""
    here = {"dwelling_code": door.code}
    visit = Visit.objects.get(**here)
    household = Household.objects.filter(**here).first()
    contact = household and household.contact_sealed
    return {
        "visit": (visit.outcome, visit.call_back_slot, visit.call_back_at),
        "occupancy": list(Occupancy.objects.filter(**here).values_list("state", flat=True)),
        "consent": list(Consent.objects.filter(**here).values_list("is_given", "health_is_given")),
        "composition": household and composition(household),
        "contact": contact and json.loads(unseal(household.key_id, contact, about="household.contact")),
        "requests": sorted(Request.objects.filter(**here).values_list("category", "urgency", "state")),
        "dwelling": (entity.version, entity.data, entity.conflict),
    }


@pytest.mark.parametrize("name", VISITS)
def test_javarosa_and_the_tablet_give_the_same_rows(work, collect, tmp_path, name):
    answers = VISITS[name]
    first, second = work.field.dwelling(door=1), work.field.dwelling(door=2)
    collect.fetch()
    xml = collect.fill({"/data/opening/dwelling": str(work.entity(first).uuid), **answers})
    assert collect.send(xml).status_code == 201

    receipt = work.send(filled_on_the_tablet(work, second, answers, tmp_path))
    assert receipt["state"] == "applied", (receipt["held_reason"], Submission.objects.first().held_details)
    by_java = rows_of(first, work.entity(first))
    assert by_java == rows_of(second, work.entity(second))
    if name == "a family with two needs":
        assert by_java["requests"] == [("health", "week", "accepted"), ("learning", "sometime", "accepted")]
        assert by_java["composition"]["age_bands"] == {"0-2": 1, "15-59": 2}
        assert by_java["dwelling"] == (
            2,
            {"occupancy": "rented", "has_lift": "no", "has_heat": "yes"},
            "",
        )
