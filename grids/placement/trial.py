"""Trial draws for comparing alternatives: one order for all of them, and never the order of the draw.

A trial's seed is a hash of flats and applicants; the draw's has nonces and a beacon in it that do not exist
yet, and starts from another text, so no trial can become the draw.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from grids.kernels import augmented_choice
from grids.kernels.serial_choice import NOT_PLACED, Choices, Int
from grids.models import PlacementRules
from grids.placement.drawing import (
    ClassStock,
    Entry,
    as_choices,
    by_class,
    canonical,
    flats_in_order,
    places,
)
from grids.placement.lists import SomeApplicant, SomeFlat
from grids.placement.lottery import order_of, sha256
from grids.placement.rules import Limits, classes_of, entries_in

TRIAL = b"trial"


def inputs_text(flats: Iterable[SomeFlat], applicants: Iterable[SomeApplicant]) -> str:
    """Everything that a trial is made of but the rules: alternatives differ by their rules, not by luck."""
    return canonical(
        {
            "flats": [
                [one.code, one.room_class, one.is_accessible, one.entrance]
                for one in sorted(flats, key=lambda one: one.code)
            ],
            "applicants": [
                [
                    one.receipt, one.tenure, one.room_class, one.needs_accessible, one.priority,
                    list(one.choices), one.takes_any, one.given_flat,
                ]
                for one in sorted(applicants, key=lambda one: one.receipt)
            ],
        }
    )  # fmt: skip


def trial_seed(inputs: str) -> bytes:
    return sha256(TRIAL + sha256(inputs.encode()))


def inputs_sha256(inputs: str, rules: PlacementRules | None) -> str:
    """Of flats, applicants and rules as they are: an alternative whose hash is another one is out of date."""
    stated = None
    if rules is not None:
        stated = {
            "cap_level": rules.cap_level,
            "cap_factors": rules.cap_factors,
            "reserves_accessible": rules.reserves_accessible,
            "most_in_cluster": rules.most_in_cluster,
            "shares_entrances": rules.shares_entrances,
        }
    return sha256(sha256(inputs.encode()) + canonical(stated).encode()).hex()


def in_turn(entries: Sequence[Entry], seed: bytes) -> list[Entry]:
    by_id = {entry.id: entry for entry in entries}
    return [by_id[one] for one in order_of(seed, [(entry.priority, entry.id) for entry in entries])]


def serial_places(
    flats: Sequence[SomeFlat], applicants: Sequence[SomeApplicant], limits: Limits, seed: bytes
) -> dict[str, str]:
    """{receipt: flat} of everybody who got one in a plain draw under these limits."""
    classes = classes_of(flats, applicants, limits)
    order = in_turn(entries_in(classes, applicants, limits), seed)
    return {receipt: flat for receipt, (_cell, flat) in places(classes, order, seed).items()}


def augmented_places(
    flats: Sequence[SomeFlat], applicants: Sequence[SomeApplicant], limits: Limits, seed: bytes
) -> dict[str, str]:
    """The same with augmenting paths: more get something that they listed."""
    classes = classes_of(flats, applicants, limits)
    order = in_turn(entries_in(classes, applicants, limits), seed)
    found: dict[str, str] = {}
    in_class = by_class(order)
    for name, part in classes.items():
        waiting = in_class.get(name, [])
        kept = {cell: flats_in_order(codes, seed) for cell, codes in part.flats.items()}
        for entry, cell in zip(waiting, _augmented_cells(part, waiting), strict=True):
            if cell is not None:
                found[entry.id] = kept[cell].pop(0)
    return found


def _augmented_cells(part: ClassStock, waiting: Sequence[Entry]) -> list[str | None]:
    cells, types = sorted(part.flats), sorted(part.caps)
    stock, cap = as_arrays(part.flats, part.caps)
    held = augmented_cells(stock, cap, as_choices(cells, types, waiting))
    return [None if cell == NOT_PLACED else cells[cell] for cell in held]


def augmented_cells(stock: Int, cap: Int, asked: Choices) -> Int:
    """(n,) cells: as many listed ones as possible, then as many people as possible."""
    held, _rank = augmented_choice.augmented_cells(stock, cap, asked)
    return held


def as_arrays(flats: Mapping[str, Sequence[str]], caps: Mapping[str, Mapping[str, int]]) -> tuple[Int, Int]:
    """(C,) flats and (T, C) caps of a class, cells and types in text order."""
    cells = sorted(flats)
    stock = np.array([len(flats[cell]) for cell in cells], np.int32)
    cap = np.array([[caps[kind][cell] for cell in cells] for kind in sorted(caps)], np.int32)
    return stock, np.minimum(cap.reshape(len(caps), len(cells)), stock[None, :])
