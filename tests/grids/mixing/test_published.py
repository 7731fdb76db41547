"""Published tables: read whole or refused whole, never by ethnic group or religion; taken back, put back."""

import csv
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from gis_core.errors import RowErrors
from gis_core.models import AccessLog
from grids.mixing.published import DeniedGroups, Facts, import_published
from grids.models import PublishedCount, PublishedTable, Upload
from tests.grids.mixing.worlds import STREET, A, B, draw_town
from tests.people import client_for, make_person

pytestmark = pytest.mark.django_db
FACTS = Facts("家庭户规模", "户", 2020, "市统计局")
WIDE = f"区划代码,名称,一人户,二人户,合计\n{A},甲,30,10,40\n{B},乙,5,—,5\n{STREET}000,街,35,10,45\n"
LONG = f"code,group,count\n{A},一人户,30\n{A},二人户,10\n{B},一人户,5\n"


@pytest.fixture
def town():
    return draw_town()


@pytest.fixture
def planner():
    return make_person("planner", "planner", area_code="330100")


def written(tmp_path: Path, text: str, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def cells(table):
    held = PublishedCount.objects.filter(table=table).values_list("area_code", "group", "count")
    return {(code, table.groups[group]): count for code, group, count in held}


def test_wide_and_long_give_the_same_cells(town, tmp_path):
    wide = import_published(town, written(tmp_path, WIDE), FACTS)
    long = import_published(town, written(tmp_path, LONG), FACTS)
    assert wide.groups == long.groups == ["一人户", "二人户"]  # the total is no group
    shared = {(A, "一人户"): 30, (A, "二人户"): 10, (B, "一人户"): 5}
    assert cells(long) == shared
    assert cells(wide) == {**shared, (STREET, "一人户"): 35, (STREET, "二人户"): 10}  # zeros taken off


def test_what_the_office_covered_up_is_unknown_not_zero(town, planner, tmp_path):
    table = import_published(town, written(tmp_path, WIDE), FACTS)
    body = client_for(planner).get(f"/api/v1/mix/figures/?town=mixed&source=published:{table.uid}").json()
    rows = {row["code"]: row for row in body["rows"]}
    assert [cell["count"] for cell in rows[A]["counts"]] == [30, 10]
    assert [cell["share"] for cell in rows[A]["counts"]] == [0.75, 0.25]
    assert rows[B]["counts"][1] == {"count": None, "share": None, "count_margin": None, "share_margin": None}
    assert rows[B]["counts"][0]["share"] is None  # a share of an unknown whole
    assert body["source"]["source"] == "市统计局"
    assert rows[A]["w"] is None


@pytest.mark.parametrize(
    ("bad", "row"),
    [
        (f"code,group,count\n{A},一人户,30\n999999,一人户,3\n", 3),
        (f"code,group,count\n{A},一人户,30\n{A},一人户,31\n", 3),
        (f"code,group,count\n{A},一人户,many\n", 2),
        (f"code,group,count\n{A},一人户,-3\n", 2),
        (f"code,group,count\n{A},,3\n{A},一人户,3\n", 2),
        (f"code,group,count\n{A}00001,一人户,3\n", 2),
    ],
    ids=["foreign code", "cell twice", "words", "negative", "no group", "a building"],
)
def test_one_bad_row_and_nothing_is_kept(town, tmp_path, bad, row):
    with pytest.raises(RowErrors) as refused:
        import_published(town, written(tmp_path, bad), FACTS)
    assert row in {one.row for one in refused.value.rows}
    assert not PublishedTable.objects.exists()
    assert not PublishedCount.objects.exists()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"code,汉族,回族\n{A},1,2\n", "人口"),
        (f"code,group,count\n{A},佛教徒,2\n{A},基督教,2\n", "人口"),
        (f"code,group,count\n{A},汉,2\n{A},回,2\n", "人口"),
        (f"code,group,count\n{A},Muslim,2\n{A},other,2\n", "people"),
        (f"code,一类,二类\n{A},1,2\n", "少数民族人口"),
        (f"code,一类,二类\n{A},1,2\n", "宗教信仰情况"),
    ],
    ids=["ethnic columns", "religions", "short names", "Latin", "name of the table", "religion in the name"],
)
def test_tables_by_ethnic_group_or_religion_are_refused(town, tmp_path, text, name):
    with pytest.raises(DeniedGroups):
        import_published(town, written(tmp_path, text), Facts(name, "人", 2020, "市统计局"))
    assert not PublishedTable.objects.exists()


