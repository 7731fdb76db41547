"""校核 and 方案比较 as an official uses them: worked out on paper in the quarter of ten flats."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from gis_core.models import AccessLog
from grids.models import Building, GenerationState, PlacementProject, Stock, Variant
from grids.placement.imports import import_applicants, import_flats
from grids.placement.rules import make_rules
from grids.placement.variants import make_variant
from tests.gis_core.test_wording import CJK, Words
from tests.grids.placement.new_quarter import (
    EAST_1,
    EAST_2,
    FLATS,
    WEST_1,
    applicant,
    flats_csv,
    quarter_project,
    table,
)
from tests.people import client_for, make_person

pytestmark = pytest.mark.django_db

# Four rentals side by side in building 1, four of resettlement in building 2: the proposal goes by tenure.
PEOPLE = [
    applicant(f"P{number}", "公租房", 志愿1=EAST_1, 志愿2=EAST_2, 申报房源=FLATS[number])
    for number in range(4)
]
PEOPLE += [
    applicant(f"R{number}", "安置房", 志愿1=EAST_2, 志愿2=EAST_1, 申报房源=FLATS[4 + number])
    for number in range(4)
]


@pytest.fixture
def project() -> PlacementProject:
    made = quarter_project()
    import_flats(made, flats_csv(), "flats.csv", None)
    import_applicants(made, table(PEOPLE), "people.csv", None)
    return made


@pytest.fixture
def half(project: PlacementProject) -> Any:
    factors = {"public_rental": "1", "resettlement": "1"}
    return make_rules(project, name="一半", reason="试算", cap_factors=factors, most_in_cluster=2)


@pytest.fixture
def desk(project: PlacementProject) -> Client:
    return client_for(make_person("sun", "housing_official", area_code=project.area_code))


def address(name: str, project: PlacementProject, *more: Any) -> str:
    return reverse(name, args=[project.uid, *more])


def check(desk: Client, project: PlacementProject, **asked: Any) -> Any:
    return desk.get(address("placement_check", project), asked)


# --- 校核 ---------------------------------------------------------------------------------


def test_without_lists_the_page_says_what_comes_first():
    project = quarter_project()
    desk = client_for(make_person("sun", "housing_official", area_code=project.area_code))
    text = check(desk, project).content.decode()
    assert "先导入房源和申请。" in text
    assert address("placement_variant_new", project) not in text


def test_the_proposal_of_the_file_is_checked_kept_and_shown(
    project: PlacementProject, half: Any, desk: Client
):
    new = address("placement_variant_new", project)
    answer = desk.post(new, {"kind": "given", "rules": half.pk, "name": ""})
    made = project.variants.get()
    assert (made.name, made.rules) == ("申报方案 · 一半", half)
    assert answer["Location"] == f"{address('placement_check', project)}?variant={made.uid}"
    page = desk.get(answer["Location"])
    broken = [row["code"] for row in page.context["rules"] if not row["is_met"]]
    assert broken == ["caps", "cluster"]
    assert page.context["rules"][0]["code"] == "caps"  # broken ones come first
    # The site: buildings 1 to 3. All pairs of a building are alike: W is 0 afterwards.
    assert page.context["mix"]["w"] == {"before": "–", "after": "0%", "points": "–"}


def test_a_name_that_was_left_out_is_made_up_and_never_taken_twice(
    project: PlacementProject, half: Any, desk: Client
):
    for _time in range(2):
        desk.post(address("placement_variant_new", project), {"kind": "serial", "rules": half.pk, "name": ""})
    names = project.variants.order_by("made_at").values_list("name", flat=True)
    assert list(names) == ["依次选房 · 一半", "依次选房 · 一半 (2)"]


def test_a_taken_name_is_refused_in_the_form_with_what_was_typed(
    project: PlacementProject, half: Any, desk: Client
):
    make_variant(project, "serial", half, "甲案", None)
    typed = {"kind": "augmented", "rules": half.pk, "name": "甲案"}
    answer = desk.post(address("placement_variant_new", project), typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "请给方案取一个没有用过的名称。" in text
    assert 'value="甲案"' in text
    assert 'value="augmented" checked' in text
    assert project.variants.count() == 1


def test_a_proposal_that_the_file_does_not_have_cannot_be_chosen(project: PlacementProject, desk: Client):
    project.applicants.update(given_flat="")
    given = check(desk, project).context["form"].kinds[0]
    assert (given["value"], given["is_disabled"]) == ("given", True)
    answer = desk.post(address("placement_variant_new", project), {"kind": "given", "rules": "", "name": ""})
    assert answer.status_code == 400
    assert "没有可以校核的方案" in answer.content.decode()
    assert not project.variants.exists()


def test_headroom_tells_cap_used_and_what_is_left(project: PlacementProject, half: Any, desk: Client):
    """Caps of half: 2, 2, 1 of 4, 4, 2 flats. The proposal puts 4 and 0 into building 1."""
    make_variant(project, "given", half, "申报", None)
    shown = check(desk, project).context["headroom"]
    first = shown["lines"][0]
    assert shown["tenures"] == ["公租房", "安置房"]
    rental, resettled = first["figures"]
    assert (first["building"], first["flats"]) == ("东苑 1号楼", 4)
    assert (rental["used"], rental["cap"], rental["state"], rental["over"]) == (4, 2, "over", 2)
    assert (resettled["used"], resettled["cap"], resettled["state"], resettled["left"]) == (0, 2, "free", 2)
    assert (shown["capped"], shown["over"], shown["full"]) == (6, 2, 0)


def test_headroom_can_be_narrowed_to_what_is_over_or_to_one_building(
    project: PlacementProject, half: Any, desk: Client
):
    make_variant(project, "given", half, "申报", None)
    over = check(desk, project, only="over").context["headroom"]["lines"]
    assert [line["code"] for line in over] == [EAST_1, EAST_2]
    one = check(desk, project, building=WEST_1).context["headroom"]["lines"]
    assert [line["code"] for line in one] == [WEST_1]
    assert not check(desk, project, building=WEST_1, only="over").context["headroom"]["lines"]


def test_where_nothing_is_capped_nothing_is_hidden_for_not_being_full(
    project: PlacementProject, desk: Client
):
    make_variant(project, "serial", None, "不设限", None)
    shown = check(desk, project, only="full").context["headroom"]
    assert [line["code"] for line in shown["lines"]] == [EAST_1, EAST_2, WEST_1]


def test_a_broken_rule_opens_the_flats_that_break_it(project: PlacementProject, half: Any, desk: Client):
    made = make_variant(project, "given", half, "申报", None)
    opened = check(desk, project, variant=made.uid, rule="caps").context["opened"]
    assert [row["code"] for row in opened["rows"]] == FLATS[:8]
    first = opened["rows"][0]
    assert (first["building"], first["door"]) == ("东苑 1号楼", "1 单元 1 层 1 号")
    assert first["holders"] == [{"receipt": "P0", "tenure": "公租房"}]
    assert check(desk, project, variant=made.uid, rule="known").context["opened"] is None  # it is met


def test_however_many_flats_break_a_rule_a_page_shows_thirty(
    project: PlacementProject, half: Any, desk: Client
):
    made = make_variant(project, "given", half, "申报", None)
    many = [f"{EAST_1}01{floor:02d}01" for floor in range(1, 72)]
    next(row for row in made.findings["rules"] if row["code"] == "caps")["flats"] = many
    made.save(update_fields=["findings"])
    last = check(desk, project, rule="caps", page=3).context["opened"]
    assert [row["code"] for row in last["rows"]] == many[60:]


def test_findings_of_other_lists_say_so(project: PlacementProject, half: Any, desk: Client):
    make_variant(project, "serial", half, "依次", None)
    warning = "房源、申请或规则有过改动"
    assert warning not in check(desk, project).content.decode()
    project.applicants.filter(receipt="P1").update(needs_accessible=True)
    assert warning in check(desk, project).content.decode()


def test_an_alternative_of_another_project_is_not_found(project: PlacementProject, half: Any, desk: Client):
    made = make_variant(project, "serial", half, "依次", None)
    other = PlacementProject.objects.create(
        town=project.town, stock=project.stock, name="另一个", area_code=project.area_code
    )
    assert check(desk, other, variant=made.uid).status_code == 404
    assert check(desk, project, variant="1").status_code == 404


def test_the_english_pages_have_no_chinese_of_ours(project: PlacementProject, half: Any):
    reader = make_person("reader", "housing_official", area_code=project.area_code, language="en")
    desk = client_for(reader)
    desk.cookies["wangge_language"] = "en"
    for kind in ("given", "serial"):
        make_variant(project, kind, half, kind, None)
    asked = {"rule": "caps", "variant": project.variants.get(kind="given").uid}
    pages = [check(desk, project, **asked), desk.get(address("placement_compare", project))]
    for page in pages:
        ours = page.content.decode().split("<main", 1)[1].split("</main>")[0]
        assert [word for word in Words(ours).words if CJK.search(word)] == []


# --- Map, files, the end of an alternative -----------------------------------------------------


def test_the_map_gets_buildings_before_and_after(project: PlacementProject, half: Any, desk: Client):
    made = make_variant(project, "given", half, "申报", None)
    told = desk.get(address("placement_variant_map", project, made.uid)).json()
    first = next(row for row in told["buildings"] if row["name"] == "东苑 1号楼")
    assert sum(first["before"]["counts"]) == 0
    assert sorted(first["after"]["counts"], reverse=True)[:2] == [4, 0]
    assert told["not_on_map"] == 0


def test_buildings_are_found_on_the_map_of_a_later_stock_by_their_codes(
    project: PlacementProject, half: Any, desk: Client
):
    made = make_variant(project, "given", half, "申报", None)
    old = project.stock
    Stock.objects.filter(pk=old.pk).update(state=GenerationState.RETIRED)
    later = Stock.objects.create(
        town=project.town, number=2, source_name="later", state=GenerationState.ACTIVE
    )
    standing = Building.objects.get(stock=old, code=EAST_2)
    standing.pk, standing.stock, standing.number, standing.estate = None, later, 41, None
    standing.save()
    told = desk.get(address("placement_variant_map", project, made.uid)).json()
    assert [row["number"] for row in told["buildings"]] == [41]
    assert told["not_on_map"] == 2


def test_the_workbook_holds_headroom_rules_doors_and_places(
    project: PlacementProject, half: Any, desk: Client
):
    made = make_variant(project, "given", half, "申报", None)
    answer = desk.get(address("placement_variant_export", project, made.uid, "xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["余量", "规则结果", "出入口", "回执号与房源", "从何而来"]
    places = {row[0].value: row[3].value for row in book["回执号与房源"].iter_rows(min_row=4)}
    assert places == made.places
    headroom = [[cell.value for cell in row] for row in book["余量"].iter_rows(min_row=4)]
    assert [EAST_1, "东苑 1号楼", EAST_1, "两室", "公租房", 4, 2, 4, -2] in headroom
    assert AccessLog.objects.filter(action="export", subject__contains=f"variant {made.pk} xlsx").exists()


def test_the_csv_archive_holds_the_same_tables(project: PlacementProject, half: Any, desk: Client):
    made = make_variant(project, "given", half, "申报", None)
    answer = desk.get(address("placement_variant_export", project, made.uid, "csv"))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.namelist() == ["headroom.csv", "rules.csv", "doors.csv", "places.csv", "inputs.txt"]
    places = archive.read("places.csv").decode("utf-8-sig").splitlines()
    assert places[0] == "receipt,tenure,room_class,flat,building"
    assert len(places) == 1 + len(PEOPLE)
    assert desk.get(address("placement_variant_export", project, made.uid, "pdf")).status_code == 415


def test_an_alternative_can_go_until_the_list_is_closed(project: PlacementProject, half: Any, desk: Client):
    first, second = (make_variant(project, "serial", half, name, None) for name in ("一", "二"))
    desk.post(address("placement_variant_delete", project, first.uid))
    assert list(project.variants.all()) == [second]
    PlacementProject.objects.filter(pk=project.pk).update(state=PlacementProject.State.CLOSED)
    answer = desk.post(address("placement_variant_delete", project, second.uid))
    assert answer.status_code == 409
    assert Variant.objects.filter(pk=second.pk).exists()


# --- 方案比较 -----------------------------------------------------------------------------


def figures(page: Any) -> dict[str, list[str]]:
    return {line["label"]: line["values"] for part in page.context["parts"] for line in part["lines"]}


def test_two_alternatives_side_by_side_and_their_differences_in_words(
    project: PlacementProject, half: Any, desk: Client
):
    """The proposal gives everybody the first choice; half-and-half moves two of each four: 6 of 8 shares."""
    make_variant(project, "given", half, "申报", None)
    make_variant(project, "serial", half, "依次", None)
    page = desk.get(address("placement_compare", project))
    found = figures(page)
    assert found["得到第一志愿"] == ["100%", "50.0%"]
    assert found["选择的损失"] == ["0%", "25.0%"]
    # Two and two in each of buildings 1 and 2: 4 of 6 pairs differ.
    assert found["同楼差异 W，配房之后"] == ["0%", "66.7%"]
    assert found["与第一个方案不同楼的户数"] == ["0", "4"]
    (told,) = page.context["told"]
    assert "同楼差异 W +66.7 个百分点" in told["sentences"]
    assert "4 户换了楼" in told["sentences"]


def test_rows_that_read_the_same_are_not_marked(project: PlacementProject, half: Any, desk: Client):
    for name in ("一", "二"):
        make_variant(project, "serial", half, name, None)
    page = desk.get(address("placement_compare", project))
    assert not any(line["differs"] for part in page.context["parts"] for line in part["lines"])
    assert page.context["told"][0]["sentences"] == []


def test_no_more_than_four_at_a_time_in_the_order_asked_for(
    project: PlacementProject, half: Any, desk: Client
):
    made = [make_variant(project, "serial", half, str(number), None) for number in range(5)]
    page = desk.get(address("placement_compare", project), {"v": [one.uid for one in reversed(made)]})
    assert [head["variant"].name for head in page.context["heads"]] == ["4", "3", "2", "1"]
    assert page.context["left_out"] == 1


def test_one_alternative_is_not_compared_but_sent_back_for_another(
    project: PlacementProject, half: Any, desk: Client
):
    make_variant(project, "serial", half, "一", None)
    page = desk.get(address("placement_compare", project))
    assert "parts" not in page.context
    assert "只有一个方案" in page.content.decode()


def test_what_caps_cost_from_no_cap_to_a_copy_of_the_whole(project: PlacementProject, desk: Client):
    answer = desk.get(address("placement_frontier", project), {"level": "nonsense"}).json()
    rows = {row["factor"]: row for row in answer["rows"]}
    assert list(rows) == [None, "2.5", "2", "1.5", "1.25", "1.1", "1"]
    assert (rows[None]["choice_lost"], rows[None]["w"]) == (0.0, 0.0)
    assert (rows["1"]["choice_lost"], rows["1"]["housed"]) == (0.25, 8)
    assert answer["applicants"] == 8
