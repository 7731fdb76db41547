"""One OSM file → a town's network, stock and inventory, loaded together and put to use in one switch.

Reading and drafting happen in memory; then one transaction writes everything and activates it, so that
a file that cannot be read, a crash or a cancelled job leaves nothing half loaded. The same bytes are
not loaded twice.

With a boundary, buildings are those inside it, facilities and streets reach 2 km beyond (a walk may cross the
boundary). Without one the town is what the file covers, and the report says that walks are cut at its edge.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from gis_core.crs import in_china
from gis_core.models import User
from gis_core.progress import NoProgress, Progress
from gis_core.readers.osm import OsmExtract, read_osm
from grids.corrections import apply_corrections
from grids.facilities.inventory import InventoryDraft, draft_inventory
from grids.facilities.inventory_tables import save_inventory
from grids.generations import activate, active, begin, mark_checked
from grids.geos import as_multipolygon, to_geos, to_shapely
from grids.housing.building_codes import numbering_of
from grids.housing.dwelling_estimates import SINGLE_HOUSE_M2
from grids.housing.estates import EstateDraft, draft_estates
from grids.housing.stock import StockDraft, draft_stock
from grids.housing.stock_tables import assign_grids, save_stock
from grids.models import Estate, FacilityInventory, Generation, GridPlan, Stock, StreetNetwork, Town
from grids.streets.base_map import map_rows, save_map_rows
from grids.streets.network import NetworkDraft, draft_network
from grids.streets.network_tables import save_network
from grids.territory.areas import communities_in_force, draft_areas, save_areas
from grids.territory.places_in_areas import CommunityOutlines
from grids.town_import.carrying_over import carry_register, carrying_findings, with_own_facilities
from grids.town_import.file_marks import sha256_of
from grids.town_import.import_report import Source, import_report
from grids.town_import.town_frame import EmptyExtract, Frame, boundary_shape, frame_of
from grids.towns import find_town, make_town

LOCK_OF_IMPORTS = 7_204_001
READING_SHARE = 100


@dataclass(frozen=True)
class ImportResult:
    """What an import did. `is_new` is False when the same file was in use already."""

    town: Town
    network: StreetNetwork
    stock: Stock
    inventory: FacilityInventory
    report: dict[str, Any]
    is_new: bool = True


def import_osm_town(
    path: Path | str,
    *,
    name: str,
    boundary: Path | str | BaseGeometry | None = None,
    root_code: str | None = None,
    name_en: str = "",
    time_zone: str | None = None,
    by: User | None = None,
    force: bool = False,
    source_name: str = "",
    progress: Progress | None = None,
) -> ImportResult:
    """Load an OSM extract as a town, or as the next generations of one, and put them to use.

    Raises:
        Refusal: the file, the boundary or the root code cannot be used; nothing was written.
    """
    progress = progress or NoProgress()
    file = Path(path)
    town = find_town(name)
    sha256 = sha256_of(file)
    outline = boundary_shape(boundary)
    if town is not None and not force and (known := _already_loaded(town, sha256, outline)):
        return known
    progress.step(_("读取 %(name)s") % {"name": source_name or file.name}, READING_SHARE)
    extract = read_osm(file, on_progress=_reading(progress))
    _require_substance(extract, source_name or file.name)
    source = Source(source_name or file.name, sha256, extract)
    frame = frame_of(extract, outline)
    progress.step(_("整理小区、路网和设施"))
    estates = draft_estates(extract, known_numbers=_estate_numbers(town))
    network = draft_network(extract, estates=estates, within=frame.streets_within)
    inventory = draft_inventory(extract, estates=estates, within=frame.facilities_within)
    with transaction.atomic():
        _one_at_a_time()
        inventory = with_own_facilities(inventory, town)
        town = town or make_town(
            name, outline=frame.outline, root_code=root_code, time_zone=time_zone, name_en=name_en
        )
        if outline is not None:
            town.boundary = to_geos(as_multipolygon(outline))
            town.save(update_fields=["boundary"])
        communities = _communities(town, extract, frame)
        progress.step(_("整理楼栋"))
        stock = draft_stock(
            extract,
            estates=_inside(estates, frame),
            communities=communities,
            numbering=numbering_of(town),
            boundary=frame.boundary,
            single_house_m2=_single_house_m2(frame),
        )
        return _write(town, source, frame, network, stock, inventory, by, progress)


def _write(
    town: Town,
    source: Source,
    frame: Frame,
    network: NetworkDraft,
    stock: StockDraft,
    inventory: InventoryDraft,
    by: User | None,
    progress: Progress,
) -> ImportResult:
    """Save the three generations, their report, and switch to them."""
    fields = source.fields(by)
    saved_network = begin(StreetNetwork, town, **fields)
    saved_stock = begin(Stock, town, **fields)
    saved_inventory = begin(FacilityInventory, town, **fields)
    progress.step(_("写入路网"))
    save_network(saved_network, network)
    map_count = save_map_rows(
        saved_network, map_rows(source.extract.map_features, within=frame.streets_within)
    )
    progress.step(_("写入楼栋"))
    save_stock(saved_stock, stock)
    progress.step(_("写入设施"))
    save_inventory(saved_inventory, inventory.facilities)
    carried = carry_register(saved_stock)
    corrected = apply_corrections(saved_stock, saved_inventory)
    report = import_report(source, frame, network, stock, inventory, map_count)
    made: list[Generation] = [saved_network, saved_stock, saved_inventory]
    report["findings"] += carrying_findings(carried, corrected)
    for generation in made:
        generation.report = report
        mark_checked(generation)
    plan = active(GridPlan, town)
    if plan is not None:
        assign_grids(saved_stock, plan)
    activate(made)
    return ImportResult(town, saved_network, saved_stock, saved_inventory, report)


def _inside(estates: list[EstateDraft], frame: Frame) -> list[EstateDraft]:
    if frame.boundary is None:
        return estates
    return [estate for estate in estates if estate.geometry.intersects(frame.streets_within)]


def _single_house_m2(frame: Frame) -> float:
    """Outside China a small building of unknown use and height is most often one family's house."""
    return 0.0 if _is_in_china(frame) else SINGLE_HOUSE_M2


