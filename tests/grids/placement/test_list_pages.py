"""Pages of projects, flats and applicants: what an official sees, and that a wrong file changes nothing."""

import json
import re
import zipfile
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gis_core.models import AccessLog, Duty
from grids.models import Applicant, Flat, PlacementProject, Town
from grids.placement.imports import import_applicants, import_flats
from grids.placement.projects import begin_project
from grids.placement.rules import make_rules
from grids.placement.variants import make_variant
from tests.grids.drawn_towns import COMMUNITY
from tests.grids.placement.draw_projects import Clock, closed, drawn_project
from tests.grids.placement.new_quarter import (
    EAST_1,
    EAST_2,
    FLATS,
    ROOM,
    WEST_1,
    applicant,
    draw_quarter,
    flat,
    flats_csv,
    table,
)
from tests.people import client_for, make_person

pytestmark = pytest.mark.django_db

ID_NUMBER = "11010519491231002X"
TOWN_CODE = COMMUNITY[:6]


@pytest.fixture
def town() -> Town:
    return draw_quarter()


@pytest.fixture
def official() -> Client:
    return client_for(make_person("official", "housing_official", area_code=TOWN_CODE))


@pytest.fixture
def project(town: Town) -> PlacementProject:
    return begin_project(town, "东苑配房", None)


@pytest.fixture
def with_flats(project: PlacementProject) -> PlacementProject:
    import_flats(project, flats_csv(), "flats.csv", None)
    return project


def send(
    client: Client, name: str, project: PlacementProject, content: bytes, file: str = "list.csv", **more
):
    given = {"file": SimpleUploadedFile(file, content), **more}
    return client.post(reverse(name, args=[project.uid]), given)


def text_of(answer: Any) -> str:
    """What the page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def rows_of(answer: Any) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.met) for one in answer.context["faults"].rows]


# --- Projects ----------------------------------------------------------------------------


def test_an_official_begins_a_project_and_goes_on_to_the_flats(official, town):
    answer = official.post(reverse("placement_new") + "?town=quarter", {"name": " 东苑第一批 "})
    made = PlacementProject.objects.get()
    assert answer.url == reverse("placement_flats", args=[made.uid])
    assert (made.name, made.area_code, made.town) == ("东苑第一批", TOWN_CODE, town)
    assert "东苑第一批" in text_of(official.get(reverse("placements")))


@pytest.mark.parametrize("name", ["", "   ", "东苑配房"])
def test_a_project_without_a_name_of_its_own_is_refused_with_what_was_typed(official, project, name):
    answer = official.post(reverse("placement_new") + "?town=quarter", {"name": name})
    assert answer.status_code == 422
    assert answer.context["name"] == name
    assert PlacementProject.objects.count() == 1


def test_whoever_looks_after_one_community_sees_what_they_began(town):
    director = client_for(make_person("one", "housing_official", area_code=COMMUNITY))
    director.post(reverse("placement_new") + "?town=quarter", {"name": "小项目"})
    made = PlacementProject.objects.get()
    assert made.area_code == COMMUNITY
    assert director.get(reverse("placement_flats", args=[made.uid])).status_code == 200
    elsewhere = client_for(make_person("two", "housing_official", area_code=COMMUNITY[:-1] + "9"))
    assert elsewhere.get(reverse("placement_flats", args=[made.uid])).status_code == 404


def test_flats_of_two_duties_do_not_vanish_into_a_project_that_neither_opens(project):
    """Each duty holds one building's community; the whole of both is the street, which neither holds."""
    person = make_person("two", "housing_official", area_code=COMMUNITY)
    Duty.objects.create(
        user=person, role="housing_official", area_code=COMMUNITY[:-1] + "2", valid_from="2020-01-01"
    )
    moved = COMMUNITY[:-1] + "2" + EAST_2[-5:]
    project.stock.buildings.filter(code=EAST_2).update(code=moved, community_code=moved[:12])
    PlacementProject.objects.filter(pk=project.pk).update(area_code=COMMUNITY)
    content = table([{"房源编码": f"{code}010101", "户型": ROOM} for code in (EAST_1, moved)])
    answer = send(client_for(person), "placement_flats", project, content)
    assert answer.status_code == 422
    assert "分属您的几处职责" in text_of(answer)
    assert not Flat.objects.exists()


