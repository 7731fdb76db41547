"""The stand-alone script: it finds every draw again, and every change of one."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grids.placement import verify_draw
from grids.placement.drawing import ClassStock, Entry, Terms, full_archive

SCRIPT = Path(verify_draw.__file__)
LABELS = {"two-room": "B", "one-room accessible": "A"}
NONCES, BEACON = ["officer-nonce-0001", "notary-nonce-0002", "delegate-nonce-0003"], "beacon-round-123456"


def small_draw(seed: int, people: int = 60) -> dict[str, Any]:
    """Two classes of a few buildings, tight caps, incomplete lists, priorities."""
    random = np.random.default_rng(seed)
    classes, entries = {}, []
    for name in ("two-room", "one-room accessible"):
        cells = [f"b{number}" for number in range(5)]
        flats = {cell: tuple(f"{name}/{cell}/{n}" for n in range(random.integers(1, 9))) for cell in cells}
        caps = {kind: {cell: int(random.integers(0, 6)) for cell in cells} for kind in ("rent", "resettle")}
        classes[name] = ClassStock(flats, caps)
        for number in range(people // 2):
            wanted = tuple(random.permutation(cells)[: random.integers(0, 5)].tolist())
            kind = str(random.choice(["rent", "resettle"]))
            priority = int(random.integers(1, 4))
            entries.append(Entry(f"R{len(entries):04d}", priority, name, kind, wanted, bool(number % 3)))
    terms = Terms(
        classes,
        ("officer", "notary", "delegate"),
        "lottery draw 2026124",
        {"name": "新桥配房"},
        LABELS,
        "5a17",
    )
    return json.loads(json.dumps(full_archive(terms, entries, NONCES, BEACON)))


def check(archive: dict[str, Any], folder: Path, capsys: Any) -> int:
    file = folder / "archive.json"
    file.write_text(json.dumps(archive, ensure_ascii=False), encoding="utf-8")
    verify_draw.faults.clear()
    try:
        return verify_draw.main(str(file))
    except Exception:  # a file that the script cannot even read through is refused as well
        return 2
    finally:
        capsys.readouterr()


def test_script_is_short_and_needs_nothing_but_python(tmp_path: Path):
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    file = tmp_path / "archive.json"
    file.write_text(json.dumps(small_draw(1)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, file], capture_output=True, text=True, check=False, env={}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "as stated" in done.stdout


@pytest.mark.parametrize("seed", range(60))
def test_every_place_is_found_again(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert check(small_draw(seed), tmp_path, capsys) == 0


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key in value:
            yield from leaves(value[key], (*path, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from leaves(one, (*path, number))
    else:
        yield path


def changed(value: Any, random: np.random.Generator) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + int(random.choice([-1, 1, 7]))
    place = int(random.integers(0, len(value))) if value else 0
    other = chr(ord(value[place]) ^ 1) if value else "x"
    return value[:place] + other + value[place + 1 :]


def test_a_thousand_changes_of_one_field_are_all_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    archive, random = small_draw(7), np.random.default_rng(20_261_122)
    places = list(leaves(archive))
    for _ in range(1000):
        wrong = copy.deepcopy(archive)
        *above, last = places[int(random.integers(0, len(places)))]
        holder = wrong
        for step in above:
            holder = holder[step]
        holder[last] = changed(holder[last], random)
        assert check(wrong, tmp_path, capsys) != 0, (above, last)


Tamper = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    "tamper",
    [
        lambda archive: archive["applicants"].pop(),
        lambda archive: archive["order"].reverse(),
        lambda archive: archive["places"].popitem(),
        lambda archive: archive["nonces"].reverse(),
        lambda archive: archive["commitments"].pop(),
        lambda archive: archive.update(rules=archive["rules"].replace("配房", "分房")),
        lambda archive: archive["classes"]["two-room"]["caps"]["rent"].update(b0=100),
        lambda archive: archive["classes"]["two-room"]["flats"]["b0"].append("another"),
    ],
)
def test_rows_taken_away_or_swapped_are_found(
    tamper: Tamper, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    archive = small_draw(3)
    tamper(archive)
    assert check(archive, tmp_path, capsys) != 0
