"""The sea lies to the right of a coastline."""

from shapely import LineString, Point

from grids.streets.coastline import sea_polygons


def is_sea(lines: list[LineString], lon: float, lat: float) -> bool:
    return any(face.contains(Point(lon, lat)) for face in sea_polygons(lines))


def test_a_coast_drawn_eastwards_has_its_water_to_the_south() -> None:
    coast = [LineString([(7.0, 43.0), (7.05, 43.01), (7.1, 43.0)])]
    assert is_sea(coast, 7.05, 42.99)
    assert not is_sea(coast, 7.05, 43.02)


def test_the_same_coast_drawn_westwards_has_its_water_to_the_north() -> None:
    coast = [LineString([(7.1, 43.0), (7.05, 43.01), (7.0, 43.0)])]
    assert is_sea(coast, 7.05, 43.02)
    assert not is_sea(coast, 7.05, 42.99)


def test_an_island_off_the_coast_is_dry() -> None:
    # The outline runs counter-clockwise, so land is on its left: inside.
    island = LineString([(7.04, 42.98), (7.06, 42.98), (7.06, 42.99), (7.04, 42.99), (7.04, 42.98)])
    coast = [LineString([(7.0, 43.0), (7.1, 43.0)]), island]
    assert not is_sea(coast, 7.05, 42.985)
    assert is_sea(coast, 7.08, 42.985)


def test_a_coast_in_two_pieces_is_one_coast() -> None:
    coast = [LineString([(7.0, 43.0), (7.05, 43.0)]), LineString([(7.05, 43.0), (7.1, 43.0)])]
    assert is_sea(coast, 7.05, 42.99)
    assert not is_sea(coast, 7.05, 43.01)


def test_without_a_coast_there_is_no_sea() -> None:
    assert sea_polygons([]) == []
