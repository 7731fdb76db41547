"""Areas from OSM, made up, or imported: every building has a community, and no two towns share a code."""

import json
from pathlib import Path

import pytest
import shapely
from django.utils import timezone

from gis_core.errors import MissingColumn, RowErrors
from gis_core.readers.osm import OsmBoundary
from grids.models import Area, Building, Town
from grids.territory.area_tables import import_areas, plain_code, root_of
from grids.territory.areas import (
    OverlappingTowns,
    WrongAreaCode,
    draft_areas,
    next_synthetic_root,
    require_free_root,
)
from grids.town_import.importing import import_osm_town
from tests.towns import DrawnTown, crossroads

pytestmark = pytest.mark.django_db
SQUARE = shapely.box(0, 0, 1, 1)


def boundary(source_id: str, level: int, outline: shapely.Polygon, **tags: str) -> OsmBoundary:
    name = tags.get("name", "")
    return OsmBoundary(source_id, level, name, "", "", "", tags, shapely.multipolygons([outline]), True)


def town(root_code: str = "990001", *, synthetic: bool = True) -> Town:
    return Town(slug="t", name_zh="某镇", root_code=root_code, codes_are_synthetic=synthetic)


def codes(drafts: list) -> list[tuple[str, str]]:
    return [(row.code, row.name_zh) for row in drafts]


def test_a_town_without_boundaries_is_one_street_and_one_community() -> None:
    drafts = draft_areas(town(), SQUARE, [], in_china=True)
    assert codes(drafts) == [("990001", "某镇"), ("990001001", "某镇"), ("990001001001", "某镇")]
    assert all(row.is_synthetic for row in drafts)


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("32", ["32", "3290", "329090", "329090900", "329090900900"]),
        ("320106", ["320106", "320106900", "320106900900"]),
        ("320106001", ["320106001", "320106001900"]),
        ("320106001003", ["320106001003"]),
    ],
)
def test_below_a_real_root_made_up_codes_start_at_900(root: str, expected: list[str]) -> None:
    drafts = draft_areas(town(root, synthetic=False), SQUARE, [], in_china=True)
    assert [row.code for row in drafts] == expected


def test_osm_streets_and_communities_with_the_rest_as_one_more() -> None:
    west, east = shapely.box(0, 0, 0.5, 1), shapely.box(0.5, 0, 0.9, 1)
    rows = [
        boundary("relation/1", 8, west, name="西街道"),
        boundary("relation/2", 8, east, name="东街道"),
        boundary("relation/3", 10, shapely.box(0, 0, 0.5, 0.5), name="南社区"),
        boundary("relation/4", 6, SQUARE, name="某区"),
    ]
    drafts = draft_areas(town(), SQUARE, rows, in_china=True)
    assert codes(drafts) == [
        ("990001", "某镇"),
        ("990001001", "西街道"),
        ("990001002", "东街道"),
        ("990001003", "某镇（其余）"),
        ("990001001001", "南社区"),
        ("990001001002", "西街道（其余）"),
        ("990001002001", "东街道"),
        ("990001003001", "某镇（其余）"),
    ]


def test_a_stated_code_is_taken_only_under_the_root() -> None:
    rows = [
        boundary("relation/1", 8, shapely.box(0, 0, 0.5, 1), name="甲", **{"gb:code": "320106002000"}),
        boundary("relation/2", 8, shapely.box(0.5, 0, 1, 1), name="乙", **{"gb:code": "110101001000"}),
    ]
    drafts = draft_areas(town("320106", synthetic=False), SQUARE, rows, in_china=True)
    assert codes(drafts)[1:3] == [("320106002", "甲"), ("320106900", "乙")]
    assert [row.is_synthetic for row in drafts[1:3]] == [False, True]


@pytest.mark.parametrize("code", ["3201", "320106", "320106001003", "32"])
def test_a_root_in_or_over_another_towns_is_refused(code: str) -> None:
    Town.objects.create(slug="nj", name_zh="南京", root_code="320106001")
    if "320106001".startswith(code) or code.startswith("320106001"):
        with pytest.raises(OverlappingTowns):
            require_free_root(code)
    else:
        require_free_root(code)


@pytest.mark.parametrize("code", ["", "3", "32010", "3201060010030", "32010x", "３２０１０６"])
def test_a_malformed_root_is_refused(code: str) -> None:
    with pytest.raises(WrongAreaCode):
        require_free_root(code)


def test_synthetic_roots_are_each_given_once() -> None:
    assert next_synthetic_root() == "990001"
    Town.objects.create(slug="a", name_zh="甲", root_code="990001001")
    assert next_synthetic_root() == "990002"


