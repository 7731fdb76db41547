"""Shares per area: of the buildings, dwellings and residents of an area, how many a category reaches.

Counts, not percentages, are kept, so that streets are the sums of their communities and a grid's
figure can be checked by hand. Buildings of which a mode knows nothing are in no count.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grids.arrays import grid_numbers
from grids.coverage.residents import EVERYONE
from grids.coverage.run_files import TIME, modes, speed_of
from grids.coverage.scores import covered_count, shall_rows, thresholds_dm
from grids.coverage.walking import Answer
from grids.kernels.graph import UNREACHED
from grids.kernels.shares import covered_weights
from grids.models import CoverageRun
from grids.profiles import reach_dm

Float = NDArray[np.float64]
Int = NDArray[np.int64]

BUILDINGS, DWELLINGS, RESIDENTS = 0, 1, 2
LEVEL_DIGITS = {"county": 6, "street": 9, "community": 12}


@dataclass(frozen=True)
class ShareTable:
    """One level in one mode. Last axis: buildings, dwellings, residents.

    `group_total`, `group_covered` (areas, K): residents of the category's demand group, NaN unknown.
    `whole_total`, `whole_covered` (areas, 3): with a known score; with every *shall* category.
    `score` (areas,): mean by residents, by buildings where nobody lives; NaN unknown.
    """

    level: str
    mode: str
    codes: list[str]
    total: Float
    covered: Float
    group_total: Float
    group_covered: Float
    whole_total: Float
    whole_covered: Float
    score: Float
    missing: list[list[str]]


def share_tables(run: CoverageRun, answer: Answer) -> Iterator[ShareTable]:
    """All levels in all modes."""
    plan_grids = grid_numbers(run.plan, run.stock, answer.arrays.building_count)
    grid_codes = list(run.plan.grids.order_by("number").values_list("code", flat=True)) if run.plan else []
    communities = answer.town.stock.community_codes.tolist()
    for mode in modes(run.inputs["profiles"]):
        sums = _Sums(run, answer, mode)
        yield from _up_from_communities(run, sums, communities)
        yield sums.table("grid", grid_codes, sums.of(plan_grids, len(grid_codes)))


def mode_thresholds_dm(run: CoverageRun, mode: str) -> Int:
    """(K,) the longest walk that counts as covered in a mode."""
    if not mode.startswith(TIME):
        return thresholds_dm(run)
    metres_a_minute = speed_of(mode, run.inputs["profiles"])
    pinned = run.inputs["categories"]
    return np.array(
        [reach_dm(metres_a_minute, pinned[code]["threshold_min"]) for code in run.categories], np.int64
    )


@dataclass(frozen=True)
class _Totals:
    """Sums over areas that may be added up again."""

    total: Float
    covered: Float
    group_total: Float
    group_covered: Float
    whole_total: Float
    whole_covered: Float
    score_total: Float  # (areas, 3) score x weight

    def regrouped(self, group: NDArray[np.intp], count: int) -> "_Totals":
        def added(values: Float) -> Float:
            out = np.zeros((count, *values.shape[1:]))
            np.add.at(out, group, values)
            return out

        names = self.__dataclass_fields__
        return _Totals(*(added(getattr(self, name)) for name in names))


class _Sums:
    """What one mode needs once for all levels."""

    def __init__(self, run: CoverageRun, answer: Answer, mode: str) -> None:
        profiles = run.inputs["profiles"]
        self.run, self.mode, self.answer = run, mode, answer
        self.walk_dm = answer.arrays.distances(mode, profiles)
        self.threshold_dm = np.minimum(mode_thresholds_dm(run, mode), UNREACHED - 1)
        self.is_known = answer.arrays.known(mode, profiles)
        stock = answer.town.stock
        self.weights = np.stack(
            [
                np.ones(len(stock)),
                stock.dwellings.astype(np.float64),
                answer.residents.count.astype(np.float64),
            ]
        )
        self.shall = shall_rows(run, answer.facility_count)
        self.covered_shall = covered_count(self.walk_dm, self.threshold_dm, self.shall)

    def of(self, area: NDArray[np.int32], count: int) -> _Totals:
        index = np.where(self.is_known, area, -1).astype(np.int32)
        sums = covered_weights(self.walk_dm, self.threshold_dm, self.weights, index, area_count=count)
        group_total, group_covered = self._groups(index, count, sums.total, sums.covered)
        counted = index >= 0
        weights, place = self.weights[:, counted], index[counted]
        if len(self.shall):
            is_whole = self.covered_shall[counted] == len(self.shall)
            score = self.covered_shall[counted] / len(self.shall)
            whole_total = sums.total.copy()
        else:
            is_whole, score = np.zeros(len(place), bool), np.zeros(len(place))
            whole_total = np.zeros_like(sums.total)
        return _Totals(
            sums.total,
            sums.covered,
            group_total,
            group_covered,
            whole_total,
            _per_area(place, weights * is_whole, count),
            _per_area(place, weights * score, count),
        )

    def _groups(
        self, index: NDArray[np.int32], count: int, total: Float, covered: Float
    ) -> tuple[Float, Float]:
        """Residents of each category's demand group; everyone, or NaN where no share is published."""
        wanted = [self.run.inputs["categories"][code]["demand_group"] for code in self.run.categories]
        group_total = np.full((count, len(wanted)), np.nan)
        group_covered = np.full((count, len(wanted)), np.nan)
        for group in set(wanted):
            rows = [i for i, name in enumerate(wanted) if name == group]
            if group == EVERYONE:
                group_total[:, rows] = total[:, RESIDENTS, None]
                group_covered[:, rows] = covered[:, rows, RESIDENTS]
            elif group in self.answer.residents.groups:
                persons = self.answer.residents.groups[group]
                sums = covered_weights(
                    self.walk_dm[rows], self.threshold_dm[rows], persons, index, area_count=count
                )
                group_total[:, rows] = sums.total
                group_covered[:, rows] = sums.covered[:, :, 0]
        return group_total, group_covered

    def table(self, level: str, codes: list[str], sums: _Totals) -> ShareTable:
        weight = np.where(sums.whole_total[:, RESIDENTS] > 0, RESIDENTS, BUILDINGS)
        row = np.arange(len(codes))
        whole, scored = sums.whole_total[row, weight], sums.score_total[row, weight]
        score = np.where(whole > 0, scored / np.where(whole > 0, whole, 1), np.nan)
        return ShareTable(
            level,
            self.mode,
            codes,
            sums.total,
            sums.covered,
            sums.group_total,
            sums.group_covered,
            sums.whole_total,
            sums.whole_covered,
            score,
            self._missing(sums, weight),
        )

    def _missing(self, sums: _Totals, weight: NDArray[np.intp]) -> list[list[str]]:
        """Per area the *shall* categories that reach less than half of its residents."""
        row = np.arange(len(weight))
        total = sums.total[row, weight]
        covered = sums.covered[row[:, None], self.shall[None, :], weight[:, None]]
        lacking = (covered < 0.5 * total[:, None]) & (total > 0)[:, None]
        codes = np.array(self.run.categories)[self.shall]
        return [codes[lacks].tolist() for lacks in lacking]


def _up_from_communities(run: CoverageRun, sums: _Sums, communities: list[str]) -> Iterator[ShareTable]:
    """Communities from the buildings, everything above by adding up."""
    base = sums.of(sums.answer.town.stock.community, len(communities))
    town = base.regrouped(np.zeros(len(communities), np.intp), 1)
    yield sums.table("town", [run.town.root_code], town)
    for level, digits in LEVEL_DIGITS.items():
        placed: Mapping[str, int] = {
            code: i for i, code in enumerate(sorted({code[:digits] for code in communities if code}))
        }
        member = np.array([i for i, code in enumerate(communities) if code], np.intp)
        group = np.array([placed[communities[i][:digits]] for i in member], np.intp)
        part = _Totals(*(getattr(base, name)[member] for name in base.__dataclass_fields__))
        yield sums.table(level, list(placed), part.regrouped(group, len(placed)))


def _per_area(place: NDArray[np.int32], weights: Float, count: int) -> Float:
    """(areas, 3) sums of (3, b) weights."""
    return np.stack([np.bincount(place, row, minlength=count) for row in weights], axis=1)
