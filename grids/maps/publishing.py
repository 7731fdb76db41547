"""What is made of a finished run beforehand: tiles, byte arrays of the headline mode, its stock's mix."""

from gis_core.progress import NoProgress, Progress
from grids.maps.mix_values import publish_mix
from grids.maps.tiles import bake, tile_set_of
from grids.maps.values import publish_values
from grids.models import CoverageRun


def publish_run(run: CoverageRun, progress: Progress | None = None) -> None:
    """Bake the map of a run. Whatever is missing later is made on request, so this only saves waiting."""
    progress = progress or NoProgress()
    bake(tile_set_of(run), progress)
    publish_values(run, progress)
    publish_mix(run.stock)
