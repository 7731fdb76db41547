"""`./dev bench coverage`: how fast walks to 30 categories are found, and against whom.

    python -m tests.bench.kernels [--big] [--rounds 5] [--network streets.parquet]

Every opponent answers the same question on the same graph in the same process, taking turns, so
that a busy machine slows all of them; figures are minima over the rounds, ratios come from those.
Each answer is compared cell by cell before a figure is printed. One core, warm JIT, arrays in
memory, nodes in Hilbert order; preparation (once per network version) is shown apart.
"""

import argparse
import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from grids.kernels.eliminate import PreparedGraph, prepare
from grids.kernels.graph import UNREACHED, StreetGraph, build_graph
from grids.kernels.reach import coverage_answer
from grids.kernels.sweep import Seeds, bias_dm, solve
from tests.bench.metropolis import CATEGORY_COUNT, SIDES, Metropolis, build_metropolis
from tests.bench.scalar import FAR, bucket_walks, heap_walks

CUTOFF_DM = 15_000
SPEEDS_M_S = (0.8, 1.0, 1.2, 1.4)
THRESHOLDS_S = (300, 600, 900)


@dataclass(frozen=True)
class Question:
    """Nearest facility node of every category for every node: Q1 of the comparison."""

    xy_m: NDArray[np.float64]
    graph: StreetGraph
    prepared: PreparedGraph
    start: NDArray[np.int32]
    category: NDArray[np.int32]
    cutoff_dm: int = CUTOFF_DM

    def starts(self) -> Iterator[NDArray[np.int32]]:
        for category in range(CATEGORY_COUNT):
            yield np.unique(self.start[self.category == category])


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """How long one call took, and what it returned."""
    begun = perf_counter()
    answer = work()
    return perf_counter() - begun, answer


def lanes_table(question: Question) -> NDArray[np.uint16]:
    """(n, 32) walks by rank, still biased: the answer as the product uses it."""
    prepared = question.prepared
    seeds = Seeds(prepared.rank[question.start], question.category, np.zeros(len(question.start), np.int32))
    return solve(prepared, seeds, question.cutoff_dm)


def lanes(question: Question) -> NDArray[np.int32]:
    """(K, n) walks in Hilbert order, for the comparison."""
    table = lanes_table(question)
    walk_dm = table[question.prepared.rank, :CATEGORY_COUNT].T.astype(np.int32)
    question.prepared.spare_tables[:] = [table]
    return np.where(walk_dm == UNREACHED, FAR, walk_dm - bias_dm(question.cutoff_dm))


def scalar(kernel: Callable[..., None], question: Question, keep: bool = False) -> NDArray[np.int32]:
    graph = question.graph
    walk_dm = np.empty((CATEGORY_COUNT if keep else 1, graph.node_count), np.int32)
    for category, starts in enumerate(question.starts()):
        row = walk_dm[category if keep else 0]
        kernel(graph.indptr, graph.indices, graph.length_dm, starts, question.cutoff_dm, row)
    return walk_dm


def by_scipy(question: Question, keep: bool = False) -> NDArray[np.int32]:
    graph = question.graph
    shape = (graph.node_count, graph.node_count)
    matrix = csr_array((graph.length_dm.astype(np.float64), graph.indices, graph.indptr), shape=shape)
    walk_dm = np.full((CATEGORY_COUNT if keep else 1, graph.node_count), FAR, np.int32)
    for category, starts in enumerate(question.starts()):
        if len(starts):
            found = dijkstra(matrix, indices=starts, min_only=True, limit=float(question.cutoff_dm))
            if keep:
                is_reached = np.isfinite(found)
                walk_dm[category, is_reached] = found[is_reached]
    return walk_dm


def by_pandana(pandana: ModuleType, question: Question) -> tuple[float, float]:
    """(seconds to build, seconds to query); points snap to nodes, distances are rounded by pandana."""
    import pandas  # comes with pandana

    graph = question.graph
    hilbert_xy_m = np.empty_like(question.xy_m)
    hilbert_xy_m[graph.order] = question.xy_m
    rows = np.repeat(np.arange(graph.node_count), np.diff(graph.indptr))
    once = rows < graph.indices
    cutoff_m = question.cutoff_dm / 10

    def build() -> Any:
        network = pandana.Network(
            pandas.Series(hilbert_xy_m[:, 0]),
            pandas.Series(hilbert_xy_m[:, 1]),
            pandas.Series(rows[once]),
            pandas.Series(graph.indices[once]),
            pandas.DataFrame({"m": graph.length_dm[once] / 10}),
        )
        network.precompute(cutoff_m)
        return network

    build_s, network = seconds(build)
    for category, starts in enumerate(question.starts()):
        at = hilbert_xy_m[starts]
        network.set_pois(str(category), cutoff_m, 1, pandas.Series(at[:, 0]), pandas.Series(at[:, 1]))

    def query() -> None:
        for category in range(CATEGORY_COUNT):
            network.nearest_pois(cutoff_m, str(category), num_pois=1)

    return build_s, seconds(query)[0]