def test_the_list_says_how_far_each_project_is(official, with_flats):
    [row] = official.get(reverse("placements")).context["rows"]
    assert (row.step.key, row.done) == ("applicants", 1)
    assert (row.project.flat_count, row.project.applicant_count) == (10, 0)
    opened = official.get(reverse("placement", args=[with_flats.uid]))
    assert opened.url == reverse("placement_applicants", args=[with_flats.uid])


def test_the_workbench_names_the_next_step(official, with_flats):
    page = official.get("/").content.decode()
    assert "东苑配房：下一步 申请" in page
    assert reverse("placement_applicants", args=[with_flats.uid]) in page


def test_a_project_is_deleted_with_its_name_typed_and_everything_in_it(official, with_flats):
    import_applicants(with_flats, table([applicant("A1", 申报房源=FLATS[0])]), "a.csv", None)
    rules = make_rules(with_flats, name="r", reason="试")
    make_variant(with_flats, "given", rules, "v", None)
    address = reverse("placement_delete", args=[with_flats.uid])
    assert official.post(address, {"typed_name": "东苑"}).status_code == 422
    assert PlacementProject.objects.exists()
    assert official.post(address, {"typed_name": "东苑配房"}).status_code == 302
    assert not PlacementProject.objects.exists()
    assert AccessLog.objects.filter(action="delete_placement").count() == 1


def test_a_project_with_a_draw_can_neither_be_deleted_nor_renamed(clock: Clock):
    project, rules = drawn_project()
    closed(project, rules)
    official = client_for(make_person("official", "housing_official", area_code=project.area_code))
    address = reverse("placement_delete", args=[project.uid])
    assert official.post(address, {"typed_name": project.name}).status_code == 409
    assert official.post(reverse("placement_rename", args=[project.uid]), {"name": "别的"}).status_code == 409
    project.refresh_from_db()
    assert project.name == "新桥配房"
    flats = official.get(reverse("placement_flats", args=[project.uid]))
    assert b'type="file"' not in flats.content
    before = project.flats.count()
    assert send(official, "placement_flats", project, flats_csv()).status_code == 409
    assert project.flats.count() == before


# --- Flats -------------------------------------------------------------------------------


def test_flats_are_counted_by_building_and_room_class(official, project):
    rows = [{"房源编码": code, "户型": ROOM, "无障碍": "否"} for code in FLATS[:6]]
    rows += [{"房源编码": flat(WEST_1, 1, door), "户型": "三室", "无障碍": "是"} for door in (1, 2, 3)]
    answer = send(official, "placement_flats", project, table(rows))
    assert answer.url == reverse("placement_flats", args=[project.uid])
    page = official.get(answer.url)
    assert page.context["rooms"] == ["两室", "三室"]
    assert [(one.code, one.rooms, one.accessible, one.total) for one in page.context["page"]] == [
        (EAST_1, [4, 0], 0, 4),
        (EAST_2, [2, 0], 0, 2),
        (WEST_1, [0, 3], 3, 3),
    ]
    assert page.context["totals"] == {"rooms": [6, 3], "accessible": 3, "total": 9, "buildings": 3}
    told = [str(one) for one in page.context["messages"]]
    assert told == ["已导入 9 套房源。"]
    assert "东苑 1号楼" in text_of(page)


def test_columns_that_were_not_read_and_flats_lived_in_are_told_after_the_import(official, project):
    code = project.stock.buildings.get(code__endswith="00004").code
    content = table([{"房源编码": f"{code}010101", "户型": ROOM, "备注": "朝南"}])
    project.stock.buildings.get(code=code).dwellings.filter(door=1).update(is_vacant=False)
    answer = send(official, "placement_flats", project, content)
    told = " ".join(str(one) for one in official.get(answer.url).context["messages"])
    assert "没有读取这些列：备注" in told
    assert "登记里写着有人住" in told


def test_an_unknown_building_is_refused_by_row_and_the_page_keeps_what_was_there(official, with_flats):
    content = table([{"楼栋": "幸福里 9 号楼", "房号": "101", "户型": ROOM}])
    answer = send(official, "placement_flats", with_flats, content, "new.csv")
    assert answer.status_code == 422
    assert rows_of(answer) == [(2, "楼栋", "幸福里 9 号楼")]
    assert "没有载入任何内容" in text_of(answer)
    assert with_flats.flats.count() == 10


