"""What a run found, for those who show it: its arrays, and which run is the current one."""

from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from grids.coverage import run_files
from grids.coverage.run_files import RunArrays
from grids.coverage.street_snaps import RESOLVED_BY as RESOLVED_BY
from grids.coverage.walking import answer
from grids.models import CoverageRun, Town


def current_run(town: Town) -> CoverageRun | None:
    """The run that pages show, with what it pins."""
    found: CoverageRun | None = _finished().filter(town=town, is_current=True).first()
    return found


def require_current_run(town: Town) -> CoverageRun:
    found = current_run(town)
    if found is None:
        raise NotFound(
            _("“%(town)s”还没有计算过生活圈。请先运行 run_coverage。") % {"town": town.name_zh},
            town=town.slug,
        )
    return found


def run_by_id(run_id: Any) -> CoverageRun | None:
    found: CoverageRun | None = _finished().filter(pk=run_id).first()
    return found


def run_arrays(run: CoverageRun) -> RunArrays:
    """The per-building arrays of a finished run, memory-mapped.

    The files are a copy: when they are gone (a restored backup, an emptied var/) they are computed
    again from the generations that the run pins, which cannot have changed.
    """
    folder = run_files.folder(run.pk)
    if not (folder / "format").exists() or run_files.load(run.pk) is None:
        run_files.save(run.pk, answer(run).arrays)
    return _loaded(str(run.pk), (folder / "format").stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _loaded(run_id: str, _written_ns: int) -> RunArrays:
    found = run_files.load(run_id)
    if found is None:
        raise FileNotFoundError(f"arrays of coverage run {run_id}")
    return found


def _finished() -> "QuerySet[CoverageRun]":
    pinned = ("town", "network", "stock", "inventory", "plan", "profile")
    return CoverageRun.objects.filter(state=CoverageRun.State.DONE).select_related(*pinned)
