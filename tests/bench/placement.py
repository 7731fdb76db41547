"""`./dev bench placement`: a draw for a city, what caps cost, and what the draw promises.

    python -m tests.bench.placement [--people 50000] [--buildings 200] [--misreports 1000] [--draws 100]

Places are found by the product's own functions. What they are held against is not: scipy's maximum flow
for who can be housed, scipy's again over every single list for the augmenting draw, linear programming
(HiGHS through `linprog`) for accessible flats. The check is timed in the bench's database and undone.
"""

import argparse
from collections import Counter
from fractions import Fraction
from time import perf_counter, process_time
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, lil_array
from scipy.sparse.csgraph import maximum_flow

from tests.bench.coverage import _use_own_database

TARGET_S, CHECK_TARGET_S = 5.0, 1.0
FACTORS = (None, "2.5", "1.5", "1.25", "1.1", "1")


def main() -> None:
    options = _options()
    _use_own_database()
    from tests.bench.placement_promises import augmenting_equals_optimum, misreports_gain_nothing

    print("\n".join(city_rows(options.people, options.buildings)), flush=True)
    equal = augmenting_equals_optimum(options.draws)
    print(f"\naugmenting draw equals the capped optimum: {equal} of {options.draws} draws", flush=True)
    gains, tried = misreports_gain_nothing(options.misreports)
    print(f"misreports in the serial draw: {tried} tried, {gains} gained", flush=True)
    print("\n".join(check_rows()), flush=True)


