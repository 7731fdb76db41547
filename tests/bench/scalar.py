"""The bare scalar opponents: what a careful programmer writes in compiled code, one category at a time.

Distances only, no labels, no doors, arrays reused between categories. They are as fast as we
could make them; the bench compares with the faster of the two.
"""

import numpy as np
from numpy.typing import NDArray

from grids.kernels.heap import pop, push
from grids.kernels.jit import compiled, grown

Int32Array = NDArray[np.int32]

FAR = 2**31 - 1
BUCKET_SHIFT = 8  # 25.6 m


@compiled
def bucket_walks(
    indptr: Int32Array,
    indices: Int32Array,
    length_dm: Int32Array,
    starts: Int32Array,
    cutoff_dm: int,
    walk_dm: Int32Array,
) -> None:
    """(n,) walks from the nearest start by label correction over buckets, FAR beyond the cutoff."""
    walk_dm[:] = FAR
    head = np.full((cutoff_dm >> BUCKET_SHIFT) + 1, -1, np.int32)
    entry_node = np.empty(len(starts) + 1024, np.int32)
    entry_dm, entry_next = np.empty_like(entry_node), np.empty_like(entry_node)
    used, free = 0, -1
    for start in starts:
        if walk_dm[start] != 0:
            walk_dm[start] = 0
            entry_node[used], entry_dm[used], entry_next[used] = start, 0, head[0]
            head[0] = used
            used += 1
    for bucket in range(len(head)):
        while head[bucket] >= 0:
            entry = head[bucket]
            node, here_dm = entry_node[entry], entry_dm[entry]
            head[bucket] = entry_next[entry]
            entry_next[entry] = free
            free = entry
            if here_dm != walk_dm[node]:
                continue
            for i in range(indptr[node], indptr[node + 1]):
                there_dm = here_dm + length_dm[i]
                if there_dm < walk_dm[indices[i]] and there_dm <= cutoff_dm:
                    walk_dm[indices[i]] = there_dm
                    if free >= 0:
                        slot = free
                        free = entry_next[free]
                    else:
                        slot = used
                        used += 1
                        if used > len(entry_node):
                            entry_node, entry_dm = grown(entry_node, used), grown(entry_dm, used)
                            entry_next = grown(entry_next, used)
                    later = there_dm >> BUCKET_SHIFT
                    entry_node[slot], entry_dm[slot], entry_next[slot] = indices[i], there_dm, head[later]
                    head[later] = slot


@compiled
def heap_walks(
    indptr: Int32Array,
    indices: Int32Array,
    length_dm: Int32Array,
    starts: Int32Array,
    cutoff_dm: int,
    walk_dm: Int32Array,
) -> None:
    """(n,) walks from the nearest start with a binary heap, FAR beyond the cutoff."""
    walk_dm[:] = FAR
    heap, size = np.empty(2 * len(starts) + 1024, np.int64), 0
    for start in starts:
        if walk_dm[start] != 0:
            walk_dm[start] = 0
            heap, size = push(heap, size, int(start))
    while size:
        key, size = pop(heap, size)
        here_dm, node = key >> 32, key & 0xFFFFFFFF
        if here_dm != walk_dm[node]:
            continue
        for i in range(indptr[node], indptr[node + 1]):
            there_dm = here_dm + length_dm[i]
            if there_dm < walk_dm[indices[i]] and there_dm <= cutoff_dm:
                walk_dm[indices[i]] = there_dm
                heap, size = push(heap, size, there_dm << 32 | int(indices[i]))
