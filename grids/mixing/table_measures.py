"""Every measure of a table of counts, as plain numbers under the keys that `run_mix --json` prints.

    file            name of the file
    unit, groups, nest, households     the columns, `nest` from the smallest areas to the largest
    units, empty_units, residents      rows; rows of nobody; everybody
    counts, shares  {group: …}
    mix             w, w_pair, b, r_star, d, d_expected, d_corrected, h, m, entropy, effective_groups;
                    `has_pairs`, `is_defined`: false where the 0 beside them means "not defined"
    multigroup      {index: …} the plain indices of all groups together
    each_against_rest {group: {index: …}} of a group against all others
    pairs_of_groups {a: {b: {index: …}}} of a against b alone, nobody else counted
    exposure        {a: {b: share}} whom a member of a meets in the own unit, oneself left out
    interaction     {a: {b: share}} the same as the literature writes it, Σ (a/A)(b/t), oneself counted
    location_quotients {group: {least, median, greatest, units}} over units of 30 residents and more
    nesting         differing and all pairs, M, H; `levels` from the smallest: pairs in the `same` area but
                    different areas of `apart` (null for the unit itself); `rate` of them differ; `share` of
                    all differing pairs; m and h between the areas of `apart` inside one of `same`
    levels          {nest column: mix, multigroup, each_against_rest, pairs_of_groups with its areas as units}
    areas           {nest column: [{name, units, residents, w, b, r_star, …}]}, one row an area
    spatial         radii_m, h, r, neighbours; null without places
    interval        response, W and R* with their 95 % interval, assumption-free bounds of W; null without
                    a column of households

No value is NaN: what is not defined is 0 (see `grids/kernels/README.md`). Pairs are integers.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from grids.kernels.counts import Int64Array
from grids.kernels.diversity import AreaMix, exposure, location_quotients, mix_of_areas, shares
from grids.kernels.mix_intervals import bounds_of_w, interval_of_w
from grids.kernels.nesting import nested_information, pair_split
from grids.kernels.plain_indices import multigroup_gini, multigroup_indices, two_group_indices
from grids.kernels.spatial_mix import spatial_profile
from grids.mixing.tables import CountTable

LEAST_FOR_QUOTIENT = 30
WHOLE = "*"
OF_AREA = (
    "w", "w_pair", "b", "r_star", "has_pairs", "is_defined", "entropy", "effective_groups", "m", "h",
    "d", "d_expected", "d_corrected",
)  # fmt: skip


def table_measures(
    table: CountTable, *, unit: str, groups: Sequence[str], radii_m: Sequence[float]
) -> dict[str, Any]:
    """All measures of the table; keys as above."""
    counts = table.counts
    residents, pooled = counts.sum(axis=1), counts.sum(axis=0)
    ancestors = _ancestors(table)
    sums = {column: _summed(counts, area, len(names)) for column, (names, area) in ancestors.items()}
    return {
        "unit": unit,
        "groups": list(groups),
        "nest": list(ancestors),
        "units": len(counts),
        "empty_units": int((residents == 0).sum()),
        "residents": int(residents.sum()),
        "counts": dict(zip(groups, pooled.tolist(), strict=True)),
        "shares": dict(zip(groups, shares(pooled[None, :])[0].tolist(), strict=True)),
        **_indices(counts, groups),
        "exposure": _matrix(exposure(counts, np.zeros(len(counts), np.int64), 1)[0], groups),
        "interaction": _matrix(_interaction(counts), groups),
        "location_quotients": _quotients(counts, groups),
        "nesting": _nesting(table, unit),
        "levels": {column: _indices(above, groups) for column, above in sums.items()},
        "areas": {column: _areas(counts, area, names) for column, (names, area) in ancestors.items()},
        "spatial": _spatial(table, radii_m),
        "interval": _interval(table),
    }


def _ancestors(table: CountTable) -> dict[str, tuple[list[str], Int64Array]]:
    """The names of every level's areas, and the one that each unit lies in."""
    found: dict[str, tuple[list[str], Int64Array]] = {}
    area = np.arange(len(table.counts))
    for level in table.levels:
        area = np.append(level.parent, -1)[area]
        found[level.column] = (level.names, area)
    return found


def _summed(counts: Int64Array, area: Int64Array, area_count: int) -> Int64Array:
    sums = np.zeros((area_count, counts.shape[1]), np.int64)
    np.add.at(sums, area[area >= 0], counts[area >= 0])
    return sums