def metropolis_question(town: Metropolis, *, prepare_rounds: int = 2) -> tuple[Question, float]:
    """The question on a metropolis, and the seconds that its preparation took."""
    graph = build_graph(town.xy_m, town.edge_source, town.edge_target, town.edge_length_dm)
    timed = [seconds(lambda: prepare(graph, CUTOFF_DM)) for _ in range(prepare_rounds)]
    start = graph.edge_source[town.facilities.edge]
    question = Question(town.xy_m, graph, timed[-1][1], start, town.facility_category)
    return question, min(taken for taken, _ in timed)


def compare(question: Question, rounds: int) -> dict[str, float]:
    """Minimum seconds of every opponent, taking turns; raises when one cell differs."""
    answer = lanes(question)
    for name, other in (
        ("scalar bucket", scalar(bucket_walks, question, keep=True)),
        ("scalar heap", scalar(heap_walks, question, keep=True)),
        ("scipy", by_scipy(question, keep=True)),
    ):
        differing = int((answer != other).sum())
        if differing:
            raise AssertionError(f"{differing} of {answer.size} cells differ between lanes and {name}")

    def lanes_once() -> None:
        question.prepared.spare_tables[:] = [lanes_table(question)]

    turns: dict[str, Callable[[], Any]] = {
        "lanes": lanes_once,
        "scalar bucket": lambda: scalar(bucket_walks, question),
        "scalar heap": lambda: scalar(heap_walks, question),
        "scipy": lambda: by_scipy(question),
    }
    best = dict.fromkeys(turns, float("inf"))
    for _ in range(rounds):
        for name, turn in turns.items():
            # Lanes are so short that one interruption would double them: best of three per turn.
            for _ in range(3 if name == "lanes" else 1):
                best[name] = min(best[name], seconds(turn)[0])
    return best


def comparison_rows(label: str, question: Question, prepare_s: float, rounds: int) -> list[str]:
    best = compare(question, rounds)
    bare = min(best["scalar bucket"], best["scalar heap"])
    cells = CATEGORY_COUNT * question.graph.node_count
    row = (
        f"| {label} | {question.graph.node_count:,} | {len(question.start):,} | {prepare_s * 1000:,.0f} "
        f"| {best['lanes'] * 1000:.1f} | {best['scalar bucket'] * 1000:,.0f} "
        f"| {best['scalar heap'] * 1000:,.0f} | {best['scipy'] * 1000:,.0f} "
        f"| {bare / best['lanes']:.0f} x | {best['scipy'] / best['lanes']:.0f} x | 0 of {cells:,} |"
    )
    rows = [row]
    try:
        pandana = importlib.import_module("pandana")
    except ImportError:
        return rows
    build_s, query_s = by_pandana(pandana, question)
    rows.append(
        f"| {label}, pandana | {question.graph.node_count:,} | {len(question.start):,} "
        f"| {build_s * 1000:,.0f} | {query_s * 1000:,.0f} | | | | | {query_s / best['lanes']:.0f} x lanes | |"
    )
    return rows


def answer_once(town: Metropolis, prepared: PreparedGraph) -> Any:
    return coverage_answer(
        prepared,
        town.facilities,
        town.facility_category,
        town.buildings,
        town.residents,
        category_count=CATEGORY_COUNT,
        speeds_m_s=SPEEDS_M_S,
        thresholds_s=THRESHOLDS_S,
    )


def answer_row(label: str, town: Metropolis, prepared: PreparedGraph, rounds: int) -> str:
    """Facilities and buildings on edges, 4 speeds x 3 limits, covered residents; no database."""
    answer_once(town, prepared)
    best_s = min(seconds(lambda: answer_once(town, prepared))[0] for _ in range(3 * rounds))
    peak_mib = peak_of_answer(label)
    return (
        f"| {label} | {len(town.buildings):,} | {len(town.facilities):,} | {town.residents.sum():,} "
        f"| {best_s * 1000:.1f} | {peak_mib:,.0f} |"
    )


def peak_of_answer(label: str) -> float:
    """MiB that a fresh process needs at its peak to make the town, prepare it and answer."""
    command = [sys.executable, "-m", "tests.bench.kernels", "--peak", label]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def print_peak(label: str) -> None:
    town = build_metropolis(SIDES[label])
    graph = build_graph(town.xy_m, town.edge_source, town.edge_target, town.edge_length_dm)
    answer_once(town, prepare(graph, CUTOFF_DM))
    # Not getrusage: its maximum is inherited from the process that started this one.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    print(int(status["VmHWM"].split()[0]) / 1024)