def _is_in_china(frame: Frame) -> bool:
    centre = frame.outline.centroid
    return bool(in_china([(centre.x, centre.y)])[0])


def _communities(town: Town, extract: OsmExtract, frame: Frame) -> CommunityOutlines:
    """The town's communities; made from the file when it has none yet."""
    kept = communities_in_force(town)
    if not kept.codes:
        drafts = draft_areas(town, frame.outline, extract.boundaries, in_china=_is_in_china(frame))
        save_areas(town, drafts)
        kept = communities_in_force(town)
    return kept


# --- Before and around the load --------------------------------------------------------------


def _already_loaded(town: Town, sha256: str, outline: BaseGeometry | None) -> ImportResult | None:
    """The generations in use, when all three came from these bytes and the boundary is the same."""
    network, stock, inventory = (
        active(StreetNetwork, town),
        active(Stock, town),
        active(FacilityInventory, town),
    )
    if network is None or stock is None or inventory is None:
        return None
    if {network.source_sha256, stock.source_sha256, inventory.source_sha256} != {sha256}:
        return None
    if outline is not None and not to_shapely(town.boundary).equals(outline):
        return None
    return ImportResult(town, network, stock, inventory, network.report, is_new=False)


def _require_substance(extract: OsmExtract, name: str) -> None:
    if not extract.buildings and not len(extract.ways_walkable) and not extract.pois:
        raise EmptyExtract(
            _("文件“%(name)s”里没有道路、楼栋或设施，无法建立城镇。请检查导出范围后重新上传。")
            % {"name": name},
            file=name,
        )


def _estate_numbers(town: Town | None) -> dict[str, int]:
    if town is None:
        return {}
    rows = (
        Estate.objects.filter(stock__town=town).order_by("stock__number").values_list("source_id", "number")
    )
    return {source_id: number for source_id, number in rows if source_id}


def _reading(progress: Progress) -> Any:
    done = 0

    def report(share: float, _sentence: str) -> None:
        nonlocal done
        now = int(share * READING_SHARE)
        if now > done:
            progress.advance(now - done)
            done = now
        progress.check_cancelled()

    return report


def _one_at_a_time() -> None:
    """Two imports at once would both take the next free code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_OF_IMPORTS])