def _indices(counts: Int64Array, groups: Sequence[str]) -> dict[str, Any]:
    residents = counts.sum(axis=1)
    columns = dict(zip(groups, counts.T, strict=True))
    return {
        "mix": _row(mix_of_areas(counts, np.zeros(len(counts), np.int64), 1), 0),
        "multigroup": {**asdict(multigroup_indices(counts)), "gini": multigroup_gini(counts)},
        "each_against_rest": {
            name: asdict(two_group_indices(own, residents - own)) for name, own in columns.items()
        },
        "pairs_of_groups": {
            name: {
                other: asdict(two_group_indices(own, against))
                for other, against in columns.items()
                if other != name
            }
            for name, own in columns.items()
        },
    }


def _row(mix: AreaMix, area: int) -> dict[str, Any]:
    return {name: getattr(mix, name)[area].item() for name in OF_AREA}


def _areas(counts: Int64Array, area: Int64Array, names: list[str]) -> list[dict[str, Any]]:
    mix = mix_of_areas(counts, area, len(names))
    return [
        {"name": name, "units": int(mix.units[at]), "residents": int(mix.residents[at]), **_row(mix, at)}
        for at, name in enumerate(names)
    ]


def _matrix(values: Any, groups: Sequence[str]) -> dict[str, dict[str, float]]:
    return {
        name: dict(zip(groups, row, strict=True)) for name, row in zip(groups, values.tolist(), strict=True)
    }


def _interaction(counts: Int64Array) -> Any:
    """(K, K) Σ (a/A)(b/t); a row of a group of nobody is zeros."""
    of_group = np.maximum(counts.sum(axis=0), 1)[:, None]
    return counts.T.astype(np.float64) @ shares(counts) / of_group


def _quotients(counts: Int64Array, groups: Sequence[str]) -> dict[str, dict[str, float]]:
    quotients = location_quotients(counts)[counts.sum(axis=1) >= LEAST_FOR_QUOTIENT]
    if not len(quotients):
        return {name: {"least": 0.0, "median": 0.0, "greatest": 0.0, "units": 0} for name in groups}
    return {
        name: {
            "least": float(column.min()),
            "median": float(np.median(column)),
            "greatest": float(column.max()),
            "units": len(column),
        }
        for name, column in zip(groups, quotients.T, strict=True)
    }


def _nesting(table: CountTable, unit: str) -> dict[str, Any]:
    chain = [level.parent for level in table.levels]
    top_count = len(table.levels[-1].names) if table.levels else len(table.counts)
    split = pair_split(table.counts, [*chain, np.zeros(top_count, np.int64)])
    information = nested_information(table.counts, chain)
    same = [unit, *(level.column for level in table.levels), WHOLE]
    total = split.total_differing
    levels = []
    for at, name in enumerate(same):
        differing, pairs = int(split.differing[at]), int(split.pairs[at])
        levels.append(
            {
                "same": name,
                "apart": same[at - 1] if at else None,
                "differing": differing,
                "pairs": pairs,
                "rate": differing / pairs if pairs else 0.0,
                "share": differing / total if total else 0.0,
                "m": float(information.m_levels[at - 1]) if at else None,
                "h": float(information.h_levels[at - 1]) if at else None,
            }
        )
    return {
        "differing": total,
        "pairs": split.total_pairs,
        "m": information.m,
        "h": information.h,
        "levels": levels,
    }


def _spatial(table: CountTable, radii_m: Sequence[float]) -> dict[str, Any] | None:
    if table.points_m is None:
        return None
    profile = spatial_profile(table.points_m, table.counts, np.array(radii_m, np.float64))
    return {
        "falloff": "triangular",
        "radii_m": profile.radii_m.tolist(),
        "h": profile.h.tolist(),
        "r": profile.r.tolist(),
        "neighbours": profile.neighbours.tolist(),
    }


def _interval(table: CountTable) -> dict[str, Any] | None:
    if table.households is None:
        return None
    everywhere = np.zeros(len(table.counts), np.int64)
    met = interval_of_w(table.counts, table.households, everywhere, 1)
    bounds = bounds_of_w(table.counts, table.households, everywhere, 1)
    values = {name: getattr(met, name)[0].item() for name in met.__dataclass_fields__}
    return {**values, "w_bounds": [float(bounds.low[0]), float(bounds.high[0])]}
