"""Rows of the interface for mixed residence; see access_rows.py."""

from typing import Any

from django.urls import reverse

from grids.models import PublishedTable
from tests.grids.access_rows import Kind, Path, Row, World, at, own_town
from tests.grids.two_towns import FIRST

SQUARE = {"type": "Polygon", "coordinates": [[[119, 29], [121, 29], [121, 31], [119, 31], [119, 29]]]}
ABOUT = "&dimension=building_kind"  # the two towns' register knows no tenure


def asked(name: str, more: str = "") -> Path:
    return own_town(name, ABOUT + more)


def _drawn(world: World) -> dict[str, Any]:
    return {
        "town": world.towns.own.slug,
        "dimension": "building_kind",
        "polygon": str(SQUARE).replace("'", '"'),
    }


def of_table(name: str) -> Path:
    """A table of town 甲, made when it is first asked for."""

    def path(world: World, user: Any) -> str:
        facts = {"name": "户规模", "unit": "户", "year": 2020, "source": "统计局"}
        table, _new = PublishedTable.objects.get_or_create(town=world.towns.own, **facts, groups=["一人户"])
        return reverse(name, kwargs={"uid": table.uid})

    return path


NOBODYS_UPLOAD = at("published_columns", pk="00000000-0000-0000-0000-000000000000")
CHANGE: dict[str, Any] = {"method": "post", "ok": (302,), "changes_town": True}

ROWS = [
    Row("api_mix_sources", Kind.OBJECT, own_town("api_mix_sources"), "read_sealed"),
    Row("api_mix_figures", Kind.OBJECT, asked("api_mix_figures"), "open_mix"),
    Row("api_mix_split", Kind.OBJECT, asked("api_mix_split"), "open_mix"),
    Row("api_mix_exposure", Kind.OBJECT, asked("api_mix_exposure"), "open_mix"),
    Row("api_mix_profile", Kind.OBJECT, asked("api_mix_profile"), "open_mix"),
    Row("api_mix_area", Kind.OBJECT, at("api_mix_area"), "open_mix", method="post", posted=_drawn),
    Row("api_mix_trend", Kind.OBJECT, asked("api_mix_trend", f"&area={FIRST}"), "open_mix"),
    Row("api_mix_budget", Kind.OBJECT, own_town("api_mix_budget"), "read_sealed"),
    Row("mix_export", Kind.OBJECT, asked("mix_export", "&format=xlsx"), "export_mix"),
    Row("published", Kind.OBJECT, own_town("published"), "open_data"),
    Row("published_template", Kind.OBJECT, own_town("published_template"), "open_data"),
    Row("published_upload", Kind.LIST, at("published_upload"), "import_published"),
    Row("published_columns", Kind.OBJECT, NOBODYS_UPLOAD, "import_published", ok=(404,)),
    Row("published_withdraw", Kind.OBJECT, of_table("published_withdraw"), "import_published", **CHANGE),
    Row("published_restore", Kind.OBJECT, of_table("published_restore"), "import_published", **CHANGE),
]
