"""The one place that compiles: a typed wrapper around numba, so that all other files stay checkable."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function of arrays and numbers to machine code on first call, and keep it on disk.

    The interpreter lock is released while it runs. Where numba puts the disk cache is the
    caller's choice (NUMBA_CACHE_DIR).
    """
    wrapped: Any = numba.njit(cache=True, nogil=True)(function)
    return cast(Function, wrapped)


@compiled
def grown(array: NDArray[Any], needed: int) -> Any:
    """A copy with room for twice `needed` values; the old ones come first."""
    bigger = np.empty(2 * needed, array.dtype)
    bigger[: len(array)] = array
    return bigger
