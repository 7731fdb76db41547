"""The per-building answer of a run as plain .npy files, one folder a run.

`ARRAYS_DIR/runs/<run id>/`, written aside and renamed whole. Tables of walks are (categories,
buildings), category-major, so that one category is one run of bytes for the value files.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from grids.kernels.graph import Spots

FORMAT = 1
NORM, STRAIGHT, STEP_FREE, TIME = "norm", "straight", "step_free", "time-"


@dataclass(frozen=True)
class RunArrays:
    """What a run found for every building; column i is Building.number i.

    Distances are decimetres, UNREACHED (65535) beyond the cutoff. `edge` -1: no street within the
    snap limit, so no network distance is known.
    """

    walk_dm: NDArray[np.uint16]
    step_free_dm: NDArray[np.uint16]
    straight_dm: NDArray[np.uint16]
    edge: NDArray[np.int32]
    offset_dm: NDArray[np.int32]
    access_dm: NDArray[np.int32]
    resolved_by: NDArray[np.uint8]  # place in snapping.RESOLVED_BY
    snap_distance_m: NDArray[np.float32]
    step_free_edge: NDArray[np.int32]
    step_free_offset_dm: NDArray[np.int32]
    step_free_access_dm: NDArray[np.int32]
    door_lonlat: NDArray[np.float64]
    snap_lonlat: NDArray[np.float64]
    score: NDArray[np.float32]
    residents: NDArray[np.float32]
    facility_edge: NDArray[np.int32]
    facility_offset_dm: NDArray[np.int32]
    facility_access_dm: NDArray[np.int32]
    facility_step_free_edge: NDArray[np.int32]
    facility_step_free_offset_dm: NDArray[np.int32]
    facility_step_free_access_dm: NDArray[np.int32]
    facility_number: NDArray[np.int32]  # of each access point
    facility_door_lonlat: NDArray[np.float64]
    facility_snap_lonlat: NDArray[np.float64]
    facility_resolved_by: NDArray[np.uint8]
    facility_snap_distance_m: NDArray[np.float32]
    facility_compound: NDArray[np.int32]
    facility_counts: NDArray[np.bool_]
    facility_is_public: NDArray[np.bool_]

    @property
    def building_count(self) -> int:
        return len(self.edge)

    def building_spots(self, *, step_free: bool = False) -> Spots:
        if step_free:
            return Spots(self.step_free_edge, self.step_free_offset_dm, self.step_free_access_dm)
        return Spots(self.edge, self.offset_dm, self.access_dm)

    def facility_spots(self, *, step_free: bool = False) -> Spots:
        """(a,) spots of all access points."""
        if step_free:
            return Spots(
                self.facility_step_free_edge,
                self.facility_step_free_offset_dm,
                self.facility_step_free_access_dm,
            )
        return Spots(self.facility_edge, self.facility_offset_dm, self.facility_access_dm)

    def distances(self, mode: str, profiles: list[dict[str, Any]]) -> NDArray[np.uint16]:
        """(K, b) decimetres that a mode compares; `profiles` as the run pinned them."""
        if mode == STRAIGHT:
            return self.straight_dm
        return self.step_free_dm if is_step_free(mode, profiles) else self.walk_dm

    def known(self, mode: str, profiles: list[dict[str, Any]]) -> NDArray[np.bool_]:
        """(b,) whether anything is known of a building in this mode."""
        if mode == STRAIGHT:
            return np.ones(self.building_count, bool)
        return (self.step_free_edge if is_step_free(mode, profiles) else self.edge) >= 0


def is_step_free(mode: str, profiles: list[dict[str, Any]]) -> bool:
    if mode.startswith(TIME):
        return bool(profile_of(mode, profiles)["avoids_steps"])
    return mode == STEP_FREE


def profile_of(mode: str, profiles: list[dict[str, Any]]) -> dict[str, Any]:
    """The pinned walking profile that a time mode names."""
    return next(one for one in profiles if one["code"] == mode.removeprefix(TIME))


def speed_of(mode: str, profiles: list[dict[str, Any]]) -> Fraction:
    """Metres a minute of a time mode, exactly."""
    return Fraction(*profile_of(mode, profiles)["speed"])


def modes(profiles: list[dict[str, Any]]) -> list[str]:
    return [NORM, STRAIGHT, STEP_FREE, *(TIME + one["code"] for one in profiles)]


def folder(run_id: Any) -> Path:
    return Path(settings.ARRAYS_DIR) / "runs" / str(run_id)


def save(run_id: Any, found: RunArrays) -> None:
    """Write all files aside, then move the folder into place."""
    target = folder(run_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=".part-"))
    try:
        for field in fields(found):
            np.save(aside / f"{field.name}.npy", getattr(found, field.name))
        (aside / "format").write_text(str(FORMAT))
        if target.exists():
            shutil.rmtree(target)
        os.replace(aside, target)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def load(run_id: Any) -> RunArrays | None:
    """The files of a run, memory-mapped; None when they are missing or of an older format."""
    source = folder(run_id)
    try:
        if (source / "format").read_text() != str(FORMAT):
            return None
        return RunArrays(
            **{f.name: np.load(source / f"{f.name}.npy", mmap_mode="r") for f in fields(RunArrays)}
        )
    except FileNotFoundError:
        return None
