"""Lists of flats and applicants: every row or none, and the rows say why."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from gis_core.denylist import DeniedColumns
from gis_core.errors import MissingColumn
from gis_core.models import AccessLog
from grids.models import Applicant, Building, Flat, PlacementProject
from grids.placement.errors import ApplicantsDoNotFit, NothingToCheck, ProjectClosed, WrongRows
from grids.placement.imports import forget_applicants, import_applicants, import_flats
from grids.placement.templates import applicants_template, flats_template
from tests.grids.placement.new_quarter import (
    EAST_1,
    EAST_2,
    FLATS,
    ROOM,
    WEST_1,
    add_dwelling,
    applicant,
    flat,
    flats_csv,
    quarter_project,
    table,
)

pytestmark = pytest.mark.django_db

ID_NUMBER = "11010519491231002X"  # the example of GB 11643: its check digit is right


@pytest.fixture
def project() -> PlacementProject:
    return quarter_project()


@pytest.fixture
def with_flats(project: PlacementProject) -> PlacementProject:
    import_flats(project, flats_csv(), "flats.csv", None)
    return project


def refused(run: Callable[[], Any]) -> list[tuple[int, str, str, str]]:
    with pytest.raises(WrongRows) as told:
        run()
    return [tuple(row.values()) for row in told.value.details["rows"]]


def test_flats_come_in_by_code(project: PlacementProject):
    report = import_flats(project, flats_csv(), "flats.csv", None)
    assert report.rows == 10
    assert list(Flat.objects.values_list("code", flat=True)) == sorted(FLATS)
    last = Flat.objects.get(code=flat(WEST_1, 1, 1))
    assert (last.building_code, last.unit, last.floor, last.door, last.is_accessible) == (
        WEST_1,
        1,
        1,
        1,
        True,
    )
    assert project.area_code == EAST_1[:12]
    assert AccessLog.objects.filter(action="import_flats").count() == 1


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"楼栋": EAST_1, "单元": "1", "楼层": "2", "房号": "1"}, flat(EAST_1, 2, 1)),
        ({"楼栋": "东苑1号楼", "单元": "1单元", "楼层": "2层", "房号": "201"}, flat(EAST_1, 2, 1)),
        ({"楼栋": "1号楼", "小区": "西苑", "单元": "", "楼层": "", "房号": "102室"}, flat(WEST_1, 1, 2)),
        ({"楼栋": "１ 号楼", "小区": "东苑", "单元": "2", "楼层": "12", "房号": "3"}, flat(EAST_1, 12, 3, 2)),
        ({"楼栋": "way/2", "单元": "1", "楼层": "11", "房号": "1102"}, flat(EAST_2, 11, 2)),
    ],
)
def test_a_door_is_found_as_people_write_it(project: PlacementProject, cells: dict, expected: str):
    import_flats(project, table([{**cells, "户型": ROOM}]), "flats.csv", None)
    assert Flat.objects.get().code == expected


def test_a_name_that_two_buildings_have_is_refused_by_row(project: PlacementProject):
    content = table([{"楼栋": "1号楼", "单元": 1, "楼层": 1, "房号": 1, "户型": ROOM}])
    [(row, column, met, sentence)] = refused(lambda: import_flats(project, content, "flats.csv", None))
    assert (row, column, met) == (2, "楼栋", "1号楼")
    assert "2 栋楼" in sentence
    assert not Flat.objects.exists()


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"房源编码": "990102003004" + "00099" + "010101"}, "房源编码"),
        ({"房源编码": flat(EAST_1, 1, 1)[:-1]}, "房源编码"),
        ({"房源编码": EAST_1 + "010001"}, "房源编码"),
        ({"房源编码": FLATS[1]}, "房源编码"),
        ({"户型": ""}, "户型"),
        ({"无障碍": "也许"}, "无障碍"),
        ({"面积": "很大"}, "面积"),
    ],
)
def test_one_wrong_row_refuses_the_whole_list(project: PlacementProject, changed: dict, column: str):
    import_flats(project, table([{"房源编码": FLATS[5], "户型": ROOM}]), "before.csv", None)
    rows = refused(lambda: import_flats(project, flats_csv(**changed), "flats.csv", None))
    assert [one[1] for one in rows] == [column]
    assert rows[0][0] in (2, 3)
    assert list(Flat.objects.values_list("code", flat=True)) == [FLATS[5]]
    project.refresh_from_db()
    assert project.flats_file == "before.csv"


def test_every_wrong_row_is_told_at_once(project: PlacementProject):
    content = table(
        [{"房源编码": "1", "户型": ROOM}, {"房源编码": "2", "户型": ""}, {"房源编码": FLATS[0], "户型": ROOM}]
    )
    rows = refused(lambda: import_flats(project, content, "flats.csv", None))
    assert [(row, column) for row, column, *_ in rows] == [(2, "房源编码"), (3, "房源编码"), (3, "户型")]


def test_a_list_without_a_place_for_the_door_is_refused(project: PlacementProject):
    with pytest.raises(MissingColumn):
        import_flats(project, table([{"楼栋": EAST_1, "户型": ROOM}]), "flats.csv", None)


def test_a_building_outside_the_duty_is_unknown(project: PlacementProject, person: Callable[..., Any]):
    elsewhere = person("housing_official", "330199")
    rows = refused(lambda: import_flats(project, flats_csv(), "flats.csv", elsewhere))
    assert len(rows) == 10
    own = person("housing_official", "330100")
    assert import_flats(project, flats_csv(), "flats.csv", own).rows == 10


def test_a_flat_that_somebody_lives_in_is_named(project: PlacementProject):
    add_dwelling(Building.objects.get(code=EAST_1), 1, 1, 1, "", is_vacant=False)
    report = import_flats(project, flats_csv(), "flats.csv", None)
    assert len(report.notes) == 1
    assert FLATS[0] in report.notes[0]


# --- Applicants ---------------------------------------------------------------------------


def test_applicants_come_in_with_choices_by_name_and_code(with_flats: PlacementProject):
    content = table(
        [
            applicant("A-1", 志愿1="东苑2号楼", 志愿2=EAST_1, 优先序="2", 需要无障碍="是", 服从调配="否"),
            applicant("A-2", "安置房", 志愿1="", 志愿2="西苑1号楼", 申报房源=FLATS[3]),
        ]
    )
    assert import_applicants(with_flats, content, "people.csv", None).rows == 2
    first, second = Applicant.objects.order_by("receipt")
    assert (first.tenure, first.choices, first.priority) == ("public_rental", [EAST_2, EAST_1], 2)
    assert (first.needs_accessible, first.takes_any) == (True, False)
    assert (second.tenure, second.choices, second.given_flat) == ("resettlement", [WEST_1], FLATS[3])
    assert (second.priority, second.takes_any, second.secret) == (1, True, "")


def test_choices_in_one_column_keep_their_order(with_flats: PlacementProject):
    content = table([applicant("A1", 志愿="西苑1号楼、东苑1号楼；东苑2号楼")])
    import_applicants(with_flats, content, "people.csv", None)
    assert Applicant.objects.get().choices == [WEST_1, EAST_1, EAST_2]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (applicant("A1"), "回执号"),  # the same receipt twice
        (applicant("张三"), "回执号"),
        (applicant(""), "回执号"),
        (applicant("13800138000"), "回执号"),
        (applicant("A2", "宫殿"), "房屋性质"),
        ({**applicant("A2"), "户型": "五室"}, "户型"),
        (applicant("A2", 志愿1="没有的楼"), "志愿1"),
        (applicant("A2", 志愿1="西苑2号楼"), "志愿1"),  # stands, but none of these flats is in it
        (applicant("A2", 志愿1=EAST_1, 志愿2="东苑1号楼"), "志愿2"),
        (applicant("A2", 申报房源=FLATS[0][:-2] + "99"), "申报房源"),
        (applicant("A2", 优先序="0"), "优先序"),
        (applicant("A2", 需要无障碍="不知道"), "需要无障碍"),
    ],
)
def test_a_wrong_application_refuses_the_list(with_flats: PlacementProject, row: dict, column: str):
    content = table([applicant("A1"), row])
    [(number, named, _met, sentence)] = refused(
        lambda: import_applicants(with_flats, content, "people.csv", None)
    )
    assert (number, named) == (3, column)
    assert sentence
    assert not Applicant.objects.exists()
    with_flats.refresh_from_db()
    assert with_flats.applicants_sha256 == ""


def test_two_people_with_one_flat_are_refused(with_flats: PlacementProject):
    content = table([applicant("A1", 申报房源=FLATS[0]), applicant("A2", 申报房源=FLATS[0])])
    [(row, column, *_rest)] = refused(lambda: import_applicants(with_flats, content, "people.csv", None))
    assert (row, column) == (3, "申报房源")


@pytest.mark.parametrize("column", ["备注", "回执号", "志愿1"])
def test_an_identity_number_in_any_column_is_refused_and_not_repeated(
    with_flats: PlacementProject, column: str
):
    content = table([applicant("A1", 志愿1="", 备注=""), {**applicant("A2"), column: ID_NUMBER}])
    rows = refused(lambda: import_applicants(with_flats, content, "people.csv", None))
    assert rows[0][:2] == (3, column)
    assert ID_NUMBER not in str(rows)
    assert not Applicant.objects.exists()


def test_an_identity_number_that_a_spreadsheet_rounded_is_refused(with_flats: PlacementProject):
    book = openpyxl.Workbook()
    book.active.append(["回执号", "房屋性质", "户型", "备注"])
    book.active.append(["A1", "公租房", ROOM, 110105194912310000])
    rows = refused(lambda: import_applicants(with_flats, saved(book), "people.xlsx", None))
    assert rows[0][:2] == (2, "备注")


def test_a_column_that_the_product_never_takes_is_refused(with_flats: PlacementProject):
    for column in ("身份证号", "民族", "religion"):
        with pytest.raises(DeniedColumns):
            import_applicants(with_flats, table([applicant("A1", **{column: "x"})]), "people.csv", None)
    assert not Applicant.objects.exists()


def test_other_columns_are_named_and_not_kept(with_flats: PlacementProject):
    report = import_applicants(
        with_flats, table([applicant("A1", 姓名="张三", 电话="13800138000")]), "p.csv", None
    )
    assert report.extra_columns == ("姓名", "电话")
    kept = [str(value) for value in Applicant.objects.values().get().values()]
    assert not any("张三" in value or "13800138000" in value for value in kept)


def test_more_applicants_than_flats_of_a_room_class_are_refused_unless_a_waiting_list_is_wanted(
    with_flats: PlacementProject,
):
    content = table([applicant(f"A{number}") for number in range(11)])
    [(row, column, met, sentence)] = refused(
        lambda: import_applicants(with_flats, content, "people.csv", None)
    )
    assert (row, column, met) == (12, "户型", ROOM)
    assert "11" in sentence
    assert "10" in sentence
    assert import_applicants(with_flats, content, "p.csv", None, allows_waiting_list=True).rows == 11


def test_applicants_need_flats_first(project: PlacementProject):
    with pytest.raises(NothingToCheck):
        import_applicants(project, table([applicant("A1")]), "people.csv", None)


def test_other_flats_are_refused_while_applications_name_the_old_ones(with_flats: PlacementProject):
    import_applicants(with_flats, table([applicant("A1", 志愿1=EAST_2)]), "people.csv", None)
    fewer = table([{"房源编码": FLATS[0], "户型": ROOM}])
    with pytest.raises(ApplicantsDoNotFit) as told:
        import_flats(with_flats, fewer, "flats.csv", None)
    assert told.value.details["count"] == 1
    assert Flat.objects.count() == 10
    assert forget_applicants(with_flats, None) == 1
    assert import_flats(with_flats, fewer, "flats.csv", None).rows == 1


def test_a_closed_list_takes_nothing_more(with_flats: PlacementProject):
    with_flats.state = PlacementProject.State.CLOSED
    with_flats.save()
    for run in (
        import_flats,
        import_applicants,
    ):
        with pytest.raises(ProjectClosed):
            run(with_flats, flats_csv(), "flats.csv", None)
    with pytest.raises(ProjectClosed):
        forget_applicants(with_flats, None)


def saved(book: Any) -> bytes:
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def test_templates_are_read_by_the_imports_once_filled_in(project: PlacementProject):
    flats = openpyxl.load_workbook(BytesIO(flats_template()))
    sheet = flats["房源"]
    for at, value in enumerate((EAST_1, "", "1", "2", "1", ROOM, "75.5", "否", ""), start=1):
        sheet.cell(2, at, value)
    assert import_flats(project, saved(flats), "房源.xlsx", None).rows == 1
    people = openpyxl.load_workbook(BytesIO(applicants_template()))
    sheet = people["申请人"]
    for at, value in enumerate(("A1", "公租房", ROOM, "否", "1", EAST_1), start=1):
        sheet.cell(2, at, value)
    for row in (1, 2):
        assert sheet.cell(row, 1).value
    for at in (7, 8, 10):
        sheet.cell(2, at).value = None
    assert import_applicants(project, saved(people), "申请人.xlsx", None).rows == 1
    assert Applicant.objects.get().choices == [EAST_1]
