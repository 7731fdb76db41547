"""`./dev bench mix`: the mix kernels beside PySAL `segregation` in one process, and what agrees with what.

    ./dev bench mix [--quick] [--big] [--rounds 5] [--census Providence_blocks.zip]
    ./dev bench mix --coverage [--seed N]        intervals and bias by simulation, without PySAL
    ./dev bench mix --page                       first paint of the page, in Chromium

Both sides take turns on the same numbers; figures are minima over the rounds. Each is measured by the
clock and by the processor time of the process, and the ratio printed is the smaller of the two ratios:
on a busy machine the clock flatters whoever is quick, and PySAL's threads cost processor time. PySAL's
tables for single areas are extrapolated from 400 areas, as it has no call for all of them.
"""

import argparse
import os
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from grids.kernels.diversity import mix_of_areas
from grids.kernels.nesting import nested_information, pair_split
from grids.kernels.plain_indices import multigroup_gini, multigroup_indices, two_group_indices
from grids.kernels.spatial_mix import spatial_profile

BUILDINGS, GROUPS = 500_000, list("abcde")
SAMPLE = 400


@dataclass(frozen=True)
class Seconds:
    wall: float = float("inf")
    own: float = float("inf")

    def least(self, other: "Seconds") -> "Seconds":
        return Seconds(min(self.wall, other.wall), min(self.own, other.own))

    def times(self, factor: float) -> "Seconds":
        return Seconds(self.wall * factor, self.own * factor)


@dataclass(frozen=True)
class Race:
    """One row: `peer` does `peer_part` of the whole task; without a peer only ours is timed."""

    task: str
    ours: Callable[[], Any]
    peer: Callable[[], Any] | None = None
    peer_share: float = 1.0
    goal_s: float | None = None
    goal_ratio: float | None = None
    peer_rounds: int | None = None
    note: str = ""


def timed(work: Callable[[], Any]) -> Seconds:
    begun, own = perf_counter(), process_time()
    work()
    return Seconds(perf_counter() - begun, process_time() - own)


def run(race: Race, rounds: int) -> str:
    race.ours()  # compiled once, as a server that runs
    ours, peer = Seconds(), Seconds()
    for turn in range(rounds):
        if race.peer is not None and turn < (race.peer_rounds or rounds):
            peer = peer.least(timed(race.peer))
        for _ in range(2):
            ours = ours.least(timed(race.ours))
    peer = peer.times(1 / race.peer_share)
    ratio = min(peer.wall / ours.wall, peer.own / ours.own) if race.peer else None
    verdicts = []
    if race.goal_s is not None:
        verdicts.append(f"≤ {race.goal_s:g} s: {'met' if ours.wall <= race.goal_s else 'MISSED'}")
    if race.goal_ratio is not None and ratio is not None:
        verdicts.append(f"≥ {race.goal_ratio:g}×: {'met' if ratio >= race.goal_ratio else 'MISSED'}")
    theirs = f"{peer.wall:.3f} / {peer.own:.3f}" if race.peer else "—"
    times = f"{ratio:,.1f}×" if ratio is not None else "—"
    row = [race.task, theirs, f"{ours.wall:.4f} / {ours.own:.4f}", times, "; ".join(verdicts) or race.note]
    print("| " + " | ".join(row) + " |", flush=True)
    return row[0]


# --- The town ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class BenchTown:
    """Half a million buildings of some 65 residents in grids, communities and streets."""

    counts: np.ndarray
    parents: list[np.ndarray]

    @property
    def grid(self) -> np.ndarray:
        return self.parents[0]