def test_fewer_flats_than_the_applications_need_asks_to_clear_them_first(official, with_flats):
    import_applicants(with_flats, table([applicant("A1", 志愿=WEST_1)]), "a.csv", None)
    content = table([{"房源编码": FLATS[0], "户型": ROOM}])
    answer = send(official, "placement_flats", with_flats, content)
    assert answer.status_code == 409
    assert answer.context["must_clear"]
    clear = reverse("placement_forget_applicants", args=[with_flats.uid])
    assert clear in answer.content.decode()
    assert official.post(clear, {"back": "flats"}).url == reverse("placement_flats", args=[with_flats.uid])
    assert send(official, "placement_flats", with_flats, content).status_code == 302
    assert with_flats.flats.count() == 1


# --- Applicants --------------------------------------------------------------------------


def test_applicants_are_shown_as_counts_and_no_receipt_number_is(official, with_flats):
    rows = [applicant(f"YX{at:03d}", "公租房" if at < 3 else "安置房") for at in range(5)]
    rows[0] |= {"志愿": f"{EAST_1}、{WEST_1}", "需要无障碍": "是", "优先序": "1"}
    rows[1] |= {"志愿": EAST_1, "优先序": "2"}
    rows[2] |= {"服从调配": "否", "优先序": "2"}
    answer = send(official, "placement_applicants", with_flats, table(rows))
    page = official.get(answer.url)
    facts = page.context["facts"]
    assert (facts["total"], facts["needing"], facts["without_choice"], facts["nowhere"]) == (5, 1, 3, 1)
    assert (facts["willing"], facts["given"], facts["priorities"]) == (4, 0, [(1, 3), (2, 2)])
    assert [(one.label, one.rooms, one.percent) for one in page.context["tenures"]] == [
        ("公租房", [3], 60.0),
        ("安置房", [2], 40.0),
    ]
    assert [(one["code"], one["asked"], one["flats"]) for one in page.context["listed"]] == [(EAST_1, 2, 4)]
    [room] = page.context["classes"]
    assert (room.flats, room.applicants, room.left, room.accessible, room.needing) == (10, 5, 5, 1, 1)
    assert "YX0" not in page.content.decode()


def test_a_receipt_number_that_comes_twice_is_refused_by_row(official, with_flats):
    answer = send(official, "placement_applicants", with_flats, table([applicant("A1"), applicant("A1")]))
    assert answer.status_code == 422
    assert rows_of(answer) == [(3, "回执号", "A1")]
    assert not Applicant.objects.exists()


def test_an_identity_number_is_refused_and_never_repeated(official, with_flats):
    answer = send(official, "placement_applicants", with_flats, table([applicant("A1", 备注=ID_NUMBER)]))
    assert answer.status_code == 422
    assert rows_of(answer) == [(2, "备注", "（不显示）")]
    assert ID_NUMBER not in answer.content.decode()
    column = table([{"身份证号": ID_NUMBER, **applicant("A1")}])
    refused = send(official, "placement_applicants", with_flats, column)
    assert refused.status_code == 422
    assert ID_NUMBER not in refused.content.decode()
    assert not Applicant.objects.exists()


def test_a_waiting_list_is_offered_only_where_nothing_else_is_wrong(official, with_flats):
    eleven = [applicant(f"A{at}") for at in range(11)]
    plain = official.get(reverse("placement_applicants", args=[with_flats.uid]))
    assert b"allows_waiting_list" not in plain.content
    wrong = send(official, "placement_applicants", with_flats, table([*eleven, applicant("A0")]))
    assert b"allows_waiting_list" not in wrong.content
    short = send(official, "placement_applicants", with_flats, table(eleven))
    assert short.status_code == 422
    assert b"allows_waiting_list" in short.content
    assert "有 11 份申请，只有 10 套房" in text_of(short)
    assert not Applicant.objects.exists()
    allowed = send(official, "placement_applicants", with_flats, table(eleven), allows_waiting_list="1")
    assert allowed.status_code == 302
    [room] = official.get(allowed.url).context["classes"]
    assert (room.left, room.waiting) == (-1, 1)


