"""How far the engine's plain indices are from PySAL's, on made-up and on real census tables."""

from itertools import permutations
from pathlib import Path

import geopandas
import numpy as np

from grids.kernels.diversity import location_quotients, mix_of_areas
from grids.kernels.nesting import nested_information
from grids.kernels.plain_indices import multigroup_gini, multigroup_indices, two_group_indices
from tests.bench import mix_peers as pysal

LIMIT = 1e-12
CENSUS_GROUPS = ["NH_WHITE", "NH_BLACK", "NH_AMIN", "NH_ASIAN", "NH_NHPI", "NH_OTHER", "NH_2MORE", "HISP"]


def parity_rows(census: Path | None) -> list[str]:
    """The largest absolute difference per index, over all groups and ordered pairs of groups."""
    tables = {"made up, 3,000 units × 6": _made_up()}
    if census is not None:
        for name, table in _census(Path(census)).items():
            tables[name] = table
    differences = {name: _differences(*table) for name, table in tables.items()}
    indices = list(next(iter(differences.values())))
    rows = [
        "| index, against PySAL 2.5.4 | " + " | ".join(differences) + " |",
        "|---" * (len(tables) + 1) + "|",
    ]
    for index in indices:
        rows.append(f"| {index} | " + " | ".join(f"{met[index]:.1e}" for met in differences.values()) + " |")
    worst = max(max(met.values()) for met in differences.values())
    verdict = "met" if worst <= LIMIT else "MISSED"
    return [*rows, "", f"Largest of all {worst:.1e}; ≤ 1e-12: {verdict}. Hutchens is not in PySAL 2.5.4."]


def _made_up() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    counts = rng.poisson(rng.gamma(0.4, 12, (3000, 6)))
    counts[::11] = 0
    return counts, np.arange(3000) // 60


def _census(path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    path = path / "Providence_blocks.zip" if path.is_dir() else path
    blocks = geopandas.read_file(path)
    counts = blocks[CENSUS_GROUPS].to_numpy().astype(np.int64)
    names, tract = np.unique(blocks["TRACTCE10"].to_numpy(), return_inverse=True)
    tracts = np.zeros((len(names), counts.shape[1]), np.int64)
    np.add.at(tracts, tract, counts)
    return {
        f"{path.stem}, {len(counts):,} blocks × 8": (counts, tract),
        f"{len(tracts)} tracts × 8": (tracts, np.zeros(len(tracts), np.int64)),
    }


def _differences(counts: np.ndarray, parent: np.ndarray) -> dict[str, float]:
    groups = [str(group) for group in range(counts.shape[1])]
    table = pysal.frame(counts, groups)
    ours, theirs = multigroup_indices(counts), pysal.nine_indices(table, groups)
    met = {f"{name} (K groups)": abs(getattr(ours, name) - value) for name, value in theirs.items()}
    met["gini (K groups)"] = abs(multigroup_gini(counts) - pysal.multigroup_gini(table, groups))
    whole = mix_of_areas(counts, np.zeros(len(counts), np.int64), 1)
    met["H and D of AreaMix"] = max(
        abs(whole.h[0] - theirs["information_theory"]), abs(whole.d[0] - theirs["dissimilarity"])
    )
    nested = nested_information(counts, [parent]).m_levels
    peers = pysal.nested_m(counts, [parent], groups)
    met["nested M"] = float(np.abs(nested - peers).max())
    lived_in = counts[counts.sum(axis=1) > 0]
    quotients = pysal.quotients(pysal.frame(lived_in, groups), groups)
    met["location quotients"] = float(np.abs(location_quotients(lived_in) - quotients).max())
    residents = counts.sum(axis=1)
    against = [(counts[:, k], residents - counts[:, k]) for k in range(len(groups))]
    against += [(counts[:, a], counts[:, b]) for a, b in permutations(range(len(groups)), 2)]
    for own, others in against:
        here, there = two_group_indices(own, others), pysal.two_group_indices(pysal.pair_frame(own, others))
        for name, value in there.items():
            key = f"{name} (two groups)"
            met[key] = max(met.get(key, 0.0), abs(getattr(here, name) - value))
    return met