def growth_rows(question: Question, rounds: int) -> list[str]:
    """How the lanes grow with categories, facilities and cutoff, on one graph."""
    rng = np.random.default_rng(7)
    graph = question.graph

    def timed(start: NDArray[np.int32], category: NDArray[np.int32], cutoff_dm: int = CUTOFF_DM) -> str:
        asked = Question(question.xy_m, graph, question.prepared, start, category, cutoff_dm)

        def once() -> None:
            asked.prepared.spare_tables[:] = [lanes_table(asked)]

        once()
        return f"{min(seconds(once)[0] for _ in range(2 * rounds)) * 1000:.0f}"

    rows = ["| growth | steps | ms |", "|---|---|---|"]
    counts = (1, 2, 4, 8, 16, 30)
    few = [question.category < count for count in counts]
    cells = [timed(question.start[chosen], question.category[chosen]) for chosen in few]
    rows.append(f"| categories | {' / '.join(map(str, counts))} | {' / '.join(cells)} |")
    per_category = (10, 100, 1000, 10_000)
    cells = [
        timed(
            rng.integers(0, graph.node_count, CATEGORY_COUNT * count).astype(np.int32),
            np.repeat(np.arange(CATEGORY_COUNT, dtype=np.int32), count),
        )
        for count in per_category
    ]
    rows.append(f"| facilities per category | {' / '.join(map(str, per_category))} | {' / '.join(cells)} |")
    cutoffs_dm = (3000, 6000, 9000, 12_000, 15_000)
    cells = [timed(question.start, question.category, cutoff_dm) for cutoff_dm in cutoffs_dm]
    rows.append(f"| cutoff, m | {' / '.join(str(dm // 10) for dm in cutoffs_dm)} | {' / '.join(cells)} |")
    return rows


def network_question(path: Path) -> tuple[Question, float] | str:
    """A real network of lines from a GeoParquet file with metric coordinates, or why it cannot be read."""
    try:
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        return f"{path.name}: skipped, since pyarrow is not installed."
    import shapely

    if not path.exists():
        return f"{path}: skipped, no such file."
    lines = shapely.from_wkb(parquet.read_table(path, columns=["geometry"])["geometry"].to_numpy())
    first, last = shapely.get_point(lines, 0), shapely.get_point(lines, -1)
    ends_m = np.round(np.concatenate([shapely.get_coordinates(first), shapely.get_coordinates(last)]), 2)
    xy_m, node = np.unique(ends_m, axis=0, return_inverse=True)
    length_dm = np.round(shapely.length(lines) * 10).astype(np.int32)
    source, target = node[: len(lines)].astype(np.int32), node[len(lines) :].astype(np.int32)
    graph = build_graph(xy_m, source, target, length_dm)
    prepare(graph, CUTOFF_DM)
    prepare_s, prepared = seconds(lambda: prepare(graph, CUTOFF_DM))
    rng = np.random.default_rng(11)
    count = max(CATEGORY_COUNT, len(xy_m) // 10)
    start = rng.integers(0, len(xy_m), count).astype(np.int32)
    category = rng.integers(0, CATEGORY_COUNT, count).astype(np.int32)
    return Question(xy_m, graph, prepared, start, category), prepare_s


def coverage_rows(*, big: bool = False, rounds: int = 5, network: Path | None = None) -> list[str]:
    """All figures as Markdown rows."""
    labels = [label for label in SIDES if big or label != "4.2 M"]
    against = [
        "| town | nodes | facilities | prep, ms | lanes, ms | scalar bucket | scalar heap | scipy "
        "| bare scalar / lanes | scipy / lanes | cells differing |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    whole = [
        "| town | buildings | facilities | residents | whole answer, ms | peak MiB of the process |",
        "|---|---|---|---|---|---|",
    ]
    growth: list[str] = []
    for label in labels:
        town = build_metropolis(SIDES[label])
        question, prepare_s = metropolis_question(town)
        against += comparison_rows(label, question, prepare_s, rounds)
        whole.append(answer_row(label, town, question.prepared, rounds))
        if label == "1.05 M":
            growth = growth_rows(question, rounds)
    if network is not None:
        real = network_question(network)
        against += [real] if isinstance(real, str) else comparison_rows(network.stem, *real, rounds)
    return [*against, "", *whole, "", *growth]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--big", action="store_true", help="also 4.2 M nodes (about 4 GiB, minutes)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--network", type=Path, help="a GeoParquet file of street lines, metric")
    parser.add_argument("--peak", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        print_peak(options.peak)
        return
    print("\n".join(coverage_rows(big=options.big, rounds=options.rounds, network=options.network)))


if __name__ == "__main__":
    main()