def city_rows(people: int, buildings: int) -> list[str]:
    """One row a cap level; every claim is checked before its row is printed."""
    from grids.placement.rules import Limits
    from grids.placement.trial import augmented_places, inputs_text, serial_places, trial_seed
    from tests.bench.placement_city import TENURES, city

    warm = city(400, 10)
    for run in (serial_places, augmented_places):
        run(*warm, Limits(), b"warm" * 8)
    flats, applicants = city(people, buildings)
    seed = trial_seed(inputs_text(flats, applicants))
    rows = [
        f"{people:,} households, {people:,} flats, {buildings} buildings, 4 tenures, 4 room classes, "
        "accessible flats kept back, two priority classes",
        "",
        "| rule | time | processor | housed | possible | caps broken "
        "| first choice | listed | choice lost | W | R* |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    lottery: dict[str, str] = {}
    slow = 0
    for factor in FACTORS:
        limits = Limits("building", dict.fromkeys(TENURES, Fraction(factor)) if factor else None)
        for name, run in (("in turn", serial_places), ("augmenting", augmented_places)):
            begun, begun_cpu = perf_counter(), process_time()
            places = run(flats, applicants, limits, seed)
            took_s, cpu_s = perf_counter() - begun, process_time() - begun_cpu
            lottery = lottery or places
            rule = f"{f'caps {factor}×' if factor else 'no cap'}, {name}"
            facts = _row(flats, applicants, limits, places, lottery)
            rows.append(f"| {rule} | {took_s:.2f} s | {cpu_s:.2f} s | {facts} |")
            slow += took_s > TARGET_S
    return [*rows, "", f"draws slower than {TARGET_S:.0f} s: {slow} of {2 * len(FACTORS)}"]


def _row(flats: Any, applicants: Any, limits: Any, places: dict[str, str], lottery: dict[str, str]) -> str:
    from grids.kernels.diversity import mix_of_areas
    from grids.placement.choice_cost import choice_findings

    home, who = {one.code: one for one in flats}, {one.receipt: one for one in applicants}
    possible, broken = possible_places(flats, applicants, limits), broken_caps(home, who, limits, places)
    choice = choice_findings(who, home, places, lottery)
    kinds = sorted({one.tenure for one in applicants})
    buildings = sorted({one.building_code for one in flats})
    counts = np.zeros((len(buildings), len(kinds)), np.int64)
    row_of = {code: at for at, code in enumerate(buildings)}
    for receipt, code in places.items():
        counts[row_of[home[code].building_code], kinds.index(who[receipt].tenure)] += 1
    mix = mix_of_areas(counts, np.zeros(len(buildings), np.int32), 1)
    listed = 1 - (choice["unlisted"] + choice["unplaced"]) / len(who)
    return (
        f"{len(places):,} | {possible:,} | {broken} | {choice['first']:.3f} | {listed:.4f} "
        f"| {choice['lost_vs_lottery']:.1%} | {mix.w[0]:.3f} | {mix.r_star[0]:.3f}"
    )


def possible_places(flats: Any, applicants: Any, limits: Any) -> int:
    """How many can be housed: those in need first, by linear programs that know nothing of the draw.

    Of the plans that house as many in need as possible, the one that houses most.
    """
    total = 0
    for room in sorted({one.room_class for one in flats}):
        here, people = ([one for one in rows if one.room_class == room] for rows in (flats, applicants))
        total += _possible_in_class(here, people, limits)
    return total


def _possible_in_class(flats: Any, people: Any, limits: Any) -> int:
    kinds, cells = sorted({one.tenure for one in people}), sorted({one.building_code for one in flats})
    stock = Counter(one.building_code for one in flats)
    accessible = Counter(one.building_code for one in flats if one.is_accessible)
    asked = Counter((one.tenure, one.needs_accessible) for one in people)
    tenures = Counter(one.tenure for one in people)
    size, cell_count = len(kinds) * len(cells), len(cells)
    rows = lil_array((2 * len(kinds) + size + 2 * cell_count, 2 * size))
    most = np.zeros(rows.shape[0])
    for kind, tenure in enumerate(kinds):
        for half, need in enumerate((True, False)):
            columns = slice(half * size + kind * cell_count, half * size + (kind + 1) * cell_count)
            rows[2 * kind + half, columns] = 1
            most[2 * kind + half] = asked[tenure, need]
    for at in range(size):
        line = 2 * len(kinds) + at
        rows[line, at] = rows[line, size + at] = 1
        tenure, cell = kinds[at // cell_count], cells[at % cell_count]
        factor = limits.factor(tenure)
        share = Fraction(tenures[tenure], len(people)) * stock[cell]
        most[line] = stock[cell] if factor is None else -(-(factor * share) // 1)
    for at, cell in enumerate(cells):
        line = 2 * len(kinds) + size + at
        rows[line, at:size:cell_count] = 1
        rows[line + cell_count, at : 2 * size : cell_count] = 1
        most[line], most[line + cell_count] = accessible[cell], stock[cell]
    worth = np.concatenate([np.full(size, len(people) + 1.0), np.ones(size)])
    found = linprog(-worth, A_ub=csr_array(rows), b_ub=most, method="highs")
    return round(float(found.x.sum()))


def broken_caps(home: Any, who: Any, limits: Any, places: dict[str, str]) -> int:
    """Caps passed, flats given twice, room classes missed, needs unmet: counted from the places alone."""
    held = Counter(
        (home[code].room_class, home[code].building_code, who[receipt].tenure)
        for receipt, code in places.items()
    )
    stock = Counter((one.room_class, one.building_code) for one in home.values())
    asked = Counter((one.room_class, one.tenure) for one in who.values())
    people = Counter(one.room_class for one in who.values())
    over = sum(
        count > -(-(factor * Fraction(asked[room, tenure], people[room]) * stock[room, cell]) // 1)
        for (room, cell, tenure), count in held.items()
        if (factor := limits.factor(tenure)) is not None
    )
    wrong = sum(
        home[code].room_class != who[receipt].room_class
        or (who[receipt].needs_accessible and not home[code].is_accessible)
        for receipt, code in places.items()
    )
    return over + wrong + len(places) - len(set(places.values()))


def flow_of(edges: list[tuple[int, int, int]], nodes: int) -> int:
    """scipy's maximum flow from node 0 to node 1."""
    start, end, capacity = (np.array(column, np.int32) for column in zip(*edges, strict=True))
    graph = csr_array((capacity, (start, end)), shape=(nodes, nodes), dtype=np.int32)
    return int(maximum_flow(graph, 0, 1).flow_value)


def check_rows() -> list[str]:
    from tests.bench.placement_check import time_check

    median_s, worst_s, cpu_s, count = time_check()
    return [
        "",
        f"check of {count:,} flats and {count:,} applicants: median {median_s:.2f} s, worst {worst_s:.2f} s, "
        f"processor {cpu_s:.2f} s (goal {CHECK_TARGET_S:.0f} s)",
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--buildings", type=int, default=200)
    parser.add_argument("--misreports", type=int, default=1_000)
    parser.add_argument("--draws", type=int, default=100)
    return parser.parse_args()


if __name__ == "__main__":
    main()
