"""One byte a building, gzipped: how files that recolour a map are made, kept and struck out for a reader."""

import gzip
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_core.errors import NotFound
from grids.scoping import BoolArray

Bytes = NDArray[np.uint8]
MOST_DWELLINGS = 65535  # of a building, in two bytes


class NoSuchValues(NotFound):
    code = "no_such_values"


def packed(array: NDArray[Any]) -> bytes:
    return gzip.compress(array.tobytes(), 5, mtime=0)


def kept_file(path: Path, make: Callable[[], Bytes]) -> bytes:
    """The gzipped file at the path, made on first request."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        made = packed(make())
    _write_whole(path, made)
    return made


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as file:
        file.write(content)
    os.replace(file.name, path)


def struck_out(whole: bytes, mask: BoolArray, byte: int) -> bytes:
    """The gzipped file with `byte` for every building outside the mask."""
    if mask.all():
        return whole
    found = np.frombuffer(gzip.decompress(whole), np.uint8).copy()
    found[~mask] = byte
    return packed(found)


def dwelling_counts(dwellings: NDArray[Any]) -> NDArray[np.uint16]:
    return np.minimum(dwellings, MOST_DWELLINGS).astype("<u2")
