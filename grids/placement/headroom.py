"""Cap, used, left: of every building (stairwell, floor) and tenure, inside each room class."""

from collections import Counter
from typing import Any

import numpy as np

from grids.placement.caps import caps_of
from grids.placement.placed import Placed
from grids.placement.rules import cell_of


def headroom(found: Placed) -> list[dict[str, Any]]:
    """One row a cell, room class and tenure; `cap` and `left` are None where the tenure has no cap."""
    level = found.limits.level
    stock = Counter((flat.room_class, cell_of(flat, level)) for flat in found.flats.values())
    asking = Counter((one.room_class, one.tenure) for one in found.applicants.values())
    used: Counter[tuple[str, str, str]] = Counter()
    for code, people in found.holders.items():
        for one in people:
            used[found.flats[code].room_class, found.cell(code), one.tenure] += 1
    tenures = sorted({one.tenure for one in found.applicants.values()})
    rows = []
    for room_class in sorted({room for room, _cell in stock}):
        cells = sorted(cell for room, cell in stock if room == room_class)
        factors = [found.limits.factor(tenure) for tenure in tenures]
        caps = caps_of(
            np.array([stock[room_class, cell] for cell in cells], np.int64),
            np.array([asking[room_class, tenure] for tenure in tenures], np.int64),
            factors,
        ).tolist()
        for at, cell in enumerate(cells):
            for kind, tenure in enumerate(tenures):
                count = used[room_class, cell, tenure]
                cap = caps[kind][at] if factors[kind] is not None else None
                if cap is None and not count and not asking[room_class, tenure]:
                    continue
                rows.append(
                    {
                        "cell": cell,
                        "building": cell[:17],
                        "tenure": tenure,
                        "room_class": room_class,
                        "flats": stock[room_class, cell],
                        "cap": cap,
                        "used": count,
                        "left": None if cap is None else cap - count,
                    }
                )
    return rows