def test_codes_are_read_as_statistical_tables_write_them() -> None:
    assert plain_code("320106001000") == "320106001"
    assert plain_code(320106000000.0) == "320106"
    assert plain_code(" 320106001003 ") == "320106001003"
    assert plain_code(None) == ""


# --- Import of a polygon layer ---------------------------------------------------------------


@pytest.fixture
def loaded(tmp_path: Path) -> tuple[Town, DrawnTown]:
    drawing = crossroads()
    done = import_osm_town(drawing.write(tmp_path / "town.osm"), name="十字镇")
    return done.town, drawing


def layer(
    folder: Path, drawing: DrawnTown, rows: list[tuple[object, str, tuple[float, float, float, float]]]
) -> Path:
    features = []
    for code, name, (west, south, east, north) in rows:
        outline = shapely.box(*drawing.lonlat((west, south))[0], *drawing.lonlat((east, north))[0])
        properties = {"代码": code, "名称": name}
        geometry = json.loads(shapely.to_geojson(outline))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    path = folder / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


WEST, EAST = (-50, -50, 205, 450), (205, -50, 450, 450)


def test_real_areas_replace_made_up_ones_and_buildings_follow(
    loaded: tuple[Town, DrawnTown], tmp_path: Path
) -> None:
    town, drawing = loaded
    rows = [("320106001003", "西社区", WEST), ("320106001004", "东社区", EAST)]
    done = import_areas(town, layer(tmp_path, drawing, rows))
    town.refresh_from_db()
    assert (town.root_code, town.codes_are_synthetic) == ("320106001", False)
    assert done.stock is not None
    held = Building.objects.filter(stock=done.stock)
    # Of the four houses one lies west of x = 205; (210, ·) and (300, ·) lie east.
    assert held.filter(community_code="320106001003").count() == 1
    assert held.filter(community_code="320106001004").count() == 3
    assert all(row.code.startswith(row.community_code) for row in held)
    assert set(Area.objects.filter(town=town, valid_until=None).values_list("code", flat=True)) == {
        "320106001", "320106001003", "320106001004",
    }  # fmt: skip
    assert done.stock.dwelling_count == sum(row.dwelling_count for row in held)


def test_a_changed_name_ends_the_old_row(loaded: tuple[Town, DrawnTown], tmp_path: Path) -> None:
    town, drawing = loaded
    import_areas(town, layer(tmp_path, drawing, [("320106001003", "旧名", (-50, -50, 450, 450))]))
    Area.objects.filter(town=town).update(valid_from="2020-01-01")
    import_areas(town, layer(tmp_path, drawing, [("320106001003", "新名", (-50, -50, 450, 450))]))
    rows = Area.objects.filter(town=town, code="320106001003").order_by("valid_from")
    today = timezone.localdate()
    assert [(row.name_zh, row.valid_until) for row in rows] == [("旧名", today), ("新名", None)]


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([("320106001003", "甲", WEST), ("320106001003", "乙", EAST)], "320106001003"),
        ([("32010600103", "甲", WEST)], "32010600103"),
        ([("abc", "甲", WEST)], "abc"),
        ([("320106001003", "", WEST)], "名称"),
    ],
)
def test_bad_rows_are_named_and_nothing_changes(
    loaded: tuple[Town, DrawnTown], tmp_path: Path, rows: list, named: str
) -> None:
    town, drawing = loaded
    before = list(Area.objects.filter(town=town).values_list("code", "valid_until"))
    with pytest.raises(RowErrors) as refused:
        import_areas(town, layer(tmp_path, drawing, rows))
    assert named in str(refused.value.details)
    assert list(Area.objects.filter(town=town).values_list("code", "valid_until")) == before


def test_codes_of_another_town_and_missing_columns_are_refused(
    loaded: tuple[Town, DrawnTown], tmp_path: Path
) -> None:
    town, drawing = loaded
    Town.objects.create(slug="nj", name_zh="南京", root_code="320106")
    path = layer(tmp_path, drawing, [("320106001003", "甲", WEST)])
    with pytest.raises(OverlappingTowns):
        import_areas(town, path)
    with pytest.raises(MissingColumn):
        import_areas(town, path, code_column="编码")
    town.refresh_from_db()
    assert town.root_code == "990001"


def test_the_root_is_the_longest_shared_code() -> None:
    drafts = draft_areas(town("320106", synthetic=False), SQUARE, [], in_china=True)
    assert root_of(drafts) == "320106"
