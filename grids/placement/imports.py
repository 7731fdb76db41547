"""Lists of flats and of applicants (XLSX, CSV) into a project: every row, or none and the reasons by row."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.access_log import log_access
from gis_core.errors import MissingColumn
from gis_core.permissions import duties_for
from grids.models import Applicant, Dwelling, Flat, PlacementProject
from grids.placement.applicant_rows import ApplicantRow, Offered, applicant_rows
from grids.placement.columns import APPLICANT_COLUMNS, FLAT_COLUMNS, read_sheet
from grids.placement.errors import ApplicantsDoNotFit, NothingToCheck, RowFaults, SeveralDuties
from grids.placement.flat_rows import FlatRow, flat_rows
from grids.placement.matching import HOLDS_ALL, index_of
from grids.placement.projects import require_preparing, smallest_area

FLATS_SHEET, APPLICANTS_SHEET = "房源", "申请人"
ROWS_AT_ONCE = 5_000
ACTION = "open_placement"


@dataclass(frozen=True)
class ImportReport:
    """What was taken in; `extra_columns` were not read, `notes` are worth a look."""

    rows: int
    extra_columns: tuple[str, ...]
    notes: tuple[str, ...]


@transaction.atomic
def import_flats(
    project: PlacementProject, content: bytes, name: str, by: Any, *, allows_waiting_list: bool = False
) -> ImportReport:
    """Replace the flats of a project by those of a file.

    Raises:
        Refusal: a file that cannot be read, wrong rows, a closed project; nothing was written.
    """
    held = require_preparing(project)
    sheet = read_sheet(content, name, FLAT_COLUMNS, ("room_class",), FLATS_SHEET)
    if "flat" not in sheet.where and not {"building", "door"} <= sheet.where.keys():
        raise MissingColumn(
            _("请填“房源编码”，或者“楼栋、单元、楼层、房号”。现有列：%(columns)s。")
            % {"columns": "、".join(sheet.table.columns[:40])},
            missing=["房源编码"],
            columns=sheet.table.columns,
        )
    faults = RowFaults()
    rows = flat_rows(sheet, index_of(held.stock, _holds(by)), faults)
    faults.finish()
    _require_applicants_fit(held, rows)
    asked = Counter(held.applicants.order_by().values_list("room_class", flat=True))
    if not allows_waiting_list:
        _require_enough(rows, Counter(one.room_class for one in rows), asked, faults)
    held.flats.all().delete()
    Flat.objects.bulk_create((_stored_flat(held, one) for one in rows), batch_size=ROWS_AT_ONCE)
    held.flats_file, held.flats_sha256 = name[-200:], hashlib.sha256(content).hexdigest()
    held.area_code = _area_of(held, rows, by)
    held.save(update_fields=["flats_file", "flats_sha256", "area_code"])
    log_access(by, "import_flats", f"placement {held.pk}", area_code=held.area_code)
    project.refresh_from_db()
    return ImportReport(len(rows), sheet.unread, (*_extra_note(sheet.unread), *_lived_in(held, rows)))


@transaction.atomic
def import_applicants(
    project: PlacementProject, content: bytes, name: str, by: Any, *, allows_waiting_list: bool = False
) -> ImportReport:
    """Replace the applicants of a project by those of a file; the flats come first.

    Raises:
        Refusal: a file that cannot be read, wrong rows, more applicants than flats of a room class without
            `allows_waiting_list`, a closed project; nothing was written.
    """
    held = require_preparing(project)
    flats = list(held.flats.values_list("code", "building_code", "room_class"))
    if not flats:
        raise NothingToCheck(_("还没有房源。请先导入房源，再导入申请人。"))
    sheet = read_sheet(
        content, name, APPLICANT_COLUMNS, ("receipt", "tenure", "room_class"), APPLICANTS_SHEET
    )
    offered = Offered(
        index=index_of(held.stock, _holds(by)),
        buildings=frozenset(building for _code, building, _room in flats),
        room_classes=frozenset(room for _code, _building, room in flats),
        flats=frozenset(code for code, _building, _room in flats),
    )
    faults = RowFaults()
    rows = applicant_rows(sheet, offered, faults)
    if not allows_waiting_list:
        there = Counter(room for *_, room in flats)
        asked = Counter(one.room_class for one in rows if one.room_class in there)
        _require_enough(rows, there, asked, faults)
    faults.finish()
    held.applicants.all().delete()
    Applicant.objects.bulk_create((_stored_applicant(held, one) for one in rows), batch_size=ROWS_AT_ONCE)
    held.applicants_file, held.applicants_sha256 = name[-200:], hashlib.sha256(content).hexdigest()
    held.save(update_fields=["applicants_file", "applicants_sha256"])
    log_access(by, "import_applicants", f"placement {held.pk}", area_code=held.area_code)
    project.refresh_from_db()
    return ImportReport(len(rows), sheet.unread, _extra_note(sheet.unread))


@transaction.atomic
def forget_applicants(project: PlacementProject, by: Any) -> int:
    """Take all applications out again, so that another list of flats fits."""
    held = require_preparing(project)
    count = held.applicants.count()
    held.applicants.all().delete()
    held.applicants_file = held.applicants_sha256 = ""
    held.save(update_fields=["applicants_file", "applicants_sha256"])
    log_access(by, "forget_applicants", f"placement {held.pk}", area_code=held.area_code)
    project.refresh_from_db()
    return count


def _area_of(project: PlacementProject, rows: Sequence[FlatRow], by: Any) -> str:
    """The smallest area with all flats, which one duty of the person must hold."""
    area_code = smallest_area(one.building_code for one in rows) or project.area_code
    if not _holds(by)(area_code):
        raise SeveralDuties(
            _("这些楼栋分属您的几处职责，合在一个项目里您自己也打不开。请按职责范围分成几个项目。"),
            area_code=area_code,
        )
    return area_code


def _holds(by: Any) -> Callable[[str], bool]:
    """Which buildings the person's duties hold; a command without a person holds all."""
    return HOLDS_ALL if by is None else duties_for(by, ACTION).holds


