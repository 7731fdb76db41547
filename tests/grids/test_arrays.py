"""Database to numpy and back: the same numbers, in the tables' own numbering, read once."""

import struct

import numpy as np
import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from grids import copying
from grids.arrays import BUILDING_KINDS, inventory_arrays, network_arrays, stock_arrays
from grids.kernels.wkb import parsed
from grids.models import Building, GenerationState
from tests.grids.drawn_towns import COMMUNITY, DrawnTown, degrees

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    drawn = DrawnTown()
    drawn.street((0, 0), (50, 20), (100, 0), estate=4)
    drawn.street((100, 0), (100, 200), steps=True)
    drawn.estate(4, (-10, -10), (90, 90), gates=((90, 0),))
    drawn.building((10, 5), estate=4, dwelling_count=12, vacant_count=3)
    drawn.building((100, 100), kind="commercial", has_door=False, community_code="")
    drawn.facility("EDU-PRI COM-MKT", (0, 0), (5, 5))
    drawn.facility("XXX", (9, 9), status="planned", open_to="members")
    return drawn.build()


def test_a_network_comes_out_as_it_is_in_the_tables(town):
    network = network_arrays(town.streetnetworks.get())
    assert network.edge_source.tolist() == [0, 1]
    assert network.edge_target.tolist() == [1, 2]
    assert network.edge_length_dm.tolist() == [round(10 * (np.hypot(50, 20) * 2)), 2000]
    assert network.edge_is_steps.tolist() == [False, True]
    assert network.edge_compound.tolist() == [4, 0]
    assert network.shape_start.tolist() == [0, 3, 5]
    np.testing.assert_allclose(network.shape_lonlat[1], degrees((50, 20)), rtol=0, atol=1e-12)
    np.testing.assert_allclose(network.node_lonlat[2], degrees((100, 200)), rtol=0, atol=1e-12)


def test_a_stock_comes_out_as_it_is_in_the_tables(town):
    stock = stock_arrays(town.stocks.get())
    assert [BUILDING_KINDS[kind] for kind in stock.kind] == ["residential", "commercial"]
    assert (stock.dwellings.tolist(), stock.vacant.tolist()) == ([12, 10], [3, 0])
    assert stock.community_codes[stock.community].tolist() == [COMMUNITY, ""]
    assert (stock.estate.tolist(), stock.estate_is_closed.tolist()) == ([4, 0], [True, False])
    assert stock.ring_start.tolist() == [0, 5, 10]
    assert (stock.door_building.tolist(), stock.door_rank.tolist()) == ([0], [1])
    assert stock.gate_estate.tolist() == [4]


def stream(geometries: dict[int, str]) -> tuple[bytes, int, int]:
    """Rows as COPY sends them, between other bytes."""
    rows = b""
    for number, text in geometries.items():
        wkb = bytes(GEOSGeometry(text).wkb)
        rows += struct.pack(">hiii", 2, 4, number, len(wkb)) + wkb
    return b"before" + rows + b"after", 6, 6 + len(rows)


def test_holes_and_parts_keep_their_building():
    rings = "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(1 1,2 1,2 2,1 1)),((20 0,21 0,21 1,20 0)))"
    line = "LINESTRING(5 6,7 8)"
    shapes = parsed(*stream({7: rings, 9: line, 3: rings}))
    assert shapes.number.tolist() == [3, 7, 9]
    assert shapes.owner.tolist() == [3, 3, 3, 7, 7, 7, 9]
    assert np.diff(shapes.start).tolist() == [5, 4, 4, 5, 4, 4, 2]
    assert shapes.vertices[5].tolist() == [1, 1]
    assert shapes.vertices[-2:].tolist() == [[5, 6], [7, 8]]
    with pytest.raises(ValueError, match="WKB"):
        parsed(*stream({1: "POINT(1 2)"}))


def test_facilities_know_only_the_categories_asked_for(town):
    inventory = inventory_arrays(town.facilityinventorys.get(), ("COM-MKT", "EDU-PRI"))
    assert list(zip(inventory.category_facility, inventory.category, strict=True)) == [(0, 0), (0, 1)]
    assert inventory.access_facility.tolist() == [0, 0, 1]
    assert (inventory.status.tolist(), inventory.open_to.tolist()) == ([0, 2], [0, 2])


def test_an_active_generation_is_read_once(town, django_assert_num_queries):
    network = town.streetnetworks.get()
    first = network_arrays(network)
    with django_assert_num_queries(0):
        again = network_arrays(network)
    np.testing.assert_array_equal(first.edge_length_dm, again.edge_length_dm)


def test_a_generation_that_may_still_change_is_never_kept(town, settings):
    stock = town.stocks.get()
    stock.state = GenerationState.CHECKED
    assert len(stock_arrays(stock)) == 2
    Building.objects.filter(stock=stock, number=1).delete()
    assert len(stock_arrays(stock)) == 1
    assert not list(settings.ARRAYS_DIR.rglob("*.npz"))


def test_numbers_with_a_gap_are_a_programmers_error(town):
    stock = town.stocks.get()
    stock.state = GenerationState.CHECKED
    Building.objects.filter(stock=stock, number=0).delete()
    with pytest.raises(ValueError, match="buildings"):
        stock_arrays(stock)


def test_a_half_written_file_is_never_met(town, settings, monkeypatch):
    monkeypatch.setattr(np, "savez", lambda *_args, **_arrays: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        network_arrays(town.streetnetworks.get())
    assert not [path for path in settings.ARRAYS_DIR.rglob("*") if path.is_file()]


def test_rows_written_by_copy_are_read_as_they_were(db):

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE trip (n int4, share float8, word varchar, gone float8)")
        rows = copying.row_of(
            [np.array([1, 2], ">i4"), np.array([0.5, np.pi], ">f8"), "字".encode(), None], 2
        )
        copying.copy_in("trip", "n, share, word, gone", [rows])
        cursor.execute("SELECT * FROM trip ORDER BY n")
        assert cursor.fetchall() == [(1, 0.5, "字", None), (2, np.pi, "字", None)]


def test_arrays_written_by_copy_keep_their_nulls(db):
    values, is_null = np.array([[1, 2, 3], [4, 5, 6]]), np.array([False, True, False])
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE trip (small int2[], whole int4[], share float8[])")
        fields = [copying.array_field(values, is_null, kind) for kind in (">i2", ">i4", ">f8")]
        copying.copy_in("trip", "small, whole, share", [copying.row_of(fields, 2)])
        cursor.execute("SELECT * FROM trip")
        assert cursor.fetchall() == [([1, None, 3],) * 3, ([4, None, 6],) * 3]
