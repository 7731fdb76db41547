"""Lists beside OSM: facilities, registered dwellings, surveyed outlines; all of a file or nothing of it."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from openpyxl import Workbook

from gis_core.crs import wgs84_to_bd09, wgs84_to_gcj02
from gis_core.denylist import DeniedColumns
from gis_core.errors import MissingColumn, Refusal, RowErrors, WrongCoordinates
from grids.facilities.facility_tables import import_facilities
from grids.generations import active
from grids.housing.footprints import import_footprints
from grids.housing.registers import import_register
from grids.models import Building, Dwelling, Facility, FacilityInventory, GridMembership, Stock, Town
from grids.town_import.importing import import_osm_town
from tests.towns import DrawnTown, crossroads

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawing() -> DrawnTown:
    return crossroads()


@pytest.fixture
def osm_file(drawing: DrawnTown, tmp_path: Path) -> Path:
    return drawing.write(tmp_path / "town.osm")


@pytest.fixture
def town(osm_file: Path) -> Town:
    return import_osm_town(osm_file, name="十字镇").town


def csv(folder: Path, *rows: str) -> Path:
    path = folder / "list.csv"
    path.write_text("\ufeff" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


# --- Facilities ------------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["wgs84", "gcj02", "bd09"])
def test_a_list_is_merged_in_whatever_system_it_states(
    town: Town, drawing: DrawnTown, tmp_path: Path, system: str
) -> None:
    shift = {"wgs84": np.asarray, "gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09}[system]
    near, other = shift(drawing.lonlat((215, 205), (300, 380)))
    path = csv(
        tmp_path,
        "名称,类别,经度,纬度,开放时间,状态,容量",
        f"便民药店,药店,{near[0]},{near[1]},08:00-21:00,开放,",
        f"阳光托育,CHD-NUR,{other[0]},{other[1]},,规划,40",
    )
    inventory = import_facilities(town, path, system=system)
    rows = {row.name_zh: row for row in Facility.objects.filter(inventory=inventory)}
    assert set(rows) == {"便民药店", "实验小学", "阳光托育"}
    pharmacy, nursery = rows["便民药店"], rows["阳光托育"]
    assert (pharmacy.source, pharmacy.hours, pharmacy.source_id) == ("table", "08:00-21:00", "node/22")
    assert (nursery.status, nursery.capacity, nursery.categories) == ("planned", 40, ["CHD-NUR"])
    truth = drawing.lonlat((300, 380))[0]
    assert (nursery.point.x, nursery.point.y) == pytest.approx(tuple(truth), abs=2e-8)  # some millimetres
    assert (nursery.raw_lonlat is None) == (system == "wgs84")
    assert inventory.report["counts"]["replaced"] == 1
    assert active(FacilityInventory, town) == inventory


def test_a_list_survives_the_next_osm_load(
    town: Town, drawing: DrawnTown, osm_file: Path, tmp_path: Path
) -> None:
    lon, lat = drawing.lonlat((300, 380))[0]
    import_facilities(
        town, csv(tmp_path, "名称,类别,lng,lat", f"阳光托育,CHD-NUR,{lon},{lat}"), system="wgs84"
    )
    done = import_osm_town(osm_file, name="十字镇", force=True)
    assert Facility.objects.filter(inventory=done.inventory, name_zh="阳光托育", source="table").count() == 1
    assert done.inventory.facility_count == 3


def test_workbooks_and_amap_codes_are_read(town: Town, drawing: DrawnTown, tmp_path: Path) -> None:
    lon, lat = drawing.lonlat((300, 380))[0]
    book = Workbook()
    book.active.append(["name", "typecode", "经度", "纬度"])
    book.active.append(["建设银行", "160100", lon, lat])
    book.active.append(["某景点", "110200", lon, lat])
    path = tmp_path / "poi.xlsx"
    book.save(path)
    inventory = import_facilities(town, path, system="wgs84")
    bank = Facility.objects.get(inventory=inventory, name_zh="建设银行")
    assert bank.matched_by == {"FIN-BANK": "amap"}
    assert inventory.report["counts"]["not_in_catalogue"] == 1


BAD_LISTS = {
    "no system": (["名称,类别,经度,纬度", "甲,药店,118.78,32.04"], None, MissingColumn),
    "unknown category": (["名称,类别,经度,纬度", "甲,寺庙,118.78,32.04"], "wgs84", RowErrors),
    "no category column": (["名称,经度,纬度", "甲,118.78,32.04"], "wgs84", MissingColumn),
    "doubled id": (["编号,类别,经度,纬度", "1,药店,118.78,32.04", "1,药店,118.79,32.04"], "wgs84", RowErrors),
    "swapped": (["名称,类别,经度,纬度", "甲,药店,32.04,118.78"], "wgs84", WrongCoordinates),
    "elsewhere": (["名称,类别,经度,纬度", "甲,药店,121.5,31.2"], "wgs84", WrongCoordinates),
    "wrong system": (["名称,类别,经度,纬度", "甲,药店,118.78,32.04"], "EPSG:4547", Refusal),
    "denied column": (["名称,类别,经度,纬度,店主民族", "甲,药店,118.78,32.04,x"], "wgs84", DeniedColumns),
    "bad capacity": (["名称,类别,经度,纬度,容量", "甲,药店,118.78,32.04,很多"], "wgs84", RowErrors),
    "bad status": (["名称,类别,经度,纬度,状态", "甲,药店,118.78,32.04,不知道"], "wgs84", RowErrors),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(BAD_LISTS))
def test_a_bad_list_is_refused_and_nothing_changes(town: Town, tmp_path: Path, kind: str) -> None:
    rows, system, refusal = BAD_LISTS[kind]
    before = active(FacilityInventory, town)
    with pytest.raises(refusal) as refused:
        import_facilities(town, csv(tmp_path, *rows), system=system)
    assert refused.value.sentence
    assert active(FacilityInventory, town) == before
    assert FacilityInventory.objects.count() == 1


# --- Registered dwellings -------------------------------------------------------------------------

HEAD = "楼栋,单元,楼层,房号,房屋性质,户型,面积,空置"


def test_registered_dwellings_replace_the_estimate_and_survive_the_next_load(
    town: Town, osm_file: Path, tmp_path: Path
) -> None:
    rows = [f"way/1003,{unit},{floor},1,安置房,2室,88.5,否" for unit in (1, 2) for floor in (1, 2, 3)]
    stock = import_register(town, csv(tmp_path, HEAD, *rows, "way/1003,2,3,2,商品房,,,是"))
    building = Building.objects.get(stock=stock, source_id="way/1003")
    assert (building.dwelling_count, building.vacant_count, building.unit_count) == (7, 1, 2)
    assert building.dwelling_source == "register"
    assert stock.dwelling_count == 7 + 3 * 6  # the other three houses keep their estimate
    codes = set(Dwelling.objects.filter(building=building).values_list("code", flat=True))
    assert f"{building.code}020302" in codes
    assert len(codes) == 7
    tenures = list(
        Dwelling.objects.filter(building=building).order_by("code").values_list("tenure", flat=True)
    )
    assert tenures == ["resettlement"] * 6 + ["market"]
    done = import_osm_town(osm_file, name="十字镇", force=True)
    kept = Building.objects.get(stock=done.stock, source_id="way/1003")
    assert (kept.dwelling_count, kept.dwelling_source, kept.code) == (7, "register", building.code)
    assert Dwelling.objects.filter(building=kept, source="register").count() == 7
    assert Stock.objects.get(pk=done.stock.pk).dwelling_count == 25


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        (["楼栋,单元,楼层", "way/1003,1,1"], MissingColumn),
        ([HEAD, "way/9999,1,1,1,,,,"], RowErrors),
        ([HEAD, "way/1003,1,100,1,,,,"], RowErrors),
        ([HEAD, "way/1003,1,x,1,,,,"], RowErrors),
        ([HEAD, "way/1003,1,,1,,,,"], RowErrors),
        ([HEAD, "way/1003,1,1,1,别墅,,,"], RowErrors),
        ([HEAD, "way/1003,1,1,1,,,,", "way/1003,1,1,1,,,,"], RowErrors),
        ([HEAD + ",户主身份证号", "way/1003,1,1,1,,,,,x"], DeniedColumns),
    ],
)
def test_a_bad_register_is_refused_and_nothing_changes(
    town: Town, tmp_path: Path, rows: list[str], refusal: type[Refusal]
) -> None:
    before = Dwelling.objects.count()
    with pytest.raises(refusal):
        import_register(town, csv(tmp_path, *rows))
    assert Stock.objects.count() == 1
    assert Dwelling.objects.count() == before


# --- Surveyed outlines ------------------------------------------------------------------------------


def outlines(folder: Path, drawing: DrawnTown, rows: list[dict[str, object]]) -> Path:
    features = []
    for at, properties in enumerate(rows):
        corners = [(50 * at + dx, 300 + dy) for dx, dy in [(0, 0), (20, 0), (20, 15), (0, 15)]]
        ring = shapely.Polygon(drawing.lonlat(*corners))
        geometry = json.loads(shapely.to_geojson(ring))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    path = folder / "buildings.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_surveyed_outlines_become_the_stock(town: Town, drawing: DrawnTown, tmp_path: Path) -> None:
    rows = [
        {"编号": "A1", "用途": "住宅", "层数": "6层", "户数": 12},
        {"编号": "A2", "用途": "公共服务", "高度": "48.5 m"},
    ]
    stock = import_footprints(town, outlines(tmp_path, drawing, rows))
    home, office = Building.objects.filter(stock=stock).order_by("source_id")
    assert (home.kind, home.floors, home.dwelling_count, home.dwelling_source) == (
        "residential",
        6,
        12,
        "estimate",
    )
    assert (office.kind, office.floors, office.height_m, office.dwelling_count) == ("public", 16, 48.5, 0)
    assert home.footprint_m2 == pytest.approx(300, rel=0.001)
    assert int(home.code[12:]) > 4  # numbers of the OSM houses are not given again
    assert active(Stock, town) == stock
    assert not GridMembership.objects.exists()


@pytest.mark.parametrize(
    "rows",
    [
        [{"编号": "A1", "层数": "六七层"}],
        [{"编号": "A1", "高度": "高"}],
        [{"编号": "A1"}, {"编号": "A1"}],
    ],
)
def test_bad_outlines_are_refused_and_nothing_changes(
    town: Town, drawing: DrawnTown, tmp_path: Path, rows: list[dict[str, object]]
) -> None:
    with pytest.raises(RowErrors):
        import_footprints(town, outlines(tmp_path, drawing, rows))
    assert Stock.objects.count() == 1
