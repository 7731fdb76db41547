"""The mix of the housing stock as byte arrays, indexed by Building.number: what recolours the mix map.

One byte a building, in half percents: `w` is the share of pairs of dwellings in the building that differ,
`share-2` the share of the third group. A building of fewer than five dwellings shows its estate's figure,
so that no single door is on the map; where the estate is as small, the byte says "too few". Surveyed and
published figures have no such file: they exist for grids and larger areas only and come as tables.

Files under `TILES_DIR/mix/<stock>/` hold the whole town; what a reader may not see is struck out of the
copy that is sent.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from grids.arrays import stock_arrays
from grids.kernels.diversity import unit_mix
from grids.maps.mix_legends import BYTE_NO_HOMES, BYTE_TOO_FEW, BYTE_UNKNOWN, STEPS
from grids.maps.value_files import Bytes, NoSuchValues, dwelling_counts, kept_file, packed, struck_out
from grids.mixing.dimensions import STOCK_DIMENSIONS
from grids.mixing.rows import FEWEST_DWELLINGS, LOWEST_RESPONSE
from grids.mixing.stock_tables import StockCounts, stock_counts
from grids.models import Stock
from grids.scoping import BoolArray

Float = NDArray[np.float64]

FORMAT = 1
W = "w"
TOO_FEW, UNTOLD = -1.0, -2.0  # beside figures of 0 to 1
ARRAYS = ("dwellings", "points")
_SHARE = re.compile(r"share-(\d{1,2})")


def _held(stock: Stock, dimension: str) -> StockCounts:
    if dimension not in STOCK_DIMENSIONS:
        raise NoSuchValues(
            _("房屋登记里没有“%(code)s”这一项。") % {"code": dimension[:40]}, dimension=dimension[:40]
        )
    return stock_counts(stock, dimension)


def _group_of(figure: str, group_count: int) -> int | None:
    """The group a figure speaks of, None for W; asked before a name from outside becomes part of a path."""
    if figure == W:
        return None
    found = _SHARE.fullmatch(figure)
    if found is None or int(found[1]) >= group_count:
        raise NoSuchValues(_("没有“%(figure)s”这种数值。") % {"figure": figure[:40]}, figure=figure[:40])
    return int(found[1])


def value_bytes(stock: Stock, dimension: str, figure: str) -> Bytes:
    """(b,) one byte a building for the whole town."""
    held = _held(stock, dimension)
    group = _group_of(figure, len(held.groups))
    shown = _of_buildings(held, group)
    is_small = held.known < FEWEST_DWELLINGS
    if is_small.any():
        estate = np.asarray(stock_arrays(stock).estate)
        of_estate = _of_estates(held, estate, group)
        shown = np.where(is_small, np.where(estate > 0, of_estate[estate], TOO_FEW), shown)
    found = np.rint(np.clip(shown, 0, 1) * STEPS).astype(np.uint8)
    found[shown == TOO_FEW] = BYTE_TOO_FEW
    found[shown == UNTOLD] = BYTE_UNKNOWN
    found[held.dwellings == 0] = BYTE_NO_HOMES
    return found


def _of_buildings(held: StockCounts, group: int | None) -> Float:
    if group is not None:
        return _share(held.counts, group)
    w, known = unit_mix(held.counts)
    return _judged(np.asarray(w), known > 1, known, held.dwellings)


def _of_estates(held: StockCounts, estate: NDArray[np.int32], group: int | None) -> Float:
    """The figure of every estate by its number; estates of fewer than five known dwellings have none.

    W of an estate: of its dwellings' pairs within the same building, the mean share that differs.
    """
    count = int(estate.max(initial=0)) + 1
    pooled = np.zeros((count, held.counts.shape[1]), np.int64)
    np.add.at(pooled, estate, held.counts)
    known = pooled.sum(axis=1)
    if group is not None:
        return np.where(known < FEWEST_DWELLINGS, TOO_FEW, _share(pooled, group))
    w, own = unit_mix(held.counts)
    weight = np.where(own > 1, own, 0)
    total = np.bincount(estate, weight, count)
    mean = np.divide(np.bincount(estate, weight * w, count), total, out=np.zeros(count), where=total > 0)
    dwellings = np.bincount(estate, held.dwellings, count)
    return _judged(mean, (total > 0) & (known >= FEWEST_DWELLINGS), known, dwellings)


def _judged(w: Float, has_pairs: NDArray[np.bool_], known: NDArray[Any], dwellings: NDArray[Any]) -> Float:
    """W as it may be shown: not without a pair, not where most dwellings are not told."""
    found = np.where(known < LOWEST_RESPONSE * dwellings, UNTOLD, w)
    return np.where(has_pairs, found, TOO_FEW)


def _share(counts: NDArray[np.int64], group: int) -> Float:
    known = counts.sum(axis=1)
    return np.asarray(np.divide(counts[:, group], known, out=np.zeros(len(known)), where=known > 0))


def kept_values(stock: Stock, dimension: str, figure: str) -> bytes:
    """The gzipped file of the whole town, made on first request."""
    _group_of(figure, len(_held(stock, dimension).groups))
    path = _folder(stock) / dimension / f"{figure}.bin.gz"
    return kept_file(path, lambda: value_bytes(stock, dimension, figure))


def publish_mix(stock: Stock) -> None:
    """Make the files of W beforehand: the first reader of a new stock waits for none."""
    for dimension in STOCK_DIMENSIONS:
        if _held(stock, dimension).groups:
            kept_values(stock, dimension, W)


def _folder(stock: Stock) -> Path:
    return Path(settings.TILES_DIR) / "mix" / f"{stock.uid}-{FORMAT}"


def masked_values(stock: Stock, dimension: str, figure: str, mask: BoolArray) -> bytes:
    """The gzipped values with every building outside the mask struck out."""
    return struck_out(kept_values(stock, dimension, figure), mask, BYTE_UNKNOWN)


def masked_array(stock: Stock, name: str, mask: BoolArray) -> bytes:
    """A gzipped array of `ARRAYS`; counts outside the mask are struck out, footprints are not."""
    arrays = stock_arrays(stock)
    if name == "points":
        return packed(arrays.lonlat.astype("<f4"))
    if name != "dwellings":
        raise NoSuchValues(_("没有“%(name)s”这个数组。") % {"name": name[:40]}, name=name[:40])
    found = dwelling_counts(arrays.dwellings)
    found[~mask] = 0
    return packed(found)