def test_a_place_that_sounds_like_one_is_none(town, tmp_path):
    facts = Facts("民族路社区户规模", "户", 2020, "云溪市民族宗教事务局")
    assert import_published(town, written(tmp_path, LONG), facts).groups == ["一人户", "二人户"]


def send(client, text):
    file = SimpleUploadedFile("户规模.csv", text.encode())
    given = {"town": "mixed", "name": FACTS.name, "year": 2020, "unit": "户", "source": FACTS.source}
    response = client.post("/data/published/new/", {**given, "file": file})
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def test_upload_columns_import_withdraw_and_put_back(town, planner):
    client = client_for(planner)
    columns = send(client, WIDE)
    page = client.get(columns).content.decode()
    assert 'value="一人户" checked' in page
    assert 'value="合计" checked' not in page
    done = client.post(columns, {"kind": "wide", "code": "区划代码", "groups": ["一人户", "二人户"]})
    assert done.status_code == 302
    table = PublishedTable.objects.get()
    assert Upload.objects.get().deleted_at is not None
    key = f"published:{table.uid}"

    def offered():
        return [one["key"] for one in client.get("/api/v1/mix/sources/?town=mixed").json()["published"]]

    assert offered() == [key]
    client.post(f"/data/published/{table.uid}/withdraw/")
    assert offered() == []
    assert client.get(f"/api/v1/mix/figures/?town=mixed&source={key}").status_code == 404
    client.post(f"/data/published/{table.uid}/restore/")
    assert offered() == [key]
    actions = AccessLog.objects.values_list("action", flat=True)
    assert {"import_published", "withdraw_published", "restore_published"} <= set(actions)


def test_row_errors_are_shown_on_the_page_and_the_file_stays_for_another_try(town, planner):
    client = client_for(planner)
    columns = send(client, WIDE.replace("30", "thirty"))
    page = client.post(columns, {"kind": "wide", "code": "区划代码", "groups": ["一人户"]})
    assert page.status_code == 422
    assert "thirty" in page.content.decode()
    assert client.get(columns).status_code == 200
    assert not PublishedTable.objects.exists()


def test_the_blank_table_can_be_filled_in_and_loaded(town, planner, tmp_path):
    for kind in ("wide", "long"):
        blank = client_for(planner).get(f"/data/published/template/?town=mixed&kind={kind}").content
        rows = list(csv.reader(io.StringIO(blank.decode("utf-8-sig"))))
        for row in rows[1:]:
            row[:] = [cell or "7" for cell in row]
        filled = "\n".join(",".join(row) for row in rows)
        table = import_published(town, written(tmp_path, filled), FACTS)
        assert cells(table) == {(code, group): 7 for code in (A, B) for group in table.groups}
        assert len(table.groups) == 3


def test_the_command_loads_a_table_and_says_why_not(town, tmp_path, capsys):
    given = {"name": "户规模", "year": 2020, "unit": "户", "source": "市统计局"}
    call_command("import_published", "mixed", str(written(tmp_path, LONG)), **given)
    assert "mixed: 户规模 2020" in capsys.readouterr().out
    denied = written(tmp_path, LONG.replace("一人户", "回族"), "denied.csv")
    with pytest.raises(CommandError, match="民族"):
        call_command("import_published", "mixed", str(denied), **given)


def test_years_of_one_table_make_a_trend(town, planner, tmp_path):
    path = written(tmp_path, LONG)
    import_published(town, path, Facts("户规模", "户", 2010, "市统计局"))
    newest = import_published(town, path, FACTS.__class__("户规模", "户", 2020, "市统计局"))
    import_published(town, path, Facts("别的", "户", 2015, "市统计局"))
    query = f"town=mixed&source=published:{newest.uid}&level=community&area={A}"
    body = client_for(planner).get(f"/api/v1/mix/trend/?{query}").json()
    assert [point["date"] for point in body["points"]] == ["2010", "2020"]
