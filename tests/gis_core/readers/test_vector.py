"""Vector files of survey offices: lon/lat rows, or a refusal that names the row."""

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from gis_core import crs
from gis_core.errors import (
    MissingChoice,
    MissingCRS,
    RowErrors,
    TooLarge,
    UnknownCRS,
    UnknownFormat,
    UnreadableFile,
    UnsafeFile,
    WrongCoordinates,
)
from gis_core.readers.vector import layers_of, read_vector

PROVIDENCE = Path(__file__).resolve().parents[4] / "shared" / "data" / "census" / "Providence_blocks.zip"
HOMES = [shapely.box(107.4, 40.76, 107.401, 40.761), shapely.box(107.41, 40.77, 107.411, 40.771)]
BOW_TIE = shapely.Polygon([(107, 40), (107.001, 40.001), (107.001, 40), (107, 40.001)])


def written(
    path: Path, shapes=HOMES, *, stated: str | None = "EPSG:4326", system: str = "wgs84", **options
) -> Path:
    """Two homes with a name and storeys, in the coordinates of `system`."""
    moved = np.array([shapely.transform(shape, lambda xy: crs.to_source(xy, system)) for shape in shapes])
    names = np.array([f"阳光小区{i + 1}号楼" for i in range(len(shapes))], dtype=object)
    levels = np.array([6.0, np.nan, *range(len(shapes) - 2)][: len(shapes)])
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(moved),
        field_data=[names, levels],
        fields=["名称", "层数"],
        geometry_type="Polygon",
        crs=stated,
        **options,
    )
    return path


def zipped_shapefile(tmp_path, *, drop: tuple[str, ...] = (), encoding: str = "GBK", **options) -> Path:
    folder = tmp_path / "parts"
    folder.mkdir()
    written(folder / "楼栋.shp", encoding=encoding, **options)
    target = tmp_path / "楼栋.zip"
    with zipfile.ZipFile(target, "w") as packed:
        for part in folder.iterdir():
            if part.suffix not in drop:
                packed.write(part, part.name)
    return target


def is_homes(found) -> bool:
    apart = shapely.symmetric_difference([row.geometry for row in found.rows], HOMES)
    return bool((shapely.area(apart) < 1e-11).all())  # square degrees; a home has 1e-6


@pytest.mark.parametrize(
    "name", ["homes.gpkg", "homes.fgb", "homes.geojson", "misnamed.json", "misnamed.dat"]
)
def test_rows_names_and_geometry_in_every_format(tmp_path, name):
    path = tmp_path / name
    if name == "misnamed.dat":
        written(tmp_path / "homes.gpkg").rename(path)
    else:
        written(path, driver="GeoJSON") if name == "misnamed.json" else written(path)
    found = read_vector(path)
    assert found.columns == ["名称", "层数"]
    by_name = {row.values["名称"]: row for row in found.rows}
    assert by_name["阳光小区1号楼"].values["层数"] == 6
    assert by_name["阳光小区2号楼"].values["层数"] is None
    assert {row.row for row in found.rows} == {1, 2}
    assert found.system == "wgs84"
    if not name.endswith(".fgb"):  # FlatGeobuf sorts by place
        assert is_homes(found)


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
@pytest.mark.parametrize("drop", [(), (".cpg",)])
def test_shapefile_text_is_read_with_and_without_its_cpg(tmp_path, encoding, drop):
    found = read_vector(zipped_shapefile(tmp_path, encoding=encoding, drop=drop))
    assert found.columns == ["名称", "层数"]
    assert [row.values["名称"] for row in found.rows] == ["阳光小区1号楼", "阳光小区2号楼"]
    assert is_homes(found)


def test_shapefile_parts_in_a_folder(tmp_path):
    zipped_shapefile(tmp_path)
    assert is_homes(read_vector(tmp_path / "parts"))


@pytest.mark.parametrize("system", ["EPSG:4545", "EPSG:4524", "EPSG:4490"])
def test_survey_coordinates_are_brought_to_lonlat(tmp_path, system):
    found = read_vector(written(tmp_path / "homes.gpkg", stated=system, system=system))
    assert is_homes(found)
    assert found.system == ("cgcs2000" if system == "EPSG:4490" else system)
    assert (found.rows[0].raw_geometry is None) == (system == "EPSG:4490")


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_shifted_coordinates_count_only_when_named(tmp_path, system):
    path = written(tmp_path / "homes.gpkg", system=system)
    assert not is_homes(read_vector(path))
    found = read_vector(path, system=system)
    assert is_homes(found)
    in_the_file = crs.to_source(shapely.get_coordinates(HOMES[0]), system)
    assert shapely.get_coordinates(found.rows[0].raw_geometry) == pytest.approx(in_the_file, abs=1e-9)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_geometry_without_a_system_is_refused_until_one_is_named(tmp_path):
    path = zipped_shapefile(tmp_path, stated=None)
    with pytest.raises(MissingCRS):
        read_vector(path)
    assert is_homes(read_vector(path, system="cgcs2000"))


