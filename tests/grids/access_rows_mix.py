"""Rows of the interface for mixed residence; see access_rows.py."""

from typing import Any

from tests.grids.access_rows import Kind, Path, Row, World, at, own_town
from tests.grids.two_towns import FIRST

SQUARE = {"type": "Polygon", "coordinates": [[[119, 29], [121, 29], [121, 31], [119, 31], [119, 29]]]}
ABOUT = "&dimension=building_kind"  # the two towns' register knows no tenure


def asked(name: str, more: str = "") -> Path:
    return own_town(name, ABOUT + more)


def _drawn(world: World) -> dict[str, Any]:
    return {
        "town": world.towns.own.slug,
        "dimension": "building_kind",
        "polygon": str(SQUARE).replace("'", '"'),
    }


ROWS = [
    Row("api_mix_sources", Kind.OBJECT, own_town("api_mix_sources"), "read_sealed"),
    Row("api_mix_figures", Kind.OBJECT, asked("api_mix_figures"), "open_mix"),
    Row("api_mix_split", Kind.OBJECT, asked("api_mix_split"), "open_mix"),
    Row("api_mix_exposure", Kind.OBJECT, asked("api_mix_exposure"), "open_mix"),
    Row("api_mix_profile", Kind.OBJECT, asked("api_mix_profile"), "open_mix"),
    Row("api_mix_area", Kind.OBJECT, at("api_mix_area"), "open_mix", method="post", posted=_drawn),
    Row("api_mix_trend", Kind.OBJECT, asked("api_mix_trend", f"&area={FIRST}"), "open_mix"),
    Row("api_mix_budget", Kind.OBJECT, own_town("api_mix_budget"), "read_sealed"),
]
