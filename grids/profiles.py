"""Walking profiles and city standards: seeding them, and minutes as exact whole-number arithmetic.

A speed is a fraction of metres per minute (1,000 m in 15 minutes is 200/3), so that a walk of
exactly the threshold counts as within it: floating point would decide such cases by chance.
"""

import json
from fractions import Fraction
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from grids.models import CityProfile, Town, WalkingProfile

STANDARD = "gb50180"
FINEST_SPEED = 1000  # denominators up to this: 1000 m / 15 min comes back from its float as 200/3


def seed_profiles() -> None:
    """Load the national standard and the walking profiles; rows that exist stay as they are."""
    rows = json.loads((settings.FIXTURES_DIR / "profiles.json").read_text(encoding="utf-8"))
    for city in rows["city"]:
        CityProfile.objects.get_or_create(code=city["code"], version=city["version"], defaults=city)
    for walker in rows["walking"]:
        fields = {name: value for name, value in walker.items() if name not in ("metres", "minutes")}
        fields["speed_m_min"] = walker["metres"] / walker["minutes"]
        WalkingProfile.objects.get_or_create(code=walker["code"], defaults=fields)


def walking_profiles() -> tuple[WalkingProfile, ...]:
    """All walking profiles, fastest first; seeded when there is none yet."""
    found = tuple(WalkingProfile.objects.order_by("-speed_m_min", "code"))
    if found:
        return found
    seed_profiles()
    return tuple(WalkingProfile.objects.order_by("-speed_m_min", "code"))


def city_profile(town: Town) -> CityProfile:
    """The standard this town is measured by: its own, else the national one."""
    chosen: CityProfile | None = town.profile
    if chosen is None:
        seed_profiles()
        chosen = CityProfile.objects.filter(code=STANDARD).latest("version")
    return chosen


def speed(profile: WalkingProfile) -> Fraction:
    """Metres a minute, exactly."""
    return Fraction(profile.speed_m_min).limit_denominator(FINEST_SPEED)


def reach_dm(metres_a_minute: Fraction, minutes: int | float) -> int:
    """The longest walk, in whole decimetres, that takes no more than so many minutes."""
    return int(metres_a_minute * 10 * Fraction(minutes) // 1)


def minutes_up(walk_dm: NDArray[np.integer], metres_a_minute: Fraction) -> NDArray[np.int64]:
    """Whole minutes for walks, rounded up; exactly 1,000 m at 200/3 m/min are 15, not 16."""
    scaled = np.asarray(walk_dm, np.int64) * metres_a_minute.denominator
    return np.asarray(-(-scaled // (metres_a_minute.numerator * 10)), np.int64)


def profile_rows() -> list[dict[str, Any]]:
    """The walking profiles as a run pins them."""
    return [
        {
            "code": one.code,
            "name_zh": one.name_zh,
            "name_en": one.name_en,
            "speed_m_min": one.speed_m_min,
            "speed": [speed(one).numerator, speed(one).denominator],
            "avoids_steps": one.avoids_steps,
        }
        for one in walking_profiles()
    ]
