"""One checked OSM file → flat tables of nodes, ways and relations.

Each kind of object is read in a pass of its own, so that neither the order of the file nor
a doubled id can harm. Of a doubled id the highest version is kept, and of equal versions
the later one in the file.
"""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import osmium
from django.utils.translation import gettext as _

from gis_core.crs import Extent
from gis_core.errors import UnreadableFile
from gis_core.readers.osm.files import OsmFile
from gis_core.readers.osm.types import NO_TAGS, IntArray, NodeTable, OsmHeader, OsmProblem, Tags, WayTable

Progress = Callable[[float, str], None]
REPORT_EVERY = 500_000
UNKNOWN_PLACE = 2**31 - 1  # osmium's mark of a node without coordinates
PLACE_SCALE = 1e7  # osmium keeps degrees as integers of 1e-7
UNSTATED_YEAR = 2000  # metadata-free files date everything 1970


@dataclass(frozen=True, slots=True)
class Member:
    kind: str  # "n", "w" or "r"
    ref: int
    role: str


@dataclass(frozen=True, slots=True)
class Relation:
    id: int
    tags: Tags
    members: tuple[Member, ...]


class SharedTags:
    """One dict for all objects tagged alike: half a million plain buildings need not have one each."""

    def __init__(self) -> None:
        self._seen: dict[tuple[tuple[str, str], ...], Tags] = {(): NO_TAGS}

    def of(self, tags: Any) -> Tags:
        found = dict(tags)
        return self._seen.setdefault(tuple(found.items()), found)


@dataclass(frozen=True)
class OsmTables:
    header: OsmHeader
    nodes: NodeTable
    node_tags: dict[int, Tags]
    ways: WayTable
    relations: tuple[Relation, ...]
    problems: list[OsmProblem]


def read_tables(file: OsmFile, *, named: str, on_progress: Progress) -> OsmTables:
    """Read everything, or refuse: osmium's own complaint becomes a sentence with the file's name."""
    problems: list[OsmProblem] = []
    try:
        with osmium.io.Reader(osmium.io.File(str(file.path), file.format)) as reader:
            stated = reader.header()
        nodes, node_count = _read_nodes(file, problems, on_progress)
        same = SharedTags()
        node_tags = {n.id: same.of(n.tags) for n in _objects(file, osmium.osm.NODE, tagged_only=True)}
        on_progress(0.4, _("读取道路与轮廓"))
        stated_at = _stated_time(stated)
        ways, way_count, newest = _read_ways(file, nodes, same, problems, wants_time=stated_at is None)
        on_progress(0.6, _("读取关系"))
        relations, relation_count = _read_relations(file, problems)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as err:
        raise UnreadableFile(
            _("文件“%(name)s”已损坏或不完整，无法读取（%(cause)s）。请重新下载后上传。")
            % {"name": named, "cause": str(err)[:160]},
            file=named,
        ) from err
    if not node_count + way_count + relation_count:
        raise UnreadableFile(
            _("文件“%(name)s”里没有任何点、线或关系。请检查导出范围后重新上传。") % {"name": named},
            file=named,
        )
    header = OsmHeader(
        bounds=_stated_bounds(stated),
        extent=_extent(nodes),
        timestamp=stated_at or newest,
        generator=stated.get("generator"),
        node_count=node_count,
        way_count=way_count,
        relation_count=relation_count,
    )
    return OsmTables(header, nodes, node_tags, ways, relations, problems)


def _objects(file: OsmFile, kind: Any, *, tagged_only: bool = False) -> Any:
    reader = osmium.FileProcessor(osmium.io.File(str(file.path), file.format), kind)
    return reader.with_filter(osmium.filter.EmptyTagFilter()) if tagged_only else reader


# --- Header -----------------------------------------------------------------------------


def _stated_bounds(stated: Any) -> Extent | None:
    box = stated.box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return (low.lon, low.lat, high.lon, high.lat)


def _stated_time(stated: Any) -> datetime | None:
    for key in ("osmosis_replication_timestamp", "timestamp"):
        try:
            return datetime.fromisoformat(stated.get(key))
        except ValueError:
            continue
    return None


def _extent(nodes: NodeTable) -> Extent | None:
    known = nodes.lonlat[~np.isnan(nodes.lonlat[:, 0])]
    if not len(known):
        return None
    (west, south), (east, north) = known.min(axis=0), known.max(axis=0)
    return (float(west), float(south), float(east), float(north))


# --- Doubled ids --------------------------------------------------------------------------