def _require_enough(
    rows: Sequence[FlatRow | ApplicantRow],
    flats: Counter[str],
    applicants: Counter[str],
    faults: RowFaults,
) -> None:
    """More applicants than flats of a room class: one row for each class, the last of it in the file."""
    for room_class in sorted(applicants):
        if applicants[room_class] > flats[room_class] and room_class:
            last = max((one.row for one in rows if one.room_class == room_class), default=1)
            told = _(
                "“%(room)s”有 %(people)d 份申请，只有 %(flats)d 套房。"
                "请核对；若确要轮候，请勾选“允许轮候”后重新上传。"
            ) % {"room": room_class, "people": applicants[room_class], "flats": flats[room_class]}
            faults.add(last, _("户型"), room_class, told)
            faults.short.append(room_class)
    faults.finish()


def _require_applicants_fit(project: PlacementProject, rows: Sequence[FlatRow]) -> None:
    """Applications that are there already must mean the same with the new flats."""
    codes, buildings = {one.code for one in rows}, {one.building_code for one in rows}
    rooms = {one.room_class for one in rows}
    unfit = sum(
        room not in rooms or not set(choices) <= buildings or bool(given and given not in codes)
        for room, choices, given in project.applicants.values_list("room_class", "choices", "given_flat")
    )
    if unfit:
        raise ApplicantsDoNotFit(
            _(
                "已导入的申请里有 %(count)d 份的户型、志愿或申报房源不在新的房源表里。"
                "请先清空申请人，再导入房源。"
            )
            % {"count": unfit},
            count=unfit,
        )


def _extra_note(columns: Sequence[str]) -> tuple[str, ...]:
    if not columns:
        return ()
    return (_("没有读取这些列：%(columns)s。") % {"columns": "、".join(columns[:20])},)


def _lived_in(project: PlacementProject, rows: Iterable[FlatRow]) -> tuple[str, ...]:
    """Flats that the register calls lived in: a placement moves nobody who lives somewhere."""
    codes = [one.code for one in rows]
    lived_in = Dwelling.objects.filter(building__stock=project.stock, code__in=codes, is_vacant=False)
    found = list(lived_in.order_by("code").values_list("code", flat=True)[:ROWS_AT_ONCE])
    if not found:
        return ()
    return (
        _("有 %(count)d 套在登记里写着有人住，请核对：%(codes)s。")
        % {"count": len(found), "codes": "、".join(found[:5])},
    )


def _stored_flat(project: PlacementProject, one: FlatRow) -> Flat:
    return Flat(
        project=project,
        code=one.code,
        building_code=one.building_code,
        unit=one.unit,
        floor=one.floor,
        door=one.door,
        room_class=one.room_class,
        floor_area_m2=one.floor_area_m2,
        is_accessible=one.is_accessible,
        entrance=one.entrance,
    )


def _stored_applicant(project: PlacementProject, one: ApplicantRow) -> Applicant:
    return Applicant(
        project=project,
        receipt=one.receipt,
        tenure=one.tenure,
        room_class=one.room_class,
        needs_accessible=one.needs_accessible,
        priority=one.priority,
        choices=list(one.choices),
        takes_any=one.takes_any,
        given_flat=one.given_flat,
    )
