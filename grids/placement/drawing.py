"""From a closed list and the rules to the full archive of a draw, in one go; nothing here knows a table.

What is fixed before the beacon exists is one text, the rules: its hash goes into the seed, so whatever it
holds (the parties, where the beacon will be read, the stock, one hash of all lists) cannot be changed
afterwards without another order coming out. The lists themselves (applicants with their choices, flats and
caps) stay out of the text: it is published whole, they are not. A salt in them keeps anybody from trying out
who had which flat: the order of receipt numbers is public, the order of the flats of a cell is not.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from grids.kernels.serial_choice import NOT_PLACED, Choices, serial_choice
from grids.placement.lottery import SPEC, commitment, list_hash, order_of, seed_of, sha256


@dataclass(frozen=True)
class Entry:
    """One applicant as the draw sees them: a receipt number, what is counted, and the own list of cells."""

    id: str
    priority: int
    klass: str  # what may be offered at all: a room class, and in it the flats kept for an accessibility need
    type: str  # the tenure that the caps count
    choices: tuple[str, ...]
    takes_any: bool

    def public(self) -> dict[str, Any]:
        row = asdict(self)
        row["class"] = row.pop("klass")
        row["choices"] = list(self.choices)
        return row


@dataclass(frozen=True)
class ClassStock:
    """One class: the flats of each cell, and how many of them a type may hold at most."""

    flats: Mapping[str, tuple[str, ...]]
    caps: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Terms:
    """Everything that is fixed when the parties commit.

    Attributes:
        facts: what the public reads in the rules: name of the project, reasons, dates, stock.
        labels: the letter under which a class is published; not public itself.
        salt: random, known to those who hold the full archive.
    """

    classes: Mapping[str, ClassStock]
    parties: tuple[str, ...]
    beacon_source: str
    facts: Mapping[str, Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    salt: str = ""


def canonical(value: Any) -> str:
    """The one JSON text of a value: keys sorted, no spaces, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def lists(terms: Terms, entries: Sequence[Entry]) -> dict[str, Any]:
    """What is not published: its hash is in the rules."""
    return {
        "applicants": [entry.public() for entry in entries],
        "classes": {
            name: {
                "flats": {cell: list(codes) for cell, codes in part.flats.items()},
                "caps": {kind: dict(most) for kind, most in part.caps.items()},
            }
            for name, part in terms.classes.items()
        },
        "labels": dict(terms.labels),
        "salt": terms.salt,
    }


def rules_text(terms: Terms, entries: Sequence[Entry]) -> str:
    """The rules file, byte for byte."""
    rules = {
        "spec": SPEC,
        "parties": list(terms.parties),
        "beacon_source": terms.beacon_source,
        "facts": dict(terms.facts),
        "lists_sha256": sha256(canonical(lists(terms, entries)).encode()).hex(),
    }
    return canonical(rules)


def closed_list(terms: Terms, entries: Sequence[Entry]) -> dict[str, Any]:
    """The full archive as far as it stands when the list is closed."""
    text = rules_text(terms, entries)
    return {
        "spec": SPEC,
        "rules": text,
        **lists(terms, entries),
        "list_hash": list_hash(entry.id for entry in entries).hex(),
        "rules_hash": sha256(text.encode()).hex(),
    }


def reopened(closed: Mapping[str, Any]) -> tuple[Terms, list[Entry]]:
    """Terms and entries as they were when this list was closed."""
    rules = json.loads(closed["rules"])
    classes = {name: ClassStock(part["flats"], part["caps"]) for name, part in closed["classes"].items()}
    entries = [
        Entry(one["id"], one["priority"], one["class"], one["type"], tuple(one["choices"]), one["takes_any"])
        for one in closed["applicants"]
    ]
    terms = Terms(
        classes,
        tuple(rules["parties"]),
        rules["beacon_source"],
        rules["facts"],
        closed["labels"],
        closed["salt"],
    )
    return terms, entries


def full_archive(
    terms: Terms, entries: Sequence[Entry], nonces: Sequence[str], beacon: str
) -> dict[str, Any]:
    """Draw. The same arguments give the same archive for ever; `verify_draw.py` finds it again by itself."""
    closed = closed_list(terms, entries)
    seed = seed_of(bytes.fromhex(closed["list_hash"]), bytes.fromhex(closed["rules_hash"]), nonces, beacon)
    order = order_of(seed, [(entry.priority, entry.id) for entry in entries])
    by_id = {entry.id: entry for entry in entries}
    return {
        **closed,
        "commitments": [
            {"party": party, "sha256": commitment(nonce)}
            for party, nonce in zip(terms.parties, nonces, strict=True)
        ],
        "nonces": list(nonces),
        "beacon": beacon,
        "seed": seed.hex(),
        "order": order,
        "places": places(terms.classes, [by_id[one] for one in order], seed, terms.salt),
    }


def places(
    classes: Mapping[str, ClassStock], order: Sequence[Entry], seed: bytes, salt: str = ""
) -> dict[str, tuple[str, str]]:
    """{receipt number: (cell, flat)} of everybody who got one. Which flat of the cell is drawn by hash."""
    found: dict[str, tuple[str, str]] = {}
    in_class = by_class(order)
    for name, part in classes.items():
        waiting = in_class.get(name, [])
        flats = {cell: flats_in_order(codes, seed, salt) for cell, codes in part.flats.items()}
        for entry, cell in zip(waiting, cells_of_class(part, waiting), strict=True):
            if cell is not None:
                found[entry.id] = (cell, flats[cell].pop(0))
    return found


def by_class(order: Sequence[Entry]) -> dict[str, list[Entry]]:
    """The applicants of each class, in the order given."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in order:
        found[entry.klass].append(entry)
    return dict(found)


def flats_in_order(codes: Sequence[str], seed: bytes, salt: str = "") -> list[str]:
    """The salt is fixed before the seed exists, and keeps the public from knowing who got the first flat."""
    before = f"{seed.hex()}:{salt}"
    return sorted(codes, key=lambda code: sha256((before + code).encode()))


def cells_of_class(part: ClassStock, waiting: Sequence[Entry]) -> list[str | None]:
    """The cell of each applicant of one class, in the order given; None where there is none."""
    cells, types = sorted(part.flats), sorted(part.caps)
    stock = np.array([len(part.flats[cell]) for cell in cells], np.int32)
    cap = np.array([[part.caps[kind][cell] for cell in cells] for kind in types], np.int32)
    found, _rank = serial_choice(
        stock, cap.reshape(len(types), len(cells)), as_choices(cells, types, waiting)
    )
    return [None if cell == NOT_PLACED else cells[cell] for cell in found]


def as_choices(cells: Sequence[str], types: Sequence[str], waiting: Sequence[Entry]) -> Choices:
    number = {cell: place for place, cell in enumerate(cells)}
    kind = {name: place for place, name in enumerate(types)}
    return Choices(
        type_of=np.array([kind[entry.type] for entry in waiting], np.int32),
        start=np.cumsum([0, *(len(entry.choices) for entry in waiting)], dtype=np.int32),
        cells=np.array([number[cell] for entry in waiting for cell in entry.choices], np.int32),
        takes_any=np.array([entry.takes_any for entry in waiting], np.bool_),
    )
