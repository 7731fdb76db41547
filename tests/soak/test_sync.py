"""Two hundred days with a bad line: every record arrives once and whole, and every conflict is shown.

Two to four tablets run the app's own store and synchroniser; a proxy drops, delays, doubles, reorders and
cuts their requests; in every fourth schedule the server is killed with SIGKILL between a record and its
photos. One person may have two tablets at the same door, and a colleague without the assignment visits it
too: their records are held, and a director applies them at the end, the last first.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.soak.fault_proxy import FaultProxy, Request
from tests.survey.intake.records import Mark, Record, answers_xml, update
from tests.survey.intake.served import ROOT, Server

NODE = ROOT / ".venv" / "bin" / "node"
DOORS_A_SCHEDULE = 2
OCCUPANCIES = ("rented", "vacant", "dormitory", "owner_occupied")
LARGE, SMALL = 1_700_000, 3_000  # three large photos do not fit into one post of 4 MB


class Partner:
    """A process that answers each JSON line with one."""

    def __init__(self, *command: str, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def hear(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process ended"
        return json.loads(line)

    def ask(self, **asked: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return self.hear()

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)


class Killer:
    """Kills the server after it stored a record whose photos are still to come, and starts it again."""

    def __init__(self, server: Server) -> None:
        self._server, self._lock = server, threading.Lock()
        self.is_armed, self.count = False, 0

    def __call__(self, request: Request) -> None:
        with self._lock:
            if self.is_armed and request.is_upload and b"*isIncomplete*" in request.body:
                self.is_armed = False
                self.count += 1
                self._server.kill()
                self._server.start()


def plan(chance: random.Random, ground: dict[str, Any], doors: list[str], *, with_kill: bool) -> list[Any]:
    """Each tablet's day: one to four visits at the two doors, made offline one upon the other."""
    users = ["worker", *chance.choices(["worker", "colleague"], k=chance.randint(1, 3))]
    tablets = []
    for user in users:
        branches = {door: str(uuid.UUID(int=chance.getrandbits(128), version=4)) for door in doors}
        made: Counter[str] = Counter()
        records = []
        for _ in range(chance.randint(1, 4)):
            door = chance.choice(doors)
            made[door] += 1
            mark = update(door, made[door], trunk=1, branch=branches[door])
            large = (with_kill and not tablets and not records) or chance.random() < 0.03
            names = [f"p{i}.jpg" for i in range(3 if large else chance.randint(0, 2))]
            photos = [{"name": name, "bytes": LARGE if large else SMALL} for name in names]
            records.append(_record(chance, ground, door, mark, photos))
        tablets.append({"username": user, "records": records})
    return tablets


def _record(chance: random.Random, ground: dict[str, Any], door: str, mark: Mark, photos: list[Any]) -> Any:
    home = {"occupancy": chance.choice(OCCUPANCIES), "has_lift": chance.choice(("yes", "no"))}
    said = {name: value for name, value in home.items() if chance.random() < 0.7}
    household = Mark(str(uuid.UUID(int=chance.getrandbits(128), version=4)), 'create="1"', "households", "户")
    place = [{"place_photo": photo["name"]} for photo in photos]
    xml = answers_xml(
        {
            "opening": {"dwelling": door, "consent": "yes", "meta": household},
            "home": {**said, "meta": mark},
            "people": {"age_15_59": chance.randint(1, 6)},
            "place": place,
        }
    )
    instance_id = f"uuid:{uuid.UUID(int=chance.getrandbits(128), version=4)}"
    record = Record("wangge_household", ground["form_version"], xml, instance_id)
    return {
        "instance_id": instance_id,
        "form_id": record.form_id,
        "form_version": record.version,
        "xml": record.xml.decode(),
        "door": door,
        "photos": photos,
        "_said": said,
        "_mark": mark.attributes,
    }