def test_swapped_columns_are_told_by_reason_and_all_of_it_is_in_the_file(official, with_flats):
    rows = [{**applicant(f"A{at}"), "房屋性质": ROOM, "户型": "公租房"} for at in range(300)]
    answer = send(official, "placement_applicants", with_flats, table(rows))
    faults = answer.context["faults"]
    assert (faults.count, faults.row_count, len(faults.rows), faults.hidden) == (600, 300, 200, 400)
    assert sorted((one.column, one.count) for one in faults.reasons) == [("户型", 300), ("房屋性质", 300)]
    held = re.search(rb'<script id="faults-csv"[^>]*>(.*?)</script>', answer.content, re.DOTALL)
    assert held is not None
    lines = json.loads(held[1]).splitlines()
    assert lines[0].lstrip("\ufeff") == "行,列,读到的内容,怎么改"
    assert len(lines) == 601


def test_a_cell_that_a_spreadsheet_would_run_does_not_run_in_the_file_of_faults(official, with_flats):
    answer = send(official, "placement_applicants", with_flats, table([applicant("=cmd|' /C calc'!A0")]))
    assert "\n2,回执号,\"'=cmd" in answer.context["faults"].csv_text.replace("\r", "") or (
        "2,回执号,'=cmd" in answer.context["faults"].csv_text
    )


def test_without_flats_no_applicants_are_taken(official, project):
    answer = send(official, "placement_applicants", project, table([applicant("A1")]))
    assert answer.status_code == 400
    assert "还没有房源" in text_of(answer)


# --- Files that are not lists ------------------------------------------------------------


def bomb() -> bytes:
    """A sheet of 3 MB that unpacks to more than a gigabyte."""
    book = BytesIO()
    openpyxl.Workbook().save(book)
    made = BytesIO()
    row = b'<row><c t="inlineStr"><is><t>A</t></is></c></row>' * 20_000
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name != "xl/worksheets/sheet1.xml":
                target.writestr(name, source.read(name))
        with target.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
            sheet.write(b"<sheetData>")
            for _ in range(1_100):
                sheet.write(row)
            sheet.write(b"</sheetData></worksheet>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("file", "content", "status", "said"),
    [
        ("flats.csv", b"", 400, "flats.csv”是空的"),
        ("flats.xls", b"\xd0\xcf\x11\xe0" + bytes(600), 415, "另存为不加密的 .xlsx"),
        ("flats.csv", b"receipt\nA1\n", 400, "表中缺少列：户型"),
        ("flats.csv", b"a,b\n" + b"1,2\n" * 200_001, 413, "多于 200000 行"),
    ],
    ids=["empty", "old workbook", "another list", "rows without end"],
)
def test_what_is_not_a_list_is_refused_by_its_own_name(official, with_flats, file, content, status, said):
    answer = send(official, "placement_flats", with_flats, content, file)
    assert answer.status_code == status
    assert said in text_of(answer)
    assert with_flats.flats.count() == 10


def test_an_archive_bomb_is_refused_before_it_is_unpacked(official, with_flats):
    answer = send(official, "placement_flats", with_flats, bomb(), "flats.xlsx")
    assert answer.status_code == 413
    assert "没有载入任何内容" in text_of(answer)
    assert with_flats.flats.count() == 10


def test_a_file_over_the_limit_is_refused_with_both_sizes(official, with_flats, settings):
    settings.LIST_MAX_BYTES = 2**20
    answer = send(official, "placement_flats", with_flats, b"x" * (2**20 + 1))
    assert answer.status_code == 413
    assert "文件有 2 MB，最大 1 MB" in text_of(answer)


def test_no_file_is_asked_for(official, with_flats):
    answer = official.post(reverse("placement_flats", args=[with_flats.uid]))
    assert answer.status_code == 400
    assert "请先选择文件" in text_of(answer)


@pytest.mark.parametrize("kind", ["flats", "applicants"])
def test_a_template_opens_and_an_unknown_one_is_not_found(official, town, kind):
    answer = official.get(reverse("placement_template", args=[kind]))
    assert openpyxl.load_workbook(BytesIO(answer.content)).sheetnames[0] in ("房源", "申请人")
    assert official.get("/placement/templates/other.xlsx").status_code == 404
