"""One place of the stock: an area, a grid, or all that the duties hold, as the buildings in it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gis_core.errors import NotFound
from gis_core.shell import local_name
from grids.arrays import grid_numbers, stock_arrays
from grids.mixing.areas import COMMUNITY_DIGITS, area_names, open_areas
from grids.mixing.sources import MixSource
from grids.models import Area, Grid
from grids.scoping import building_mask

Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Place:
    """`mask` marks its buildings by Building.number."""

    code: str
    name: str
    mask: Bool

    @property
    def as_group(self) -> dict[str, str]:
        return {"code": self.code, "name": self.name}


def place_of(source: MixSource, area: str, user: Any) -> Place:
    """The buildings of an area code or grid code; without one, all within the duties.

    Raises:
        NotFound: no such area here, or outside the duties.
    """
    assert source.stock is not None
    mine = building_mask(user, source.action, source.stock)
    if not area:
        name = local_name(source.town) if mine.all() else _("您负责的范围")
        return Place(source.town.root_code if mine.all() else "", name, mine)
    plan = source.plan if len(area) > COMMUNITY_DIGITS else None
    require_area(source, area, user)
    mask = _in_grid(source, area) if plan is not None else _in_area(source, area)
    return Place(area, area_names(source.town, (area,), plan)[area], mask)


def require_area(source: MixSource, area: str, user: Any) -> None:
    """The area is one of this town and within the duties."""
    is_grid = len(area) > COMMUNITY_DIGITS
    plan = source.plan if is_grid else None
    if is_grid:
        exists = plan is not None and Grid.objects.filter(plan=plan, code=area).exists()
    else:
        exists = (
            area == source.town.root_code or Area.objects.filter(town=source.town, code=area).exists()
        ) and area.startswith(source.town.root_code)
    if not (exists and open_areas(user, source.action, (area,), plan=plan)[0]):
        raise NotFound(_("没有这个社区或网格，或者不在您的职责范围内。"), area=area[:20])


def _in_area(source: MixSource, area: str) -> Bool:
    assert source.stock is not None
    arrays = stock_arrays(source.stock)
    lies_in = np.array([code.startswith(area) for code in arrays.community_codes.tolist()], dtype=bool)
    if area == source.town.root_code:
        return np.ones(len(arrays), dtype=bool)
    found: Bool = lies_in[arrays.community]
    return found


def _in_grid(source: MixSource, code: str) -> Bool:
    assert source.stock is not None
    number = Grid.objects.values_list("number", flat=True).get(plan=source.plan, code=code)
    found: Bool = grid_numbers(source.plan, source.stock, len(stock_arrays(source.stock))) == number
    return found
