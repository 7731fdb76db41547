"""The two forms that come with the product, kept as sheets of text in `fixtures/forms/`.

`wangge_household` is the questionnaire, `wangge_visit` the few taps of a visit without one. Their version is
what `settings.csv` says and a mark of all sheets together: a changed sheet is another version by itself.
"""

import csv
import hashlib
import io
from pathlib import Path

import openpyxl
from django.conf import settings
from django.db import transaction

from survey.models import Form, FormVersion
from survey.questionnaires.converting import convert_workbook
from survey.questionnaires.storing import stored_version

HOUSEHOLD = "wangge_household"
VISIT = "wangge_visit"
FOLDERS = {HOUSEHOLD: "household", VISIT: "visit"}
SHEETS = ("survey", "choices", "settings", "entities")
MARK_DIGITS = 8


def seed_forms() -> list[FormVersion]:
    """Store the built-in forms of this release; what is stored already is given back unchanged."""
    return [seed_form(form_id, folder) for form_id, folder in FOLDERS.items()]


@transaction.atomic
def seed_form(form_id: str, folder: str) -> FormVersion:
    workbook, version = built_in_workbook(folder)
    kept = FormVersion.objects.filter(form__form_id=form_id, form__is_built_in=True, version=version).first()
    if kept is not None:
        return kept
    converted = convert_workbook(workbook, name=f"{form_id}.xlsx")
    title = converted.outline["title"]
    form, _new = Form.objects.update_or_create(
        form_id=form_id,
        area_code="",
        defaults={"is_built_in": True, "title_zh": title["zh"], "title_en": title["en"]},
    )
    return stored_version(form, converted, workbook, name=f"{form_id}.xlsx", by=None)


def visit_form() -> FormVersion:
    """The version of the visit form that is served beside every questionnaire."""
    found = FormVersion.objects.filter(form__form_id=VISIT, form__is_built_in=True, retired_at=None).first()
    return found or seed_form(VISIT, FOLDERS[VISIT])


def built_in_workbook(folder: str) -> tuple[bytes, str]:
    """The workbook made of the sheets, and the version written into it."""
    place = Path(settings.BASE_DIR) / "fixtures" / "forms" / folder
    sheets = {name: _rows(place / f"{name}.csv") for name in SHEETS}
    head, values = sheets["settings"]
    at = head.index("version")
    values[at] = f"{values[at]}.{_mark(sheets)}"
    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([cell or None for cell in row])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue(), values[at]


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _mark(sheets: dict[str, list[list[str]]]) -> str:
    text = repr(sorted(sheets.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:MARK_DIGITS]
