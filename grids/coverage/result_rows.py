"""A run's answer into its tables, by binary COPY: half a million rows of 246 numbers in seconds."""

import struct
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grids.copying import array_field, copy_in, row_of
from grids.coverage.area_shares import BUILDINGS, DWELLINGS, RESIDENTS, ShareTable
from grids.coverage.run_files import RunArrays
from grids.coverage.street_snaps import RESOLVED_BY
from grids.models import AreaShare, BuildingWalk, CoverageRun

FAR_SMALL = 32767
"""In smallint columns: what UNREACHED is in the files."""

ROWS_A_CHUNK = 8192
VARCHAR_OID = 1043
NO_WALKS = np.array([0, 0, 21], ">i4").tobytes()  # an empty smallint array

Bool = NDArray[np.bool_]

WALK_COLUMNS = (
    "run_id, number, edge, offset_dm, access_dm, resolved_by, walk_dm, step_free_dm, straight_dm, score"
)
SHARE_COLUMNS = (
    "run_id, level, mode, code, building_count, dwelling_count, resident_count, buildings_covered,"
    " dwellings_covered, residents_covered, groups, groups_covered, building_whole, dwelling_whole,"
    " resident_whole, score, missing"
)


def write_walks(run: CoverageRun, found: RunArrays) -> None:
    copy_in(BuildingWalk._meta.db_table, WALK_COLUMNS, _walk_chunks(run.pk, found))


def write_shares(run: CoverageRun, tables: Iterable[ShareTable], has_data: Bool) -> None:
    """Write the share rows; categories without data are null in every array."""
    chunks = (chunk for table in tables for chunk in _share_rows(run, table, has_data))
    copy_in(AreaShare._meta.db_table, SHARE_COLUMNS, chunks)


# --- Buildings --------------------------------------------------------------------------


def _walk_chunks(run_id: uuid.UUID, found: RunArrays) -> Iterator[bytes]:
    """Rows in the buildings' order as far as their layout is the same: few layouts, long stretches."""
    has_walk, has_step_free = found.edge >= 0, found.step_free_edge >= 0
    has_score = ~np.isnan(found.score)
    layout = (has_walk * 4 + has_step_free * 2 + has_score) * 16 + found.resolved_by
    for one in np.unique(layout):
        numbers = np.flatnonzero(layout == one)
        for begin in range(0, len(numbers), ROWS_A_CHUNK):
            yield _walk_rows(run_id, found, numbers[begin : begin + ROWS_A_CHUNK], int(one))


def _walk_rows(run_id: uuid.UUID, found: RunArrays, numbers: NDArray[np.intp], layout: int) -> bytes:
    flags, how = divmod(layout, 16)
    walks = [
        (found.walk_dm, flags & 4),
        (found.step_free_dm, flags & 2),
        (found.straight_dm, True),
    ]
    fields: list[Any] = [
        run_id.bytes,
        numbers.astype(">i4"),
        found.edge[numbers].astype(">i4"),
        found.offset_dm[numbers].astype(">i4"),
        found.access_dm[numbers].astype(">i4"),
        RESOLVED_BY[how].encode(),
        *(_walk_arrays(table[:, numbers]) if known else NO_WALKS for table, known in walks),
        found.score[numbers].astype(">f8") if flags & 1 else None,
    ]
    return row_of(fields, len(numbers))


def _walk_arrays(walk_dm: NDArray[np.uint16]) -> NDArray[Any]:
    return array_field(np.minimum(walk_dm, FAR_SMALL).T, np.zeros(len(walk_dm), bool), ">i2")


# --- Areas ------------------------------------------------------------------------------


def _share_rows(run: CoverageRun, table: ShareTable, has_data: Bool) -> Iterator[bytes]:
    """One row per area; areas whose rows have the same layout go together, but for the last field."""
    no_data = np.broadcast_to(~has_data, table.covered.shape[:2])
    no_group = no_data | np.isnan(table.group_total)
    no_score = np.isnan(table.score)
    code_length = np.array([len(code) for code in table.codes])
    layout = np.column_stack([no_group, no_score, code_length]).astype(np.uint8)
    alike: dict[bytes, list[int]] = {}
    for area, row in enumerate(layout):
        alike.setdefault(row.tobytes(), []).append(area)
    words = {code: _text(code) for code in run.categories}
    for listed in alike.values():
        areas, first = np.array(listed), listed[0]
        total, covered, whole = table.total[areas], table.covered[areas], table.whole_covered[areas]
        fields: list[Any] = [
            run.pk.bytes,
            table.level.encode(),
            table.mode.encode(),
            np.array([table.codes[i] for i in areas], "S"),
            total[:, BUILDINGS].astype(">i4"),
            total[:, DWELLINGS].astype(">i4"),
            total[:, RESIDENTS].astype(">f8"),
            array_field(covered[:, :, BUILDINGS], no_data[first], ">i4"),
            array_field(covered[:, :, DWELLINGS], no_data[first], ">i4"),
            array_field(covered[:, :, RESIDENTS], no_data[first], ">f8"),
            array_field(table.group_total[areas], no_group[first], ">f8"),
            array_field(table.group_covered[areas], no_group[first], ">f8"),
            whole[:, BUILDINGS].astype(">i4"),
            whole[:, DWELLINGS].astype(">i4"),
            whole[:, RESIDENTS].astype(">f8"),
            None if no_score[first] else table.score[areas].astype(">f8"),
        ]
        yield row_of(fields, len(areas), last=[_texts([words[c] for c in table.missing[i]]) for i in listed])


def _text(word: str) -> bytes:
    """One element of an array: its length, then its bytes."""
    encoded = word.encode()
    return len(encoded).to_bytes(4, "big") + encoded


def _texts(elements: list[bytes]) -> bytes:
    """A PostgreSQL array of varchar: dimensions, nulls, type, then size and first number when not empty."""
    if not elements:
        return struct.pack(">iii", 0, 0, VARCHAR_OID)
    return struct.pack(">iiiii", 1, 0, VARCHAR_OID, len(elements), 1) + b"".join(elements)
