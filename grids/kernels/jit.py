"""The one place that compiles: a typed wrapper around numba, so that all other files stay checkable."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent


def _cache_folder(base: str) -> str:
    """A folder for this state of the kernels' source, under `base` or beside the source.

    numba compiles a function again when the file that it stands in changes, but not when one that
    it calls changes in another file: after an update it would go on running the old one. Hence the
    folder's name. Without a place to write, numba keeps its own choice.
    """
    if not base and not os.access(HERE, os.W_OK):
        return base
    source = sha256(b"".join(path.read_bytes() for path in sorted(HERE.glob("*.py")))).hexdigest()
    return str((Path(base) if base else HERE / "__pycache__") / f"kernels-{source[:12]}")


settings: Any = numba.config
settings.CACHE_DIR = _cache_folder(settings.CACHE_DIR)  # before the first function is compiled

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function of arrays and numbers to machine code on first call, and keep it on disk.

    The interpreter lock is released while it runs. NUMBA_CACHE_DIR chooses the place on disk.
    """
    wrapped: Any = numba.njit(cache=True, nogil=True)(function)
    return cast(Function, wrapped)


@compiled
def grown(array: NDArray[Any], needed: int) -> Any:
    """A copy with room for twice `needed` values; the old ones come first."""
    bigger = np.empty(2 * needed, array.dtype)
    bigger[: len(array)] = array
    return bigger
