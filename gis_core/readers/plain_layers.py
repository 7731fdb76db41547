"""One layer of a vector file as plain lists, before its coordinates are judged."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Layer:
    name: str
    columns: list[str]
    values: list[list[Any]]  # a list for every row
    geometries: list[Any]  # shapely geometries in the file's own coordinates; None where there is none
    crs: str | None  # as the file states it


@dataclass(frozen=True)
class VectorLayer:
    """What can be said of a layer without reading it."""

    name: str
    geometry_type: str
    row_count: int
    columns: list[str]
    crs: str | None