def test_system_that_contradicts_the_file_is_refused(tmp_path):
    path = written(tmp_path / "homes.gpkg", stated="EPSG:4545", system="EPSG:4545")
    with pytest.raises(UnknownCRS):
        read_vector(path, system="gcj02")
    assert is_homes(read_vector(path, system="4545"))


def test_wrong_system_and_swapped_axes_are_refused_by_row(tmp_path):
    swapped = [shapely.transform(shape, lambda xy: xy[:, ::-1]) for shape in HOMES]
    for shapes, stated in ((swapped, "EPSG:4326"), (HOMES, "EPSG:4545")):
        with pytest.raises(WrongCoordinates) as caught:
            read_vector(written(tmp_path / f"{stated[-4:]}.gpkg", shapes, stated=stated))
        assert caught.value.details["row"] == 1


def test_invalid_outline_is_refused_by_row_or_mended_on_request(tmp_path):
    path = written(tmp_path / "homes.gpkg", [HOMES[0], BOW_TIE])
    with pytest.raises(RowErrors) as caught:
        read_vector(path)
    assert caught.value.rows[0].row == 2
    assert "Self-intersection" in caught.value.rows[0].met
    found = read_vector(path, repair=True)
    assert found.repaired == [2]
    assert found.rows[1].geometry.is_valid


def test_missing_geometry_and_wrong_kind_are_refused_by_row(tmp_path):
    path = tmp_path / "mixed.geojson"
    features = [
        {"type": "Feature", "properties": {"名称": "甲"}, "geometry": None},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [107, 40]}},
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "Polygon", "coordinates": [[[1, 2], [3]]]},
        },
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with pytest.raises(RowErrors) as caught:
        read_vector(path, geometry_kinds=["polygon"])
    assert [error.row for error in caught.value.rows] == [1, 2, 3]


def test_multipolygons_holes_and_heights_survive(tmp_path):
    block = shapely.MultiPolygon([HOMES[0].buffer(0.001) - HOMES[0], HOMES[1]])
    path = tmp_path / "block.geojson"
    member = json.loads(shapely.to_geojson(block))
    properties = {"height": "48.5 m", "levels": 2.5, "parts": [1, 2]}
    document = {"type": "Feature", "properties": properties, "geometry": member}
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(document).encode())
    (row,) = read_vector(path).rows
    assert row.geometry.equals_exact(block, 1e-9)
    assert row.values == {"height": "48.5 m", "levels": 2.5, "parts": "[1, 2]"}


def test_geojson_with_an_old_crs_member(tmp_path):
    path = written(tmp_path / "homes.geojson", stated="EPSG:4545", system="EPSG:4545", RFC7946="NO")
    assert is_homes(read_vector(path))


def test_layer_must_be_named_when_there_are_several(tmp_path):
    path = written(tmp_path / "town.gpkg", layer="楼栋")
    written(path, HOMES[:1], layer="网格", append=True)
    assert [(layer.name, layer.row_count) for layer in layers_of(path)] == [("楼栋", 2), ("网格", 1)]
    with pytest.raises(MissingChoice) as caught:
        read_vector(path)
    assert caught.value.details["choices"] == ["楼栋", "网格"]
    assert len(read_vector(path, layer="网格").rows) == 1
    with pytest.raises(MissingChoice):
        read_vector(path, layer="none")


def test_more_rows_than_agreed_are_refused(tmp_path):
    with pytest.raises(TooLarge):
        read_vector(written(tmp_path / "homes.gpkg"), max_rows=1)


# --- Bad files ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"   ", b"name,lon\n", b"<html></html>", b"\x89PNG", b"PK\x03\x04cut"]
)
def test_files_of_another_kind_are_refused(tmp_path, content):
    path = tmp_path / "homes.gpkg"
    path.write_bytes(content)
    with pytest.raises((UnreadableFile, UnknownFormat)):
        read_vector(path)


@pytest.mark.parametrize(
    "document",
    [
        {"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/passwd"},
        {"type": "Topology", "objects": {}},
        {"type": "FeatureCollection", "features": "none"},
        [1, 2],
    ],
)
def test_json_of_another_kind_never_reaches_gdal(tmp_path, document):
    path = tmp_path / "pipe.geojson"
    path.write_text(json.dumps(document))
    if isinstance(document, list):
        with pytest.raises(UnknownFormat):
            read_vector(path)
    else:
        with pytest.raises(UnknownFormat):
            layers_of(path)


