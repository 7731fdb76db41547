"""A run's answer into its tables, by binary COPY: half a million rows of 246 numbers in seconds."""

import struct
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grids.area_shares import BUILDINGS, DWELLINGS, RESIDENTS, ShareTable
from grids.copying import copy_in, encoded_row, row_of
from grids.models import AreaShare, BuildingWalk, CoverageRun
from grids.run_files import RunArrays
from grids.street_snaps import RESOLVED_BY

FAR_SMALL = 32767
"""In smallint columns: what UNREACHED is in the files."""

ROWS_A_CHUNK = 8192
INT2_ARRAY = [("dimensions", ">i4"), ("has_null", ">i4"), ("type", ">i4"), ("size", ">i4"), ("first", ">i4")]
INT2_OID, VARCHAR_OID = 21, 1043
NO_ARRAY = np.array([0, 0, INT2_OID], ">i4").tobytes()
NO_TEXTS = np.array([0, 0, VARCHAR_OID], ">i4").tobytes()

WALK_COLUMNS = (
    "run_id, number, edge, offset_dm, access_dm, resolved_by, walk_dm, step_free_dm, straight_dm, score"
)
SHARE_COLUMNS = (
    "run_id, level, mode, category, code, building_count, building_covered, dwelling_count, dwelling_covered,"
    " resident_count, resident_covered, group_count, group_covered, score, missing"
)


def write_walks(run: CoverageRun, found: RunArrays) -> None:
    copy_in(BuildingWalk._meta.db_table, WALK_COLUMNS, _walk_chunks(run.pk, found))


def write_shares(run: CoverageRun, tables: Iterable[ShareTable], has_data: NDArray[np.bool_]) -> int:
    """Write the share rows; categories without data get none. Returns how many rows."""
    written = 0

    def chunks() -> Iterator[bytes]:
        nonlocal written
        for table in tables:
            for row in np.flatnonzero(has_data):
                written += len(table.codes)
                yield _category_rows(run, table, int(row))
            written += len(table.codes)
            yield _whole_rows(run, table)

    copy_in(AreaShare._meta.db_table, SHARE_COLUMNS, chunks())
    return written


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
        *(_small_arrays(table[:, numbers]) if known else NO_ARRAY for table, known in walks),
        found.score[numbers].astype(">f8") if flags & 1 else None,
    ]
    return row_of(fields, len(numbers))


def _small_arrays(walk_dm: NDArray[np.uint16]) -> NDArray[Any]:
    """(K, n) distances as n PostgreSQL arrays of K smallints."""
    category_count, count = walk_dm.shape
    layout = np.dtype([*INT2_ARRAY, ("items", [("width", ">i4"), ("value", ">i2")], (category_count,))])
    arrays = np.zeros(count, layout)
    arrays["dimensions"], arrays["type"], arrays["size"], arrays["first"] = 1, INT2_OID, category_count, 1
    arrays["items"]["width"] = 2
    arrays["items"]["value"] = np.minimum(walk_dm, FAR_SMALL).T
    return arrays


# --- Areas ------------------------------------------------------------------------------


def _category_rows(run: CoverageRun, table: ShareTable, row: int) -> bytes:
    """One category in all areas of a level. Codes of a level are all of one length."""
    total, covered = table.total, table.covered[:, row]
    group_total, group_covered = table.group_total[:, row], table.group_covered[:, row]
    is_known = ~np.isnan(group_total)
    parts = []
    for known in (True, False):
        areas = np.flatnonzero(is_known == known)
        if not len(areas):
            continue
        fields: list[Any] = [
            run.pk.bytes,
            table.level.encode(),
            table.mode.encode(),
            run.categories[row].encode(),
            np.array([table.codes[i] for i in areas], "S"),
            total[areas, BUILDINGS].astype(">i4"),
            covered[areas, BUILDINGS].astype(">i4"),
            total[areas, DWELLINGS].astype(">i4"),
            covered[areas, DWELLINGS].astype(">i4"),
            total[areas, RESIDENTS].astype(">f8"),
            covered[areas, RESIDENTS].astype(">f8"),
            group_total[areas].astype(">f8") if known else None,
            group_covered[areas].astype(">f8") if known else None,
            None,
            NO_TEXTS,
        ]
        parts.append(row_of(fields, len(areas)))
    return b"".join(parts)


def _whole_rows(run: CoverageRun, table: ShareTable) -> bytes:
    """The rows of "ALL": every *shall* category at once, the score, and what is missing."""
    rows = []
    for i, code in enumerate(table.codes):
        total, covered = table.whole_total[i], table.whole_covered[i]
        rows.append(
            encoded_row(
                [
                    run.pk.bytes,
                    table.level.encode(),
                    table.mode.encode(),
                    b"ALL",
                    code.encode(),
                    _int4(total[BUILDINGS]),
                    _int4(covered[BUILDINGS]),
                    _int4(total[DWELLINGS]),
                    _int4(covered[DWELLINGS]),
                    _float8(total[RESIDENTS]),
                    _float8(covered[RESIDENTS]),
                    None,
                    None,
                    None if np.isnan(table.score[i]) else _float8(table.score[i]),
                    _texts(table.missing[i]),
                ]
            )
        )
    return b"".join(rows)


def _int4(value: float) -> bytes:
    return int(value).to_bytes(4, "big", signed=True)


def _float8(value: float) -> bytes:
    return struct.pack(">d", value)


def _texts(words: list[str]) -> bytes:
    """A PostgreSQL array of varchar."""
    if not words:
        return NO_TEXTS
    head = np.array([1, 0, VARCHAR_OID, len(words), 1], ">i4").tobytes()
    return head + b"".join(len(word.encode()).to_bytes(4, "big") + word.encode() for word in words)
