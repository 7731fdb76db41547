"""`./dev bench placement`: a draw for a city, what caps cost, and what the draw promises.

    python -m tests.bench.placement [--people 50000] [--buildings 200] [--seed 1] [--misreports 1000]
                                    [--draws 100] [--cities 1000]

Places are found by the product's own functions. What they are held against is not: linear programs (HiGHS
through `linprog`) over all flats at once for who can be housed, scipy's maximum flow over every single list
for the augmenting draw. The check is timed in the bench's database and undone. Ends with 1 where a promise
is broken; slowness is printed beside its goal and breaks none.
"""

import argparse
import sys
from fractions import Fraction
from time import perf_counter, process_time
from typing import Any

import numpy as np

from tests.bench.coverage import use_own_database
from tests.bench.placement_oracles import broken_caps, possible_places

TARGET_S, CHECK_TARGET_S = 5.0, 1.0
FACTORS = (None, "2.5", "1.5", "1.25", "1.1", "1")


def main() -> None:
    options = _options()
    use_own_database()
    from tests.bench.placement_promises import augmenting_equals_optimum, misreports_gain_nothing
    from tests.bench.placement_small import faults_of

    begun = options.seed
    rows, faults = city_rows(options.people, options.buildings, begun)
    print("\n".join(rows), flush=True)
    equal = augmenting_equals_optimum(options.draws, begun)
    print(f"\naugmenting draw equals the capped optimum: {equal} of {options.draws} draws", flush=True)
    gains, tried = misreports_gain_nothing(options.misreports, begun)
    print(f"misreports in the plain draw: {tried} tried, {gains} gained", flush=True)
    told = [f"city {seed}: {one}" for seed in range(begun, begun + options.cities) for one in faults_of(seed)]
    print(
        "\n".join([f"small cities against plans over all flats: {options.cities}, faults {len(told)}", *told])
    )
    print("\n".join(check_rows()), flush=True)
    broken = [*faults, *told]
    broken += ["the augmenting draw misses the optimum"] * (equal < options.draws)
    broken += ["a misreport gained"] * (gains > 0)
    if broken:
        sys.exit("Promises broken:\n" + "\n".join(broken))


def city_rows(people: int, buildings: int, number: int) -> tuple[list[str], list[str]]:
    """One row a cap level and draw, and the promises that it breaks."""
    from grids.placement.rules import Limits
    from grids.placement.trial import augmented_places, inputs_text, serial_places, trial_seed
    from tests.bench.placement_city import TENURES, city

    warm = city(400, 10)
    for run in (serial_places, augmented_places):
        run(*warm, Limits(), b"warm" * 8)
    flats, applicants = city(people, buildings, number)
    seed = trial_seed(inputs_text(flats, applicants))
    rows = [
        f"{people:,} households, {people:,} flats, {buildings} buildings, 4 tenures, 4 room classes, "
        f"accessible flats kept back, two priority classes; city {number}",
        "",
        "| rule | time | processor | housed | possible | caps broken "
        "| first choice | listed | choice lost | W | R* |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    faults: list[str] = []
    lottery: dict[str, str] = {}
    slow, slow_cpu = 0, 0
    for factor in FACTORS:
        limits = Limits("building", dict.fromkeys(TENURES, Fraction(factor)) if factor else None)
        possible = possible_places(flats, applicants, limits)
        for name, run in (("in turn", serial_places), ("augmenting", augmented_places)):
            begun, begun_cpu = perf_counter(), process_time()
            places = run(flats, applicants, limits, seed)
            took_s, cpu_s = perf_counter() - begun, process_time() - begun_cpu
            lottery = lottery or places
            rule = f"{f'caps {factor}×' if factor else 'no cap'}, {name}"
            broken = broken_caps(
                {one.code: one for one in flats}, {one.receipt: one for one in applicants}, limits, places
            )
            facts = (
                f"{len(places):,} | {possible:,} | {broken} | {_figures(flats, applicants, places, lottery)}"
            )
            rows.append(f"| {rule} | {took_s:.2f} s | {cpu_s:.2f} s | {facts} |")
            slow, slow_cpu = slow + (took_s > TARGET_S), slow_cpu + (cpu_s > TARGET_S)
            faults += [f"{rule}: {len(places)} housed of {possible}"] * (len(places) != possible)
            faults += [f"{rule}: {broken} caps broken"] * (broken > 0)
    told = f"draws above {TARGET_S:.0f} s: {slow} of {2 * len(FACTORS)}, of processor time: {slow_cpu}"
    return [*rows, "", told], faults


def _figures(flats: Any, applicants: Any, places: dict[str, str], lottery: dict[str, str]) -> str:
    from grids.kernels.diversity import mix_of_areas
    from grids.placement.choice_cost import choice_findings

    home, who = {one.code: one for one in flats}, {one.receipt: one for one in applicants}
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
        f"{choice['first']:.3f} | {listed:.4f} "
        f"| {choice['lost_vs_lottery']:.1%} | {mix.w[0]:.3f} | {mix.r_star[0]:.3f}"
    )


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
    parser.add_argument("--seed", type=int, default=1, help="another city, other draws, other lies")
    parser.add_argument("--cities", type=int, default=1_000, help="small ones")
    parser.add_argument("--misreports", type=int, default=1_000)
    parser.add_argument("--draws", type=int, default=100)
    return parser.parse_args()


if __name__ == "__main__":
    main()
