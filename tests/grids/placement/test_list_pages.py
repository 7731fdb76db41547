"""The pages of flats and applicants: counts of what is there, rows of what is wrong."""

import json
import re

import pytest
from django.urls import reverse

from grids.models import Applicant
from grids.placement.imports import import_applicants
from tests.grids.placement.list_senders import rows_of, send, text_of
from tests.grids.placement.new_quarter import (
    EAST_1,
    EAST_2,
    FLATS,
    ROOM,
    WEST_1,
    applicant,
    flat,
    table,
)

pytestmark = pytest.mark.django_db

ID_NUMBER = "11010519491231002X"  # the example of GB 11643: its check digit is right


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
