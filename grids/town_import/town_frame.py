"""What part of an OSM file a town is: a given boundary and its surroundings, or all that the file covers."""

from dataclasses import dataclass, field
from pathlib import Path

import shapely
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core.errors import Refusal
from gis_core.readers.osm import OsmExtract
from gis_core.readers.vector import read_vector
from grids.geos import wider
from grids.town_import.quality import Finding

BUFFER_M = 2_000.0
STREET_MARGIN_M = 300.0  # beyond the buffer, so that a facility near its edge still meets its street


class EmptyExtract(Refusal):
    """The file is sound and holds nothing that a town is made of."""

    code = "empty_extract"


@dataclass(frozen=True)
class Frame:
    """What part of the file the town is."""

    outline: BaseGeometry
    boundary: BaseGeometry | None  # None: the whole file
    facilities_within: BaseGeometry | None
    streets_within: BaseGeometry | None
    findings: list[Finding] = field(default_factory=list)


def frame_of(extract: OsmExtract, boundary: BaseGeometry | None) -> Frame:
    covered = _covered(extract)
    if boundary is None:
        finding = Finding(
            "no_boundary",
            "warning",
            "没有给出边界：城镇范围取文件范围。文件边缘附近的楼栋看不到范围以外的设施，覆盖可能偏低。",
            "No boundary was given: the town is what the file covers. Buildings near its edge do not see the "
            "facilities beyond, and their coverage may be too low.",
        )
        return Frame(covered, None, None, None, [finding])
    if not boundary.intersects(covered):
        raise EmptyExtract(
            _("边界与数据文件没有重叠。请核对边界的坐标系，或换用包含该范围的文件。"),
            boundary=list(boundary.bounds),
            file=list(covered.bounds),
        )
    findings = []
    around = wider(boundary, BUFFER_M)
    missing = shapely.difference(around, covered).area / around.area
    if missing > 0.02:
        findings.append(
            Finding(
                "edge_of_extract",
                "warning",
                f"文件没有覆盖边界外 2 公里的全部范围（缺 {round(100 * missing)} %）："
                "边界附近楼栋的覆盖可能偏低。",
                f"The file does not cover the 2 km around the boundary ({round(100 * missing)} % are "
                "missing): coverage of "
                "buildings near the boundary may be too low.",
            )
        )
    return Frame(boundary, boundary, around, wider(boundary, BUFFER_M + STREET_MARGIN_M), findings)


def _covered(extract: OsmExtract) -> BaseGeometry:
    """The box that the file states, widened to hold its buildings; else that of buildings and streets."""
    boxes = [shapely.box(*extract.header.bounds)] if extract.header.bounds else []
    if extract.buildings:
        boxes.append(shapely.box(*shapely.total_bounds([row.geometry for row in extract.buildings])))
    rows = extract.ways_walkable.row
    if not extract.header.bounds and (rows >= 0).any():
        lonlat = extract.nodes.lonlat[rows[rows >= 0]]
        boxes.append(shapely.box(*lonlat.min(axis=0), *lonlat.max(axis=0)))
    return shapely.box(*shapely.total_bounds(boxes))


def boundary_shape(boundary: Path | str | BaseGeometry | None) -> BaseGeometry | None:
    """The one area of a boundary file: all its polygons together."""
    if boundary is None or isinstance(boundary, BaseGeometry):
        return boundary
    rows = read_vector(Path(boundary), geometry_kinds=("polygon",)).rows
    return shapely.union_all([row.geometry for row in rows])
