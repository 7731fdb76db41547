"""The one place that compiles: a typed wrapper around numba, so that every other file stays checkable by mypy."""

from collections.abc import Callable
from typing import Any, TypeVar

import numba  # type: ignore[import-untyped,unused-ignore]

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function of arrays and numbers to machine code on first call, and keep it on disk.

    The interpreter lock is released while it runs. Where numba puts the disk cache is the
    caller's choice (NUMBA_CACHE_DIR).
    """
    wrapped: Function = numba.njit(cache=True, nogil=True)(function)
    return wrapped
