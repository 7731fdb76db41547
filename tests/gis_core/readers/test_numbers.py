import pytest

from gis_core.errors import RowErrors
from gis_core.readers.numbers import (
    NumberProblem,
    RowCheck,
    parse_height_m,
    parse_int,
    parse_levels,
    parse_number,
)


@pytest.mark.parametrize(
    ("typed", "metres"),
    [
        ("48.5 m", 48.5), ("48.5", 48.5), (48.5, 48.5),
        ("48,5 m", 48.5), ("４８．５米", 48.5), ("48.5m.", 48.5), ("160 ft", 48.768), ("160'", 48.768),
        ("7'4\"", 2.2352), ("约12米", 12.0), ("250 cm", 2.5), ("", None),
        (None, None), ("  ", None),
    ],
)  # fmt: skip
def test_height_is_read_with_its_unit(typed, metres):
    assert parse_height_m(typed) == (None if metres is None else pytest.approx(metres))


@pytest.mark.parametrize(
    "typed", ["tall", "48.5 km", "-3", "0", "1001", "10-12", "5;7", "1e999", "nan", True]
)
def test_height_that_is_no_height_is_refused(typed):
    with pytest.raises(NumberProblem) as caught:
        parse_height_m(typed)
    assert caught.value.met == str(typed)


@pytest.mark.parametrize(
    ("typed", "levels"),
    [
        ("2.5", 2.5), ("3;4", 4.0), ("F6", 6.0), ("6层", 6.0), ("6F", 6.0),
        ("地上6层", 6.0), ("共18层", 18.0),
        (6, 6.0), ("６", 6.0), ("11 floors", 11.0), ("3;", 3.0), ("", None), (None, None),
    ],
)  # fmt: skip
def test_levels_are_read_as_written(typed, levels):
    assert parse_levels(typed) == levels


@pytest.mark.parametrize("typed", ["6-8层", "6+1", "B1", "很高", "0", "-1", "201", ";", "十八层", "3;x"])
def test_levels_that_are_a_question_are_refused(typed):
    with pytest.raises(NumberProblem):
        parse_levels(typed)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12.0),
        ("1,234.5", 1234.5),
        ("48,5", 48.5),
        ("１２．５", 12.5),
        ("-7e-2", -0.07),
        (".5", 0.5),
        ("", None),
    ],
)
def test_numbers_as_people_type_them(typed, number):
    assert parse_number(typed) == number


@pytest.mark.parametrize("typed", ["12a", "1,23,4", "107°24′", "1.2.3", "inf", "--1", True])
def test_numbers_that_are_none(typed):
    with pytest.raises(NumberProblem):
        parse_number(typed)


def test_whole_numbers():
    assert parse_int("3.0") == 3
    with pytest.raises(NumberProblem):
        parse_int("3.5")


def test_row_check_refuses_all_bad_cells_together():
    check = RowCheck()
    assert check.height_m(2, "高度", "48.5 m") == 48.5
    check.height_m(3, "高度", "tall")
    check.levels(9, "层数", "6-8层")
    with pytest.raises(RowErrors) as caught:
        check.finish()
    assert [(row["row"], row["field"], row["met"]) for row in caught.value.details["rows"]] == [
        (3, "高度", "tall"),
        (9, "层数", "6-8层"),
    ]
    assert caught.value.details["count"] == 2
    assert "第 3 行" in caught.value.sentence
    RowCheck().finish()
