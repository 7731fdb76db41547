"""Coordinates against published vectors, against PROJ, and there and back again."""

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from gis_core import crs
from gis_core.errors import UnknownCRS, WrongCoordinates

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
VECTORS, NANJING = SHARED / "vectors", SHARED / "nanjing" / "nanjing-poi-3crs.csv"
needs_vectors = pytest.mark.skipif(
    not VECTORS.exists(), reason="published vectors are not beside the project"
)
WGS84_GEOD = Geod(ellps="WGS84")

# WGS-84, GCJ-02, BD-09 as npm gcoord 1.0.7 (MIT) publishes them in test/fixtures/china-cities.json.
CITIES = {
    "银川市": ((106.2265089, 38.4867312), (106.2309166, 38.4871981), (106.2374035, 38.4931761)),
    "拉萨市": ((91.1706414, 29.655277), (91.1721167, 29.6524954), (91.1786184, 29.6585294)),
    "成都市": ((104.0640437, 30.5747262), (104.0665489, 30.5722732), (104.0730134, 30.5783237)),
    "三亚市": ((109.507813, 18.2545417), (109.5119135, 18.2528524), (109.5184703, 18.2585878)),
    "乌鲁木齐市": ((87.6140048, 43.824388), (87.6168579, 43.8255962), (87.6232918, 43.8317719)),
    "哈尔滨市": ((126.528903, 45.8017783), (126.5349726, 45.8037804), (126.5415875, 45.8094074)),
    "巴彦淖尔市": ((107.3820709, 40.7417717), (107.3876628, 40.7432186), (107.394062, 40.7494746)),
    "喀什地区": ((75.9868089, 39.470184), (75.9897602, 39.4704064), (75.9962502, 39.4764048)),
    "武汉市": ((114.2999512, 30.5955177), (114.3053942, 30.5931044), (114.3119755, 30.5987732)),
    "宁波市": ((121.6175008, 29.8621392), (121.6216018, 29.859518), (121.628174, 29.8651502)),
    "昆明市": ((102.8314746, 24.8831612), (102.8328974, 24.8800993), (102.8393447, 24.8863908)),
}
# CGCS2000 lon, lat, EPSG zone, easting, northing, computed by PROJ 9.5.1.
GAUSS_KRUGER = [
    (114.0164322, 33.0133556, 4547, 501535.4105, 3654229.3602),
    (102.2658401, 27.8850446, 4543, 526176.2788, 3085730.9612),
    (104.6252411, 30.1317508, 4544, 463888.6383, 3334777.7269),
    (111.0017421, 35.0271663, 4546, 500158.9805, 3877606.7547),
]


def metres_apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(WGS84_GEOD.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2])


def nine_places_of_400_points() -> np.ndarray:
    """3,600 points: 20 × 20 over 0.2° around nine towns from Kashgar to Ningbo."""
    towns = [(107.4, 40.8), (107.0, 40.3), (106.2, 38.5), (106.3, 36.0), (121.8, 29.9), (104.1, 30.6),
             (114.3, 30.6), (75.99, 39.47), (126.6, 45.8)]  # fmt: skip
    step = np.linspace(-0.1, 0.1, 20)
    grid = np.array([(x, y) for x in step for y in step])
    return np.vstack([grid + town for town in towns])


@pytest.mark.parametrize("city", CITIES)
def test_city_is_shifted_as_published(city):
    wgs84, gcj02, bd09 = (np.array([pair]) for pair in CITIES[city])
    require_near_published(wgs84, gcj02, bd09)


@needs_vectors
def test_every_published_city_is_shifted_as_published():
    with gzip.open(VECTORS / "gcoord-china-cities.json.gz") as file:
        cities = [row["coords"] for row in json.load(file)]
    assert len(cities) == 664
    require_near_published(*(np.array([city[key] for city in cities]) for key in ("WGS84", "GCJ02", "BD09")))


def require_near_published(wgs84: np.ndarray, gcj02: np.ndarray, bd09: np.ndarray) -> None:
    # The cities were shifted by the map services themselves; the public formula lies a steady
    # 0.65 m beside them (gcoord's own tests allow 5e-5 degree, about 5 m).
    assert metres_apart(crs.wgs84_to_gcj02(wgs84), gcj02).max() < 0.75
    assert metres_apart(crs.gcj02_to_wgs84(gcj02), wgs84).max() < 0.75
    assert metres_apart(crs.wgs84_to_bd09(wgs84), bd09).max() < 0.75
    assert metres_apart(crs.bd09_to_wgs84(bd09), wgs84).max() < 0.75
    assert metres_apart(crs.gcj02_to_bd09(gcj02), bd09).max() < 0.02
    assert metres_apart(crs.bd09_to_gcj02(bd09), gcj02).max() < 0.02


