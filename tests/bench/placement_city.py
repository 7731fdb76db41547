"""An allocation the size of a city's: 50,000 households, 50,000 flats, 200 buildings, drawn by numbers.

Some buildings please everybody, and each tenure has buildings that it likes more than others do (near the old
home, near work): without a rule the tenures sort themselves, which is what caps are about.
"""

from typing import Any

import numpy as np

from grids.models import Applicant, Flat

TENURES = ("public_rental", "affordable_rental", "resettlement", "shared_ownership")
TENURE_SHARE = (0.4, 0.25, 0.25, 0.1)
ROOMS = ("一室", "两室", "三室", "四室")
ROOM_SHARE = (0.25, 0.4, 0.25, 0.1)
NEEDING, ACCESSIBLE, FIRST_PRIORITY, TAKES_ANY = 0.04, 0.08, 0.15, 1.0
LISTED = 10
COMMUNITY = "990101001001"


def building_code(number: int) -> str:
    return f"{COMMUNITY}{number + 1:05d}"


def city(people: int, buildings: int, seed: int = 1) -> tuple[list[Flat], list[Applicant]]:
    """As many flats as applicants, room class by room class; nothing is saved."""
    random = np.random.default_rng(seed)
    rooms = np.sort(random.choice(len(ROOMS), people, p=ROOM_SHARE))
    return _flats(random, rooms, buildings), _applicants(random, rooms, buildings)


def _flats(random: Any, rooms: Any, buildings: int) -> list[Flat]:
    at = np.arange(len(rooms)) % buildings
    accessible = random.random(len(rooms)) < ACCESSIBLE
    count = np.zeros(buildings, int)
    flats = []
    for room, building, is_accessible in zip(rooms.tolist(), at.tolist(), accessible.tolist(), strict=True):
        place = int(count[building])
        count[building] += 1
        unit, floor, door = place % 4 + 1, place // 16 + 1, place // 4 % 4 + 1
        code = building_code(building)
        flats.append(
            Flat(
                code=f"{code}{unit:02d}{floor:02d}{door:02d}",
                building_code=code,
                unit=unit,
                floor=floor,
                door=door,
                room_class=ROOMS[room],
                is_accessible=is_accessible,
            )
        )
    return flats


def _applicants(random: Any, rooms: Any, buildings: int) -> list[Applicant]:
    people, listed = len(rooms), min(LISTED, buildings)
    liked = random.normal(0, 1, buildings) + random.normal(0, 1.2, (len(TENURES), buildings))
    tenure = random.choice(len(TENURES), people, p=TENURE_SHARE)
    needs, first = random.random(people) < NEEDING, random.random(people) < FIRST_PRIORITY
    codes = [building_code(number) for number in range(buildings)]
    found = []
    for i in range(people):
        worth = liked[tenure[i]] + random.gumbel(0, 1, buildings)
        best = np.argpartition(-worth, listed - 1)[:listed]
        best = best[np.argsort(-worth[best])]
        found.append(
            Applicant(
                receipt=f"R{i:06d}",
                tenure=TENURES[tenure[i]],
                room_class=ROOMS[rooms[i]],
                needs_accessible=bool(needs[i]),
                priority=1 if first[i] else 2,
                choices=[codes[number] for number in best.tolist()],
                takes_any=True,
            )
        )
    return found
