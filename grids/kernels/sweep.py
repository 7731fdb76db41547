"""One search for 32 categories: seeds in, a full lane table out.

Up: block after block is cleared, seeded and swept, so that each block is written once while it
is in cache. Then the small rest that joins the blocks, then down through the blocks.
"""

from dataclasses import dataclass

import numpy as np

from grids.kernels.eliminate import PreparedGraph
from grids.kernels.graph import UNREACHED, Int32Array, Uint16Array
from grids.kernels.jit import compiled
from grids.kernels.lanes import LANES, lane_table, pull_row, push_row

HINT_SHIFT = 9  # every 512th rank knows its block, which spares a search per seed


@dataclass(frozen=True, eq=False)
class Seeds:
    """Where walks start: (s,) node ranks, (s,) lanes 0..31, (s,) decimetres already walked."""

    rank: Int32Array
    lane: Int32Array
    walk_dm: Int32Array

    def plus(self, more: "Seeds") -> "Seeds":
        """Both starts together."""
        return Seeds(
            np.concatenate([self.rank, more.rank]),
            np.concatenate([self.lane, more.lane]),
            np.concatenate([self.walk_dm, more.walk_dm]),
        )


def solve(prepared: PreparedGraph, seeds: Seeds, cutoff_dm: int) -> Uint16Array:
    """(n, 32) biased walks by rank from the nearest seed of each lane; see `lanes` for the bias.

    Hand the table back to `prepared.spare_tables` when done: memory that is new to the process
    costs a third of a search.
    """
    try:
        table = prepared.spare_tables.pop()  # one atomic step, so two threads never share a table
    except IndexError:
        table = lane_table(prepared.graph.node_count)
    rank, lane, cell, seed_start = _by_block(
        prepared.block_start, seeds.rank, seeds.lane, seeds.walk_dm, cutoff_dm, bias_dm(cutoff_dm)
    )
    _solve(
        table,
        prepared.up_start,
        prepared.up_node,
        prepared.up_dm,
        prepared.block_start,
        prepared.core_start,
        rank,
        lane,
        cell,
        seed_start,
    )
    return table


def bias_dm(cutoff_dm: int) -> int:
    """What is added to every stored walk, so that walks beyond the cutoff saturate to UNREACHED."""
    return UNREACHED - 1 - cutoff_dm


@compiled
def _by_block(
    block_start: Int32Array,
    rank: Int32Array,
    lane: Int32Array,
    walk_dm: Int32Array,
    cutoff_dm: int,
    bias: int,
) -> tuple[Int32Array, Uint16Array, Uint16Array, Int32Array]:
    """Seeds within the cutoff, grouped by the block of their node; the last group is the rest."""
    block_count = len(block_start) - 1
    last_rank = 0 if len(rank) == 0 else int(rank.max())
    block_at = np.empty((last_rank >> HINT_SHIFT) + 1, np.int32)
    block = 0
    for hint in range(len(block_at)):
        while block < block_count and hint << HINT_SHIFT >= block_start[block + 1]:
            block += 1
        block_at[hint] = block
    block_of = np.full(len(rank), -1, np.int32)
    group_start = np.zeros(block_count + 2, np.int32)
    for i in range(len(rank)):
        if walk_dm[i] <= cutoff_dm:
            block = block_at[rank[i] >> HINT_SHIFT]
            while block < block_count and rank[i] >= block_start[block + 1]:
                block += 1
            block_of[i] = block
            group_start[block + 1] += 1
    for group in range(block_count + 1):
        group_start[group + 1] += group_start[group]
    next_free = group_start[:-1].copy()
    kept = group_start[-1]
    rank_out = np.empty(kept, np.int32)
    lane_out, cell_out = np.empty(kept, np.uint16), np.empty(kept, np.uint16)
    for i in range(len(rank)):
        if block_of[i] >= 0:
            at = next_free[block_of[i]]
            next_free[block_of[i]] += 1
            rank_out[at], lane_out[at], cell_out[at] = rank[i], lane[i], walk_dm[i] + bias
    return rank_out, lane_out, cell_out, group_start


@compiled
def _solve(
    table: Uint16Array,
    up_start: Int32Array,
    up_node: Int32Array,
    up_dm: Uint16Array,
    block_start: Int32Array,
    core_start: int,
    seed_rank: Int32Array,
    seed_lane: Uint16Array,
    seed_cell: Uint16Array,
    seed_start: Int32Array,
) -> None:
    node_count = len(table)
    block_count = len(block_start) - 1
    rest = int(block_start[block_count])
    table[rest:node_count] = UNREACHED
    for block in range(block_count):
        table[block_start[block] : block_start[block + 1]] = UNREACHED
        _sow(table, seed_rank, seed_lane, seed_cell, seed_start[block], seed_start[block + 1])
        _sweep_up(table, up_start, up_node, up_dm, block_start[block], block_start[block + 1])
    _sow(table, seed_rank, seed_lane, seed_cell, seed_start[block_count], seed_start[block_count + 1])
    _sweep_up(table, up_start, up_node, up_dm, rest, core_start)
    if core_start < node_count:
        _settle_core(table, up_start, up_node, up_dm, core_start)
    _sweep_down(table, up_start, up_node, up_dm, rest, core_start)
    for block in range(block_count):
        _sweep_down(table, up_start, up_node, up_dm, block_start[block], block_start[block + 1])


@compiled
def _sow(
    table: Uint16Array, rank: Int32Array, lane: Uint16Array, cell: Uint16Array, first: int, end: int
) -> None:
    for i in range(first, end):
        if cell[i] < table[rank[i], lane[i]]:
            table[rank[i], lane[i]] = cell[i]


@compiled
def _sweep_up(
    table: Uint16Array, up_start: Int32Array, up_node: Int32Array, up_dm: Uint16Array, first: int, end: int
) -> None:
    """Carry walks from each eliminated node to the nodes it was eliminated into, in rank order."""
    for row in range(first, end):
        push_row(table, row, up_node, up_dm, np.int64(up_start[row]), np.int64(up_start[row + 1]))


@compiled
def _sweep_down(
    table: Uint16Array, up_start: Int32Array, up_node: Int32Array, up_dm: Uint16Array, first: int, end: int
) -> None:
    """Bring final walks back down, in reverse rank order."""
    for row in range(end - 1, first - 1, -1):
        pull_row(table, row, up_node, up_dm, np.int64(up_start[row]), np.int64(up_start[row + 1]))


@compiled
def _settle_core(
    table: Uint16Array, up_start: Int32Array, up_node: Int32Array, up_dm: Uint16Array, core_start: int
) -> None:
    """Repeat over the nodes that were too entangled to eliminate until nothing gets shorter."""
    has_changed = True
    while has_changed:
        has_changed = False
        for row in range(core_start, len(table)):
            for link in range(up_start[row], up_start[row + 1]):
                other = up_node[link]
                for lane in range(LANES):
                    offer = min(np.int64(UNREACHED), np.int64(table[other, lane]) + np.int64(up_dm[link]))
                    if offer < table[row, lane]:
                        table[row, lane] = offer
                        has_changed = True
