"""How often the interval holds the truth, and how far R* is off on average: simulation from a seed.

A town is drawn once (its groups keep together as a Dirichlet says) and stays as it is; every household
then answers by itself with the response rate, again and again, or the same share of every building is
asked. The truth is the W and R* of the whole town. Three towns: apart, somewhat mixed, and placed at
random, where R* is about 0. Areas of fewer than twenty buildings are printed and not judged: there the
interval may be too wide, holding up to 99 %.
"""

import sys
from collections.abc import Iterator
from time import perf_counter

import numpy as np

from grids.kernels.diversity import mix_of_areas
from grids.kernels.mix_intervals import interval_of_w

SIZES = (6, 12, 24, 48, 96, 300)
RATES = (0.15, 0.3, 0.6, 0.9)
SHARES = np.array([0.5, 0.25, 0.15, 0.1])
TOWNS = {"apart": 2.0, "somewhat mixed": 8.0, "at random": 1e7}
COMMUNITY, GRID = 12_000, 2_400  # households
BIAS, LOW, HIGH = 0.001, 0.93, 0.97
JUDGED_BUILDINGS = 20
CELLS_AT_ONCE = 400_000  # buildings × patterns of one call


def drawn_town(rng: np.random.Generator, sizes: np.ndarray, together: float) -> np.ndarray:
    return rng.multinomial(sizes, rng.dirichlet(SHARES * together, len(sizes)))


def sizes_of(rng: np.random.Generator, size: int | str, households: int) -> np.ndarray:
    """Buildings of one size, or of all sizes with as many households in each."""
    if isinstance(size, int):
        return np.full(households // size, size)
    return np.concatenate([np.full(max(households // len(SIZES) // one, 1), one) for one in SIZES])


def answered(
    rng: np.random.Generator, town: np.ndarray, rate: float, patterns: int, same_share: bool
) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    """Answers of many patterns below one another, the pattern of each row, how many patterns."""
    at_once = max(CELLS_AT_ONCE // len(town), 1)
    for begin in range(0, patterns, at_once):
        count = min(at_once, patterns - begin)
        towns = np.tile(town, (count, 1))
        answers = _same_share(rng, towns, rate) if same_share else rng.binomial(towns, rate)
        yield answers, np.repeat(np.arange(count), len(town)), count


def _same_share(rng: np.random.Generator, towns: np.ndarray, rate: float) -> np.ndarray:
    """The same share of every building, rounded up or down by chance, drawn without replacement."""
    rest = towns.sum(axis=1)
    left = np.floor(rest * rate + rng.random(len(towns))).astype(np.int64)
    answers = np.zeros_like(towns)
    for group, members in enumerate(towns.T):
        answers[:, group] = rng.hypergeometric(members, rest - members, left)
        left, rest = left - answers[:, group], rest - members
    return answers


def cell(
    rng: np.random.Generator, town: np.ndarray, rate: float, patterns: int, same_share: bool
) -> tuple[float, float, float, float]:
    """Share of intervals that hold W and R*, mean error of R*, and its standard error."""
    truth = mix_of_areas(town, np.zeros(len(town), np.int64), 1)
    w, r_star, sizes = truth.w[0], truth.r_star[0], town.sum(axis=1)
    holds_w = holds_r = 0
    errors = []
    for answers, pattern, count in answered(rng, town, rate, patterns, same_share):
        met = interval_of_w(answers, np.tile(sizes, count), pattern, count)
        holds_w += int(((met.w_low <= w) & (w <= met.w_high)).sum())
        holds_r += int(((met.r_star_low <= r_star) & (r_star <= met.r_star_high)).sum())
        errors.append(met.r_star - r_star)
    error = np.concatenate(errors)
    return holds_w / patterns, holds_r / patterns, float(error.mean()), float(error.std() / np.sqrt(patterns))


def placed_at_random(rng: np.random.Generator, size: int, patterns: int) -> tuple[float, float]:
    """Mean R* and D when all are counted and nobody chose: residents dealt to buildings at random."""
    buildings = GRID // size
    met = []
    groups = np.repeat(np.arange(4), (SHARES * buildings * size).astype(int) + np.array([1, 0, 0, 0]))[
        : buildings * size
    ]
    for _ in range(max(patterns // 40, 1)):
        dealt = rng.permuted(np.tile(groups, (40, 1)), axis=1).reshape(40 * buildings, size)
        counts = (dealt[:, :, None] == np.arange(4)).sum(axis=1)
        met.append(mix_of_areas(counts, np.repeat(np.arange(40), buildings), 40))
    return float(np.mean([mix.r_star for mix in met])), float(np.mean([mix.d for mix in met]))


def main(seed: int, patterns: int) -> int:
    """Print the tables; 1 when a goal is missed."""
    begun, rng, missed = perf_counter(), np.random.default_rng(seed), []
    print(f"Everybody counted, placed at random (seed {seed}): mean R*, and D for comparison")
    print("| residents a building | " + " | ".join(map(str, SIZES)) + " |")
    print("|---" * (len(SIZES) + 1) + "|")
    dealt = [placed_at_random(rng, size, patterns) for size in SIZES]
    print("| R* | " + " | ".join(f"{r_star:+.4f}" for r_star, _ in dealt) + " |")
    print("| D | " + " | ".join(f"{d:.3f}" for _, d in dealt) + " |\n", flush=True)
    missed += [
        f"R* {met[0]:+.4f} at size {size}"
        for size, met in zip(SIZES, dealt, strict=True)
        if abs(met[0]) >= BIAS
    ]
    for households, same_share in ((COMMUNITY, False), (GRID, False), (GRID, True)):
        missed += _table(rng, households, patterns, same_share)
    print(
        f"{perf_counter() - begun:.0f} s. "
        + ("Missed: " + "; ".join(missed) if missed else "Everything holds.")
    )
    return 1 if missed else 0


def _table(rng: np.random.Generator, households: int, patterns: int, same_share: bool) -> list[str]:
    missed = []
    asked = "the same share of every building asked" if same_share else "every household by itself"
    print(f"{households:,} households, {patterns:,} patterns a cell, {asked}: holds W / R*, error of R*")
    print("| town | size | R* | " + " | ".join(f"{rate:.0%} answer" for rate in RATES) + " |")
    print("|---" * (len(RATES) + 3) + "|")
    for name, together in TOWNS.items():
        for size in (*SIZES[2 if same_share else 0 :], "mixed"):  # a share of six is one answer
            town = drawn_town(rng, sizes_of(rng, size, households), together)
            r_star = mix_of_areas(town, np.zeros(len(town), np.int64), 1).r_star[0]
            cells = []
            for rate in RATES:
                holds_w, holds_r, error, spread = cell(rng, town, rate, patterns, same_share)
                cells.append(f"{holds_w:.1%} / {holds_r:.1%} {error:+.4f}")
                label = f"{name}, {size}, {households:,} households, {rate:.0%}"
                if len(town) < JUDGED_BUILDINGS:
                    continue
                if not LOW <= holds_w <= HIGH or not LOW <= holds_r <= HIGH:
                    missed.append(f"{label}: {holds_w:.1%} / {holds_r:.1%}")
                if households == COMMUNITY and abs(error) >= BIAS + 3 * spread:
                    missed.append(f"{label}: error {error:+.4f}")
            print(f"| {name} | {size} | {r_star:.3f} | " + " | ".join(cells) + " |", flush=True)
    print()
    return missed


if __name__ == "__main__":
    sys.exit(main(1, 2000))