@pytest.mark.parametrize("replaced", ["homes", "gpkg_contents", "gpkg_geometry_columns"])
def test_a_geopackage_whose_layer_is_a_program_is_refused(tmp_path, replaced):
    """A view may be a query without end; it would hang whoever counts its rows."""
    path = written(tmp_path / "homes.gpkg", layer="homes")
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"ALTER TABLE {replaced} RENAME TO kept")
        if replaced != "gpkg_contents":  # renaming follows into the contents' own references only
            database.execute(f"UPDATE gpkg_contents SET table_name = '{replaced}' WHERE table_name = 'kept'")
        database.execute(f"CREATE VIEW {replaced} AS SELECT * FROM kept")
        database.commit()
    with pytest.raises(UnsafeFile):
        layers_of(path)


def test_virtual_and_remote_paths_are_not_opened(tmp_path):
    for path in ("/vsicurl/http://example.org/a.gpkg", "https://example.org/a.gpkg", "/vsizip/a.zip"):
        with pytest.raises(UnreadableFile):
            read_vector(path)
    virtual = tmp_path / "a.gpkg"
    virtual.write_text('<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>')
    with pytest.raises(UnknownFormat):
        read_vector(virtual)


@pytest.mark.parametrize("name", ["homes.gpkg", "homes.fgb", "homes.geojson"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.97])
def test_truncated_files_are_refused(tmp_path, name, share):
    many = [shapely.box(107 + i / 1e4, 40, 107.00005 + i / 1e4, 40.0001) for i in range(300)]
    path = written(tmp_path / name, many)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises((UnreadableFile, RowErrors)):
        read_vector(path)


@pytest.mark.parametrize("part", [".shp", ".dbf"])
def test_truncated_shapefile_parts_are_refused(tmp_path, part):
    zipped_shapefile(tmp_path)
    path = tmp_path / "parts" / f"楼栋{part}"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UnreadableFile):
        read_vector(tmp_path / "parts")


def test_shapefile_without_its_table_is_refused(tmp_path):
    with pytest.raises(UnreadableFile) as caught:
        read_vector(zipped_shapefile(tmp_path, drop=(".dbf",)))
    assert caught.value.details["missing"] == [".dbf"]


def test_zip_with_two_maps_is_a_question(tmp_path):
    path = zipped_shapefile(tmp_path)
    with zipfile.ZipFile(path, "a") as packed:
        packed.write(written(tmp_path / "homes.gpkg"), "homes.gpkg")
    with pytest.raises(MissingChoice):
        read_vector(path)


@pytest.mark.parametrize("name", ["../evil.shp", "/etc/evil.shp", "a/../../evil.shp", "C:\\evil.shp"])
def test_zip_that_leaves_its_folder_is_refused(tmp_path, name):
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(name, "x")
    with pytest.raises(UnsafeFile):
        read_vector(path)
    assert not (tmp_path / "evil.shp").exists()


def test_zip_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("a.shp", "w") as member:
        for _chunk in range(260):
            member.write(b"\0" * 1024**2)
    with pytest.raises(UnsafeFile):
        read_vector(path)


def test_geopackage_with_a_torn_page_is_refused(tmp_path):
    path = written(tmp_path / "homes.gpkg")
    content = bytearray(path.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(UnreadableFile):
        read_vector(path)


def test_sqlite_that_is_no_geopackage_is_refused(tmp_path):
    path = tmp_path / "plain.gpkg"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE a (b)")
    with pytest.raises(UnreadableFile):
        read_vector(path)


@pytest.mark.skipif(not PROVIDENCE.exists(), reason="the census blocks are not beside the project")
def test_census_blocks_are_read_from_their_own_datum(tmp_path):
    found = read_vector(PROVIDENCE)
    assert len(found.rows) == 3014
    assert found.system == "EPSG:4269"
    assert sum(row.values["TOTPOP"] for row in found.rows) == 178040
    west, south, east, north = shapely.total_bounds([row.geometry for row in found.rows])
    assert -71.5 < west < east < -71.3
    assert 41.7 < south < north < 41.9
    shutil.rmtree(tmp_path)


def test_a_geojson_that_is_only_a_geometry_is_one_row(tmp_path):
    path = tmp_path / "boundary.geojson"
    path.write_text(shapely.to_geojson(HOMES[0]))
    rows = read_vector(path).rows
    assert len(rows) == 1
    assert rows[0].geometry.equals(HOMES[0])