def expected_versions(order: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Conflicts by the rules as written down, recomputed from the records in their order of arrival."""
    states: list[dict[str, Any]] = [{"branch": None, "base": None, "data": {}}]
    told: list[tuple[str, list[str]]] = []
    for record in order:
        branch, base = record["branch"], record["base"]
        now = states[-1]
        own = [one for one in states if one["branch"] == branch and one["base"] == base - 1]
        then = states[0] if base == 1 else own[0]
        hard = sorted(
            name
            for name, value in record["said"].items()
            if now["data"].get(name) != then["data"].get(name) and now["data"].get(name) != value
        )
        interrupted = any(one["branch"] != branch for one in states[1:])
        clean = then is now and not interrupted
        told.append(("", []) if clean else ("hard", hard) if then is not now and hard else ("soft", []))
        states.append({"branch": branch, "base": base, "data": {**now["data"], **record["said"]}})
    return told


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Keys and uploads of the run in a folder of its own, beside the project's database cluster."""
    kept = Path(os.environ.get("WANGGE_VAR", ROOT / "var"))
    for name in ("keys", "uploads", "log", "static"):
        (tmp_path / name).mkdir()
    shutil.copy(kept / "pg.socket", tmp_path / "pg.socket")
    database = os.environ.get("WANGGE_TEST_DB", "test_wangge") + "_sync"
    return {**os.environ, "WANGGE_VAR": str(tmp_path), "WANGGE_DB": database, "WANGGE_TEST_DB": ""}


@pytest.mark.soak
def test_sync_loses_and_doubles_nothing(environment: dict[str, str], request: pytest.FixtureRequest) -> None:
    seed = request.config.getoption("--seed", 7)
    count = request.config.getoption("--schedules", 200)
    desk = Partner(
        sys.executable,
        "-m",
        "tests.soak.sync_ground",
        environment["WANGGE_DB"],
        str(count * DOORS_A_SCHEDULE),
        environment=environment,
    )
    ground = desk.hear()
    node = Partner(str(NODE), "--no-warnings", "tests/soak/tablet.ts", environment=environment)
    server = Server(environment)
    server.start()
    killer = Killer(server)
    proxy = FaultProxy(server.port, on_answer=killer)
    proxy.start()
    totals: Counter[str] = Counter()
    try:
        for number in range(count):
            proxy.chance, proxy.chance_of_fault = random.Random(f"{seed}/{number}/line"), 0.35
            totals += one_schedule(
                random.Random(f"{seed}/{number}"), number, desk, node, ground, killer, proxy
            )
            if number % 20 == 19:
                print(f"{number + 1} of {count}", file=sys.stderr, flush=True)
    finally:
        proxy.stop()
        server.stop()
        node.end()
        desk.end()
    totals["server kills"] = killer.count
    # A lost, doubled or incomplete record would have failed an assertion by now.
    print(
        f"\nseed {seed}: lost 0 · doubled 0 · "
        + " · ".join(f"{name} {value}" for name, value in totals.items())
    )
    print("faults: " + " · ".join(f"{name} {value}" for name, value in sorted(proxy.seen.items())))


def one_schedule(
    chance: random.Random,
    number: int,
    desk: Partner,
    node: Partner,
    ground: dict[str, Any],
    killer: Killer,
    proxy: FaultProxy,
) -> Counter[str]:
    doors = ground["doors"][number * DOORS_A_SCHEDULE : (number + 1) * DOORS_A_SCHEDULE]
    killer.is_armed = number % 4 == 0
    tablets = plan(chance, ground, doors, with_kill=killer.is_armed)
    tokens = desk.ask(do="tokens", users=[tablet["username"] for tablet in tablets])
    facts = {"round": ground["round"], "public_key": ground["public_key"]}
    asked = [{**tablet, **facts, "token": token} for tablet, token in zip(tablets, tokens, strict=True)]
    left = node.ask(address=f"http://127.0.0.1:{proxy.port}", tablets=asked)
    assert [one["left"] for one in left] == [[] for _ in left], left
    killer.is_armed = False
    held = desk.ask(do="settle")
    records = {record["instance_id"]: record for tablet in tablets for record in tablet["records"]}
    found = desk.ask(do="found", doors=doors, instance_ids=list(records))
    photos = {uid: names for one in left for uid, names in one["photos"].items()}
    return check(records, photos, found) + Counter({"schedules": 1, "tablets": len(tablets), "held": held})


def check(records: dict[str, Any], photos: dict[str, Any], found: dict[str, Any]) -> Counter[str]:
    assert set(found["records"]) == set(records), "lost"
    assert set(found["records"].values()) == {"applied"}
    assert found["visits"] == len(records), "doubled"
    assert found["kept"] == 0
    assert found["photos"] == photos, "photos are missing or not those that were taken"
    told = Counter(
        {"records": len(records), "photos": sum(map(len, photos.values())), "lost": 0, "doubled": 0}
    )
    for entity in found["entities"].values():
        told += check_versions(records, entity)
    return told


def check_versions(records: dict[str, Any], entity: dict[str, Any]) -> Counter[str]:
    versions = entity["versions"]
    assert [row[0] for row in versions] == list(range(1, entity["version"] + 1) if versions else []), "a gap"
    order = []
    for _number, instance_id, _conflict, _names, _data, received in versions[1:]:
        record = records[instance_id]
        assert received == record["_said"], "a value that was received is not kept"
        facts = dict(part.split("=") for part in record["_mark"].split()[1:])
        base, branch = int(facts["baseVersion"].strip('"')), facts["branchId"].strip('"')
        order.append({"branch": branch, "base": base, "said": record["_said"]})
    expected = expected_versions(order)
    assert [(row[2], row[3]) for row in versions[1:]] == expected
    hard = sum(kind == "hard" for kind, _names in expected)
    worst = "hard" if hard else "soft" if any(kind for kind, _names in expected) else ""
    assert entity["conflict"] == worst, "a conflict is not shown"
    return Counter({"versions": len(versions), "hard conflicts": hard})