@pytest.mark.parametrize(
    ("wgs84", "gcj02", "bd09"),
    [
        # Two rows of the Nanjing list, computed by npm gcoord 1.0.7 with the public formula.
        ((118.7706098, 32.0449011), (118.7758262, 32.0428593), (118.7823002, 32.0489671)),
        ((118.7884528, 32.0459426), (118.7936485, 32.0438820), (118.8000616, 32.0502200)),
    ],
)
def test_public_formula_is_met_within_a_centimetre(wgs84, gcj02, bd09):
    require_formula(np.array([wgs84]), np.array([gcj02]), np.array([bd09]))


@pytest.mark.skipif(not NANJING.exists(), reason="the Nanjing list is not beside the project")
def test_every_nanjing_poi_meets_the_public_formula():
    with open(NANJING, encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 372
    require_formula(
        *(np.array([(float(r[f"lng_{key}"]), float(r[f"lat_{key}"])) for r in rows])
          for key in ("wgs84", "gcj02", "bd09"))
    )  # fmt: skip


def require_formula(wgs84: np.ndarray, gcj02: np.ndarray, bd09: np.ndarray) -> None:
    # 1e-7 degree, the rounding of the list, is 0.011 m.
    assert metres_apart(crs.wgs84_to_gcj02(wgs84), gcj02).max() < 0.012
    assert metres_apart(crs.wgs84_to_bd09(wgs84), bd09).max() < 0.012
    assert metres_apart(crs.gcj02_to_wgs84(gcj02), wgs84).max() < 0.012
    assert metres_apart(crs.bd09_to_wgs84(bd09), wgs84).max() < 0.012


@pytest.mark.parametrize(
    ("out", "back"),
    [
        (crs.wgs84_to_gcj02, crs.gcj02_to_wgs84),
        (crs.gcj02_to_bd09, crs.bd09_to_gcj02),
        (crs.wgs84_to_bd09, crs.bd09_to_wgs84),
    ],
)
def test_there_and_back_returns_within_2_mm_over_3600_points(out, back):
    start = nine_places_of_400_points()
    assert len(start) == 3600
    assert metres_apart(back(out(start)), start).max() <= 0.002
    assert metres_apart(out(start), start).min() > 100


@pytest.mark.parametrize(
    ("lon", "lat", "at_least_m", "at_most_m"),
    [(107.4, 40.76, 486, 501), (106.23, 38.49, 386, 394), (104.06, 30.57, 359, 364), (114.3, 30.6, 586, 590)],
)
def test_shift_in_linhe_yinchuan_chengdu_and_wuhan(lon, lat, at_least_m, at_most_m):
    here = np.array([(lon, lat)])
    assert at_least_m <= metres_apart(crs.wgs84_to_gcj02(here), here)[0] <= at_most_m


def test_places_outside_china_are_not_shifted():
    abroad = np.array([(9.52, 47.14), (-76.61, 39.29), (-58.38, -34.60), (151.21, -33.87)])
    for shift in (crs.wgs84_to_gcj02, crs.gcj02_to_wgs84, crs.gcj02_to_bd09, crs.bd09_to_wgs84):
        assert np.array_equal(shift(abroad), abroad)


def test_inputs_are_not_changed_in_place():
    start = nine_places_of_400_points()
    kept = start.copy()
    crs.wgs84_to_gcj02(start)
    crs.bd09_to_wgs84(start)
    crs.from_source(start, "wgs84")[0] = 0
    assert np.array_equal(start, kept)


@pytest.mark.parametrize(("lon", "lat", "epsg", "east_m", "north_m"), GAUSS_KRUGER)
def test_metres_in_china_are_the_registered_zone(lon, lat, epsg, east_m, north_m):
    zone = crs.metric_zone(lon=lon, lat=lat)
    assert zone.epsg == epsg
    assert crs.to_metres([(lon, lat)], zone)[0] == pytest.approx((east_m, north_m), abs=0.001)


@needs_vectors
def test_every_gauss_kruger_vector_is_met_within_a_millimetre():
    with open(VECTORS / "cgcs2000-3deg-gk-proj.csv", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 50
    for row in rows:
        lon, lat = float(row["lon_cgcs2000"]), float(row["lat_cgcs2000"])
        zone = crs.metric_zone(lon=lon, lat=lat)
        assert (zone.epsg, zone.central_meridian) == (int(row["epsg"]), int(row["central_meridian"]))
        expected = (float(row["easting"]), float(row["northing"]))
        assert crs.to_metres([(lon, lat)], zone)[0] == pytest.approx(expected, abs=0.001)
        assert crs.from_source([expected], f"EPSG:{row['epsg']}")[0] == pytest.approx((lon, lat), abs=1e-8)


@pytest.mark.parametrize(
    ("lon", "lat", "meridian", "epsg"),
    [
        (73.6, 39.4, 75, 4534),
        (107.4, 40.76, 108, 4545),
        (106.2, 38.5, 105, 4544),
        (121.84, 29.9, 123, 4550),
        (134.7, 48.3, 135, 4554),
        (7.42, 43.73, 6, None),
        (-76.61, 39.29, -78, None),
        (-58.38, -34.60, -57, None),
        (179.9, -17.0, 180, None),
    ],
)
def test_zone_of_a_place(lon, lat, meridian, epsg):
    zone = crs.metric_zone(lon=lon, lat=lat)
    assert (zone.central_meridian, zone.epsg) == (meridian, epsg)


@pytest.mark.parametrize(("lon", "lat"), [(-58.38, -34.60), (-76.61, 39.29), (7.42, 43.73), (30.5, -1.9)])
def test_metres_elsewhere_keep_lengths_and_come_back(lon, lat):
    zone = crs.metric_zone(lon=lon, lat=lat)
    here = np.array([(lon, lat), (lon + 0.01, lat), (lon, lat + 0.01)])
    xy_m = crs.to_metres(here, zone)
    assert (xy_m > 0).all()  # false easting and, in the south, false northing
    assert xy_m[1, 0] > xy_m[0, 0]
    assert xy_m[2, 1] > xy_m[0, 1]
    planar_m = np.hypot(*(xy_m[1:] - xy_m[0]).T)
    assert planar_m == pytest.approx(metres_apart(here[[0, 0]], here[1:]), rel=1 / 3000)
    assert metres_apart(crs.to_lonlat(xy_m, zone), here).max() < 1e-6


def test_geometry_comes_back_and_the_original_stays():
    zone = crs.metric_zone(lon=-58.38, lat=-34.60)
    place = shapely.box(-58.39, -34.61, -58.38, -34.60)
    in_metres = crs.geometry_to_metres(place, zone)
    assert place.bounds == (-58.39, -34.61, -58.38, -34.60)
    assert in_metres.area == pytest.approx(crs.area_m2(place), rel=1e-3)
    assert crs.geometry_to_lonlat(in_metres, zone).equals_exact(place, 1e-9)
    assert crs.geometry_to_metres(np.array([place, None]), zone)[1] is None
    assert crs.to_metres(np.empty((0, 2)), zone).shape == (0, 2)


def test_mercator_is_proj_and_too_long_in_the_north():
    lonlat = np.array([(107.4, 40.76), (107.41, 40.76)])
    xy = crs.to_mercator(lonlat)
    oracle = Transformer.from_crs(4326, 3857, always_xy=True).transform(*lonlat[0])
    assert xy[0] == pytest.approx(oracle)
    assert 1.28 < (xy[1, 0] - xy[0, 0]) / crs.geodesic_distance_m(lonlat[:1], lonlat[1:])[0] < 1.34
    assert np.isfinite(crs.to_mercator([(0.0, 90.0), (0.0, -90.0)])).all()


def test_lengths_of_lines_laid_end_to_end():
    lines = [[(0, 0), (0, 1), (1, 1)], [(107.4, 40.7)], [(-58.4, -34.6), (-58.3, -34.6)]]
    flat = np.vstack([np.array(line, dtype=float) for line in lines])
    lengths_m = crs.geodesic_length_m(flat, [0, 3, 4, 6])
    expected = [WGS84_GEOD.line_length(*zip(*line, strict=True)) for line in lines]
    assert lengths_m == pytest.approx(expected, abs=0.001)
    assert len(crs.geodesic_segments_m(flat, [0, 3, 4, 6])) == 3
    assert crs.geodesic_length_m(np.empty((0, 2)), [0]).shape == (0,)
    with pytest.raises(ValueError, match="start"):
        crs.geodesic_length_m(flat, [0, 3, 3, 6])


def test_area_subtracts_the_hole_whatever_its_winding():
    outer, hole = [(0, 0), (0, 1), (1, 1), (1, 0)], [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]
    whole = abs(WGS84_GEOD.polygon_area_perimeter(*zip(*outer, strict=True))[0])
    inner = abs(WGS84_GEOD.polygon_area_perimeter(*zip(*hole, strict=True))[0])
    for ring in (hole, hole[::-1]):
        assert crs.area_m2(shapely.Polygon(outer, [ring])) == pytest.approx(whole - inner, rel=1e-7)
    assert crs.areas_m2([shapely.Polygon(outer)]).tolist() == pytest.approx([whole], rel=1e-7)


@pytest.mark.parametrize(
    ("named", "key"),
    [
        ("WGS84", "wgs84"),
        ("EPSG:4326", "wgs84"),
        ("4490", "cgcs2000"),
        ("GCJ-02", "gcj02"),
        ("bd09", "bd09"),
        ("EPSG:4547", "EPSG:4547"),
        ("4523", "EPSG:4523"),
    ],
)
def test_a_system_is_known_by_several_names(named, key):
    assert crs.source_system(named).key == key


@pytest.mark.parametrize(
    "named", ["", "火星", "EPSG:1", "99999999", "+proj=nothing", "EPSG:5773", "+nadgrids=/etc/x"]
)
def test_an_unknown_system_is_refused(named):
    with pytest.raises(UnknownCRS):
        crs.source_system(named)


def test_latitude_first_and_northing_first_registries_are_read_x_first():
    assert crs.from_source([(107.4, 40.7)], "EPSG:4490").tolist() == [[107.4, 40.7]]
    place = np.array([(107.4, 40.76)])
    with_prefix = crs.to_source(place, "EPSG:4524")  # zone 36: easting starts with 36
    without = crs.to_source(place, "EPSG:4545")
    assert with_prefix[0] == pytest.approx((without[0, 0] + 36_000_000, without[0, 1]), abs=1e-3)
    assert metres_apart(crs.from_source(with_prefix, "4524"), place)[0] < 1e-6
    assert metres_apart(crs.from_source(crs.to_source(place, "bd09"), "bd09"), place)[0] < 0.002


def test_a_citys_own_system_with_seven_parameters_is_read():
    own = (
        "+proj=tmerc +lat_0=0 +lon_0=107.5 +x_0=50000 +y_0=-4000000 +ellps=krass +towgs84=10,-120,-60,0,0,0,0"
    )
    xy = crs.to_source([(107.4, 40.76)], own)
    assert metres_apart(crs.from_source(xy, own), np.array([(107.4, 40.76)]))[0] < 0.01


def test_swapped_lon_lat_is_refused_naming_the_row():
    with pytest.raises(WrongCoordinates) as caught:
        crs.require_lonlat([(107.4, 40.7), (40.7, 107.4)], rows=[2, 3])
    assert caught.value.details == {"row": 3, "x": 40.7, "y": 107.4}
    assert "3" in caught.value.sentence


def test_swapped_pair_in_range_is_found_by_the_town_extent():
    monaco = (7.40, 43.71, 7.45, 43.76)
    crs.require_lonlat([(43.73, 7.42)])
    crs.require_lonlat([(7.42, 43.73), (7.6, 43.8)], extent=monaco)
    with pytest.raises(WrongCoordinates):
        crs.require_lonlat([(7.42, 43.73), (43.73, 7.42)], extent=monaco)


@pytest.mark.parametrize("bad", [(np.nan, 40.0), (np.inf, 0.0), (500000.0, 4512345.0)])
def test_missing_or_metric_numbers_are_not_lonlat(bad):
    with pytest.raises(WrongCoordinates):
        crs.require_lonlat([bad])


@pytest.mark.parametrize(
    ("system", "xy"),
    [
        ("EPSG:4545", (4512345.0, 449000.0)),  # northing first
        ("EPSG:4545", (36449000.0, 4512345.0)),  # easting with the prefix of zone 36
        ("EPSG:4545", (107.4, 40.7)),  # degrees
        ("gcj02", (40.7, 107.4)),
    ],
)
def test_coordinates_of_another_system_are_refused(system, xy):
    with pytest.raises(WrongCoordinates):
        crs.from_source([xy], system, rows=[7])


def test_geometries_of_a_shifted_file_are_moved_back_by_row():
    truth = np.array([shapely.box(104.0, 30.6, 104.1, 30.7), shapely.Point(104.05, 30.65)])
    shifted = shapely.transform(truth, crs.wgs84_to_gcj02)
    back = crs.geometry_from_source(shifted, "gcj02")
    assert shapely.equals_exact(back, truth, 1e-7).all()
    with pytest.raises(WrongCoordinates) as caught:
        crs.geometry_from_source([truth[1], shapely.Point(30, 104)], "cgcs2000", rows=[5, 9])
    assert caught.value.details["row"] == 9
