"""A binary heap in a plain int64 array: keys are `walk_dm << 32 | number`, so ties go to the lower number."""

import numpy as np
from numpy.typing import NDArray

from grids.kernels.jit import compiled

Heap = NDArray[np.int64]


@compiled
def push(heap: Heap, size: int, key: int) -> tuple[Heap, int]:
    """Add a key; returns the heap (a larger copy when it was full) and its new size."""
    if size == len(heap):
        larger = np.empty(2 * size, np.int64)
        larger[:size] = heap
        heap = larger
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if heap[parent] <= key:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = key
    return heap, size + 1


@compiled
def pop(heap: Heap, size: int) -> tuple[int, int]:
    """Remove the least key; returns it and the heap's new size."""
    least = heap[0]
    size -= 1
    key = heap[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = key
    return least, size
