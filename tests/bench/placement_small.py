"""Thousands of small cities, drawn and held against plans made over all their flats at once."""

from fractions import Fraction
from typing import Any

import numpy as np

from grids.models import Applicant, Flat
from grids.placement.rules import Limits
from grids.placement.trial import augmented_places, serial_places
from tests.bench.placement_oracles import accepted_places, broken_caps, possible_places

KINDS, ROOMS = ("public_rental", "resettlement", "shared_ownership"), ("两室", "三室")
FACTORS = (None, Fraction(1, 2), Fraction(1), Fraction(5, 4), Fraction(2))


def small_city(seed: int, *, all_take_any: bool) -> tuple[list[Any], list[Any], Limits]:
    """Up to five buildings and thirty people: too few flats or too many, tight caps or none."""
    random = np.random.default_rng(seed)
    codes = [f"9901010010010{number:04d}" for number in range(int(random.integers(1, 6)))]
    flats = [
        Flat(
            code=f"{code}01{floor:02d}01", building_code=code, unit=1, floor=floor, door=1,
            room_class=ROOMS[int(random.integers(0, 2))], is_accessible=bool(random.random() < 0.3),
        )
        for code in codes
        for floor in range(1, int(random.integers(1, 8)) + 1)
    ]  # fmt: skip
    have = {one.room_class for one in flats}
    applicants = [
        Applicant(
            receipt=f"R{i:03d}", tenure=KINDS[int(random.choice(3, p=[0.5, 0.3, 0.2]))],
            room_class=sorted(have)[int(random.integers(0, len(have)))],
            needs_accessible=bool(random.random() < 0.2), priority=int(random.integers(1, 3)),
            choices=[codes[k] for k in random.permutation(len(codes))[: random.integers(0, len(codes) + 1)]],
            takes_any=all_take_any or bool(random.random() < 0.6),
        )
        for i in range(int(random.integers(1, 31)))
    ]  # fmt: skip
    factors = {kind: FACTORS[int(random.integers(0, len(FACTORS)))] for kind in KINDS}
    capped = {kind: factor for kind, factor in factors.items() if factor is not None}
    return flats, applicants, Limits("building", capped or None)


def faults_of(seed: int) -> list[str]:
    """What one city shows against the promises; an empty list is what is hoped for."""
    found = []
    for all_take_any in (True, False):
        flats, applicants, limits = small_city(seed, all_take_any=all_take_any)
        possible = possible_places(flats, applicants, limits)
        home, who = {one.code: one for one in flats}, {one.receipt: one for one in applicants}
        for run in (serial_places, augmented_places):
            places = run(flats, applicants, limits, bytes(32))
            left = sum(one.takes_any for one in applicants if one.receipt not in places)
            if left > len(applicants) - possible or (all_take_any and len(places) != possible):
                found.append(
                    f"{run.__name__}: {len(places)} housed, {left} left who take any, {possible} possible"
                )
            if broken_caps(home, who, limits, places):
                found.append(f"{run.__name__}: a cap, a class or a need is broken")
            if any(
                not who[r].takes_any and home[f].building_code not in who[r].choices
                for r, f in places.items()
            ):
                found.append(f"{run.__name__}: somebody is where they would not be")
    if not any(one.needs_accessible for one in applicants):
        # For somebody who takes no other, nobody who was there before leaves the own list.
        waiting = {one.receipt for one in applicants if not one.takes_any} - places.keys()
        if len(places) != accepted_places(flats, applicants, limits, waiting):
            found.append("augmented_places: more of those who take any could be housed")
    return found
