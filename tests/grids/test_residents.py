"""Residents: an estimate from dwellings and published figures, and what a published table may hold."""

from pathlib import Path

import pytest

from gis_core.denylist import DeniedColumns
from gis_core.errors import MissingColumn, RowErrors
from grids.arrays import stock_arrays
from grids.coverage.residents import estimate_residents, resident_inputs
from grids.models import PopulationTable, Town
from grids.profiles import city_profile
from grids.territory.populations import demand_groups, import_population
from tests.grids.drawn_towns import COMMUNITY, DrawnTown

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    drawn = DrawnTown()
    drawn.building((0, 0), dwelling_count=10, vacant_count=4)
    drawn.building((0, 10), dwelling_count=8, community_code="330100002001")
    drawn.building((0, 20), dwelling_count=0, kind="industrial")
    return drawn.build()


def table(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_vacant_dwellings_house_nobody_and_the_profile_tells_the_household(town):
    found = estimate_residents(stock_arrays(town.stocks.get()), resident_inputs(town, city_profile(town)))
    assert found.count.tolist() == [15, 20, 0]  # 2.5 persons a household
    assert found.groups == {}


def test_the_smallest_area_with_a_figure_tells(town, tmp_path):
    import_population(
        town,
        table(
            tmp_path,
            "区划代码,年份,户均人口,age_60_plus_percent\n"
            "330100,2020,3.0,20\n"
            f"{COMMUNITY},2020,2.0,\n"
            "330100002000,2010,5.0,30\n",
        ),
        source="第七次人口普查",
    )
    inputs = resident_inputs(town, city_profile(town), ["age_60_plus", "age_0_3", "all"])
    found = estimate_residents(stock_arrays(town.stocks.get()), inputs)
    assert found.count.tolist() == [12, 40, 0]
    assert found.groups["age_60_plus"].tolist() == pytest.approx([12 * 0.2, 40 * 0.3, 0])
    assert "age_0_3" not in found.groups
    assert "第七次人口普查 (2020)" in inputs["note_zh"]


def test_a_newer_table_of_the_same_area_replaces_the_older(town, tmp_path):
    import_population(
        town, table(tmp_path, "code,year,household_size\n330100,2010,3\n330100,2020,2\n"), source="a"
    )
    assert resident_inputs(town, city_profile(town))["household_size_of_area"] == {
        "3301": 2.0
    }  # …00 is the whole city
    import_population(town, table(tmp_path, "code,year,household_size\n330100,2020,2.2\n"), source="b")
    assert PopulationTable.objects.count() == 2


@pytest.mark.parametrize("column", ["ethnicity", "民族", "宗教信仰", "民族_percent"])
def test_what_must_not_be_kept_is_refused_before_a_row_is_read(town, tmp_path, column):
    with pytest.raises(DeniedColumns):
        import_population(town, table(tmp_path, f"code,year,{column}\n330100,2020,1\n"), source="a")


def test_impossible_rows_are_named_and_nothing_is_loaded(town, tmp_path):
    text = "code,year,household_size,age_60_plus\n330100,2020,2.5,0.2\n440100,2020,2,\n330100,2020,99,21\n"
    with pytest.raises(RowErrors) as refused:
        import_population(town, table(tmp_path, text), source="a")
    rows = refused.value.details["rows"]
    assert [(row["row"], row["field"]) for row in rows] == [
        (3, "area_code"), (4, "household_size"), (4, "age_60_plus"),
    ]  # fmt: skip
    assert not PopulationTable.objects.exists()


def test_a_building_is_no_area(town, tmp_path):
    with pytest.raises(RowErrors):
        import_population(town, table(tmp_path, f"code,year\n{COMMUNITY}00001,2020\n"), source="a")
    with pytest.raises(MissingColumn):
        import_population(town, table(tmp_path, "code,household_size\n330100,2\n"), source="a")


def test_groups_are_those_of_the_catalogue():
    assert "age_60_plus" in demand_groups()
    assert "all" not in demand_groups()