def _kept(ids: IntArray, versions: Callable[[], IntArray]) -> tuple[IntArray, IntArray]:
    """Positions to keep, in rising order of id, and the ids that came more than once."""
    order = np.argsort(ids, kind="stable")
    doubled = np.unique(ids[order][1:][np.diff(ids[order]) == 0])
    if not len(doubled):
        return order, doubled
    order = np.lexsort((np.arange(len(ids)), versions(), ids))
    is_last = np.append(np.diff(ids[order]) != 0, True)
    return order[is_last], doubled


def _report_doubled(kind: str, doubled: IntArray, problems: list[OsmProblem]) -> None:
    for number in doubled.tolist():
        source_id = f"{kind}/{number}"
        problems.append(
            OsmProblem(
                source_id,
                "duplicate_id",
                _("%(id)s 在文件中出现多次，已采用版本最新的一条。") % {"id": source_id},
            )
        )


# --- Passes -------------------------------------------------------------------------------


def _read_nodes(file: OsmFile, problems: list[OsmProblem], on_progress: Progress) -> tuple[NodeTable, int]:
    ids, x, y = array("q"), array("i"), array("i")
    for node in _objects(file, osmium.osm.NODE):
        place = node.location
        ids.append(node.id)
        x.append(place.x)
        y.append(place.y)
        if len(ids) % REPORT_EVERY == 0:
            on_progress(0.1, _("已读取 %(count)d 个点") % {"count": len(ids)})
    id_array = np.frombuffer(ids, dtype=np.int64) if ids else np.empty(0, dtype=np.int64)
    keep, doubled = _kept(
        id_array, lambda: np.array([node.version for node in _objects(file, osmium.osm.NODE)], dtype=np.int64)
    )
    _report_doubled("node", doubled, problems)
    lonlat = np.column_stack((np.array(x, dtype=np.float64)[keep], np.array(y, dtype=np.float64)[keep]))
    lonlat /= PLACE_SCALE
    # Also a node that was deleted: it has an id and no place.
    nowhere = (np.abs(lonlat[:, 0]) > 180.0) | (np.abs(lonlat[:, 1]) > 90.0)
    lonlat[nowhere] = np.nan
    for number in id_array[keep][nowhere].tolist():
        source_id = f"node/{number}"
        problems.append(
            OsmProblem(source_id, "invalid_location", _("%(id)s 没有有效坐标，已忽略。") % {"id": source_id})
        )
    found = ~nowhere
    return NodeTable(id_array[keep][found], lonlat[found]), len(ids)


def _read_ways(
    file: OsmFile, nodes: NodeTable, same: SharedTags, problems: list[OsmProblem], *, wants_time: bool
) -> tuple[WayTable, int, datetime | None]:
    ids, versions, sizes, flat = array("q"), array("q"), array("q"), array("q")
    tags: list[Tags] = []
    newest: datetime | None = None
    for way in _objects(file, osmium.osm.WAY):
        if way.deleted:
            continue
        refs = [node.ref for node in way.nodes]
        ids.append(way.id)
        versions.append(way.version)
        sizes.append(len(refs))
        flat.extend(refs)
        tags.append(same.of(way.tags))
        if wants_time:
            newest = max(newest or way.timestamp, way.timestamp)
    ref = np.array(flat, dtype=np.int64)
    start = np.concatenate(([0], np.cumsum(np.array(sizes, dtype=np.int64))))
    table = WayTable(np.array(ids, dtype=np.int64), tuple(tags), start, ref, nodes.rows_of(ref))
    keep, doubled = _kept(table.id, lambda: np.array(versions, dtype=np.int64))
    _report_doubled("way", doubled, problems)
    stated = newest if newest is not None and newest.year >= UNSTATED_YEAR else None
    return table.take(keep), len(ids), stated


def _read_relations(file: OsmFile, problems: list[OsmProblem]) -> tuple[tuple[Relation, ...], int]:
    found: list[Relation] = []
    versions = array("q")
    for relation in _objects(file, osmium.osm.RELATION):
        if relation.deleted:
            continue
        members = tuple(Member(member.type, member.ref, member.role) for member in relation.members)
        found.append(Relation(relation.id, dict(relation.tags), members))
        versions.append(relation.version)
    keep, doubled = _kept(
        np.array([relation.id for relation in found], dtype=np.int64),
        lambda: np.array(versions, dtype=np.int64),
    )
    _report_doubled("relation", doubled, problems)
    return tuple(found[i] for i in keep.tolist()), len(found)