def bench_town(seed: int = 1) -> BenchTown:
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.gamma(2, 6.5, (BUILDINGS, len(GROUPS)))).astype(np.int64)
    grid = np.arange(BUILDINGS) // 33
    community = np.arange(grid[-1] + 1) // 10
    return BenchTown(counts, [grid, community, np.arange(community[-1] + 1) // 25])


def point_town(units: int) -> tuple[np.ndarray, np.ndarray]:
    """Points with some 47 others within 500 m, and their counts."""
    rng = np.random.default_rng(2)
    counts = rng.poisson(rng.gamma(2, 6.5, (units, len(GROUPS)))).astype(np.int64)
    return rng.uniform(0, 28_800 * np.sqrt(units / 50_000), (units, 2)), counts


# --- The races --------------------------------------------------------------------------------


def plain_races(town: BenchTown) -> list[Race]:
    from tests.bench import mix_peers as pysal

    frame = pysal.frame(town.counts, GROUPS)
    everywhere = np.zeros(BUILDINGS, np.int64)
    return [
        Race(
            "nine multigroup indices, 500,000 × 5",
            lambda: multigroup_indices(town.counts),
            lambda: pysal.nine_indices(frame, GROUPS),
            goal_s=0.10,
            goal_ratio=3,
        ),
        Race(
            "H, D, and ours also W, R*, M, E₀[D], D* of the whole",
            lambda: mix_of_areas(town.counts, everywhere, 1),
            lambda: pysal.h_and_d(frame, GROUPS),
        ),
        Race("pair split, four levels, integers", lambda: pair_split(town.counts, town.parents), goal_s=0.05),
        Race(
            "nested M, four levels (PySAL: groupby and H at each)",
            lambda: nested_information(town.counts, town.parents),
            lambda: pysal.nested_m(town.counts, town.parents, GROUPS),
            goal_s=0.05,
        ),
    ]


def area_races(town: BenchTown) -> list[Race]:
    from tests.bench import mix_peers as pysal

    community = town.parents[1][town.grid]
    races = []
    for name, area in (("community", community), ("grid", town.grid)):
        count = int(area[-1]) + 1
        frames = [pysal.frame(town.counts[area == number], GROUPS) for number in range(SAMPLE)]
        races.append(
            Race(
                f"every {name}'s table ({count:,}): H, D; ours all of AreaMix",
                lambda area=area, count=count: mix_of_areas(town.counts, area, count),
                lambda frames=frames: [pysal.h_and_d(frame, GROUPS) for frame in frames],
                peer_share=SAMPLE / count,
                goal_s=0.15,
                goal_ratio=100 if name == "grid" else None,
                peer_rounds=2,
            )
        )
    return races


def sorted_races(town: BenchTown, big: bool) -> list[Race]:
    from tests.bench import mix_peers as pysal

    races = []
    for units in (5_000, 10_000, *([20_000] if big else [])):
        counts = town.counts[:units]
        frame = pysal.frame(counts, GROUPS)
        races.append(
            Race(
                f"multigroup Gini, {units:,}",
                lambda counts=counts: multigroup_gini(counts),
                lambda frame=frame: pysal.multigroup_gini(frame, GROUPS),
                goal_ratio=700,
                peer_rounds=2,
            )
        )
    own, others = town.counts[:100_000, 0], town.counts[:100_000, 1:].sum(axis=1)
    pair = pysal.pair_frame(own, others)
    few = pysal.pair_frame(own[:20_000], others[:20_000])
    table = np.column_stack([own, others])[:20_000]
    return [
        *races,
        Race(
            "one group's Gini, 100,000 (ours: all nine of two groups)",
            lambda: two_group_indices(own, others),
            lambda: pysal.gini(pair),
            peer_rounds=2,
        ),
        Race(
            "D*, 20,000 (PySAL: 500 draws; ours exact)",
            lambda: mix_of_areas(table, np.zeros(len(table), np.int64), 1),
            lambda: pysal.modified_dissimilarity(few),
            peer_rounds=1,
        ),
    ]


def spatial_races(sizes: tuple[int, ...]) -> list[Race]:
    from tests.bench import mix_peers as pysal

    races = []
    for units in sizes:
        points_m, counts = point_town(units)
        places = pysal.places(points_m, counts, GROUPS)
        races.append(
            Race(
                f"spatial H̃, 500 m, {units:,} points",
                lambda points_m=points_m, counts=counts: spatial_profile(points_m, counts, [500]),
                lambda places=places: pysal.spatial_h(places, GROUPS, 500),
                goal_s=1.0 if units == 50_000 else None,
                goal_ratio=150,
                peer_rounds=1 if units > 5_000 else 2,
            )
        )
    points_m, counts = point_town(50_000)
    profile = lambda: spatial_profile(points_m, counts, [100, 300, 1000])  # noqa: E731
    return [*races, Race("spatial profile, 100/300/1000 m, 50,000 points", profile, goal_s=1.0)]


def main() -> None:
    options = _options()
    print(f"load {os.getloadavg()}; {os.cpu_count()} processors\n", flush=True)
    if options.coverage:
        from tests.bench import mix_coverage

        sys.exit(mix_coverage.main(options.seed, options.patterns))
    warnings.simplefilter("ignore")
    from tests.bench.mix_parity import parity_rows

    print("\n".join(parity_rows(options.census)), "\n", flush=True)
    town = bench_town()
    print("| task | PySAL 2.5.4, s clock / processor | ours, s | ratio | goals |")
    print("|---|---|---|---|---|")
    sizes = (2_000, 5_000) if options.quick else (2_000, 5_000, 20_000, 50_000)
    for races in (
        plain_races(town),
        area_races(town),
        sorted_races(town, options.big),
        spatial_races(sizes),
    ):
        for race in races:
            run(race, options.rounds)
    print(f"\nload at the end {os.getloadavg()}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="without the minutes of PySAL's large towns")
    parser.add_argument("--big", action="store_true", help="also Gini of 20,000 units (PySAL needs 10 GB)")
    parser.add_argument("--census", type=Path, default=os.environ.get("WANGGE_CENSUS"), help="a block file")
    parser.add_argument("--coverage", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patterns", type=int, default=4000, help="response patterns of each cell")
    return parser.parse_args()


if __name__ == "__main__":
    main()
