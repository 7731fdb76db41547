"""The two demo towns, loaded through the same functions as any other data: Monaco and 新桥社区."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from gis_core.progress import NoProgress, Progress
from gis_core.readers.vector import read_vector
from grids.coverage.results import current_run
from grids.coverage.runs import run_coverage
from grids.demo import drawing
from grids.demo.people import COMMUNITY_CODE
from grids.demo.sheet import way_ids
from grids.generations import activate, active
from grids.housing.registers import import_register
from grids.maps.publishing import publish_run
from grids.models import (
    Area,
    Building,
    CoverageRun,
    FacilityInventory,
    Generation,
    GridPlan,
    Stock,
    StreetNetwork,
    Town,
)
from grids.partition.plans import GridColumns, explain_sizes, import_plan, make_plan
from grids.profiles import seed_profiles
from grids.territory.areas import AreaDraft, save_areas
from grids.town_import.importing import import_osm_town
from grids.towns import find_town, make_town

MONACO_FILE = "monaco.osm.pbf"
DRAWN = "虚构，由程序绘制 · Fictional, drawn by program"
AREAS: tuple[tuple[str, Any, str, str], ...] = (
    (drawing.ROOT_CODE, Area.Level.COUNTY, "云溪市清河区", "Qinghe District, Yunxi"),
    (drawing.STREET_CODE, Area.Level.STREET, "柳岸街道", "Liu'an Sub-district"),
    (COMMUNITY_CODE, Area.Level.COMMUNITY, "新桥社区", "Xinqiao Community"),
)
DEMO_REASON = "演示方案：按街坊自动划分，未经社区核定"


def load_towns(progress: Progress | None = None) -> None:
    """Both towns with grids, coverage and map; a second call finds all of it there."""
    progress = progress or NoProgress()
    seed_profiles()
    monaco, xinqiao = load_monaco(progress), load_xinqiao(progress)
    for town in (monaco, xinqiao):
        compute(town, progress)


def load_monaco(progress: Progress) -> Town:
    """Real OSM data, as the notice beside the file says."""
    town = find_town("摩纳哥")
    if town is None or active(Stock, town) is None:
        path = Path(settings.FIXTURES_DIR) / MONACO_FILE
        result = import_osm_town(
            path, name="摩纳哥", name_en="Monaco", time_zone="Europe/Monaco", progress=progress
        )
        town = result.town
        _call(town, "monaco")
    if active(GridPlan, town) is None:
        plan = make_plan(town, progress=progress)
        explain_sizes(plan, DEMO_REASON)
        activate([plan])
    return town


def load_xinqiao(progress: Progress) -> Town:
    """The fictional community: drawn to files, then imported from them."""
    town = find_town("新桥社区")
    if town is not None and active(GridPlan, town) is not None:
        return town
    drawn = drawing.draw()
    files = drawing.write_files(drawn, Path(settings.VAR_DIR) / "demo")
    outline = read_vector(files.outline, geometry_kinds=("polygon",)).rows[0].geometry
    if town is None:
        town = make_town("新桥社区", name_en="Xinqiao", outline=outline, root_code=drawing.ROOT_CODE,
                         time_zone="Asia/Shanghai")  # fmt: skip
        town.codes_are_synthetic = town.is_fictional = True
        town.save(update_fields=["codes_are_synthetic", "is_fictional"])
        _call(town, "xinqiao")
    if not Area.objects.filter(town=town).exists():
        save_areas(
            town, [AreaDraft(code, level, zh, en, outline, True, DRAWN) for code, level, zh, en in AREAS]
        )
    if active(Stock, town) is None:
        import_osm_town(files.extract, name="新桥社区", boundary=outline, progress=progress)
        import_register(town, files.register, progress=progress)
        write_utilities(town, drawn)
        _mark_drawn(town)
    rows = read_vector(files.grids, geometry_kinds=("polygon",)).rows
    source = {
        "source_name": files.grids.name,
        "source_sha256": sha256(files.grids.read_bytes()).hexdigest(),
        "attribution": DRAWN,
        "is_synthetic": True,
    }
    plan = import_plan(town, rows, GridColumns(name="名称", reason="理由"), source=source, progress=progress)
    activate([plan])
    make_plan(town, progress=progress)  # what the program would propose, for comparison: stays inactive
    return town


def _call(town: Town, slug: str) -> None:
    """A short name for addresses, unless another town has it."""
    if not Town.objects.filter(slug=slug).exists():
        town.slug = slug
        town.save(update_fields=["slug"])


def write_utilities(town: Town, drawn: drawing.Drawing) -> None:
    """Gas, heat, lift, water and self-containment as drawn; no import format carries them yet."""
    stock, ids = active(Stock, town), way_ids(drawn.sheet)
    for standing in drawn.buildings:
        house = standing.house
        Building.objects.filter(stock=stock, source_id=f"way/{ids[id(standing.way)]}").update(
            has_gas=house.has_gas,
            has_heat=house.has_heat,
            has_lift=house.has_lift,
            has_water=True,
            is_self_contained=house.is_self_contained,
        )


def _mark_drawn(town: Town) -> None:
    """Drawn data say so on every page; they are not OpenStreetMap's, though they came as an OSM file."""
    kinds: tuple[type[Generation], ...] = (StreetNetwork, Stock, FacilityInventory)
    for kind in kinds:
        kind.objects.filter(town=town).update(is_synthetic=True, attribution=DRAWN)  # type: ignore[attr-defined]


def compute(town: Town, progress: Progress) -> CoverageRun:
    """Coverage of the generations in use, once."""
    run = current_run(town)
    if run is None:
        run = run_coverage(town, progress=progress)
    publish_run(run, progress)
    return run
