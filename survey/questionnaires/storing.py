"""A checked workbook becomes a version of a form. Versions are only ever added, never changed."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import Conflict
from survey.models import Form, FormVersion, WorkListItem
from survey.questionnaires.advice import advice_on
from survey.questionnaires.converting import Converted, convert_sheets
from survey.questionnaires.device_check import device_problems
from survey.questionnaires.identity_check import identity_problems
from survey.questionnaires.outline_check import outline_problems
from survey.questionnaires.problems import FormRefused, in_order
from survey.questionnaires.role_check import role_problems
from survey.questionnaires.shape_check import name_problems, shape_problems
from survey.questionnaires.sheets import Sheets, read_sheets
from survey.questionnaires.word_check import denied_words


class FormIdTaken(Conflict):
    code = "form_id_taken"


class VersionTaken(Conflict):
    code = "form_version_taken"


class ItemNotInForce(Conflict):
    code = "work_list_item_not_in_force"


@dataclass(frozen=True)
class Stored:
    version: FormVersion
    is_new: bool


def checked(workbook: bytes, *, name: str) -> Converted:
    """Read, check and convert a workbook; nothing is stored.

    Raises:
        FormRefused: with every finding, by sheet and row.
        UnreadableFile, TooLarge, UnknownFormat, UnsafeFile: no workbook to check.
    """
    sheets = read_sheets(workbook, name=name)
    names = name_problems(sheets)
    problems = [*identity_problems(sheets), *denied_words(sheets), *device_problems(sheets), *names]
    try:
        converted = convert_sheets(sheets)
    except FormRefused as refused:
        # A name that cannot be used makes the converter stumble somewhere: that place says nothing more.
        told = [one for one in refused.problems if one.row or not names]
        raise FormRefused(in_order([*problems, *told])) from refused
    problems += role_problems(converted.xform, converted.outline, sheets)
    problems += shape_problems(converted.xform, converted.outline, sheets)
    problems += outline_problems(converted.xform, converted.outline, sheets, known=problems)
    if problems:
        raise FormRefused(in_order(problems))
    return _with_advice(converted, sheets)


def _with_advice(converted: Converted, sheets: Sheets) -> Converted:
    advice = [asdict(finding) for finding in advice_on(converted.outline, sheets)]
    return Converted(converted.xform, converted.outline, [*advice, *converted.warnings])


def add_version(workbook: bytes, *, name: str, area_code: str, item: WorkListItem, by: Any) -> Stored:
    """Store an uploaded workbook as a new version of its form; the same content again changes nothing.

    Raises:
        FormRefused and what `checked` raises; FormIdTaken, VersionTaken, ItemNotInForce.
    """
    converted = checked(workbook, name=name)
    with transaction.atomic():
        form = _form_for(converted, area_code, item, by)
        kept = form.versions.filter(version=converted.outline["version"]).first()
        if kept is not None:
            _require_same(kept, workbook, converted)
            return Stored(kept, is_new=False)
        return Stored(stored_version(form, converted, workbook, name=name, by=by), is_new=True)


def _form_for(converted: Converted, area_code: str, item: WorkListItem, by: Any) -> Form:
    form_id, title = converted.outline["form_id"], converted.outline["title"]
    form = Form.objects.select_for_update().filter(form_id=form_id).first()
    if form is None:
        require_in_force(item, area_code)
        return Form.objects.create(
            form_id=form_id, area_code=area_code, item=item, created_by=by,
            title_zh=title["zh"][:200] or form_id, title_en=title["en"][:200],
        )  # fmt: skip
    if form.area_code != area_code or form.is_built_in:
        raise FormIdTaken(
            _("编号“%(form_id)s”已由另一个区划的表单使用。请在 settings 里换一个 form_id。")
            % {"form_id": form_id},
            form_id=form_id,
        )
    if form.retired_at is not None:
        raise Conflict(_("表单“%(form_id)s”已停用。请先恢复它，再上传新版本。") % {"form_id": form_id})
    form.title_zh, form.title_en = title["zh"][:200] or form_id, title["en"][:200]
    form.save(update_fields=["title_zh", "title_en"])
    return form


def require_in_force(item: WorkListItem, area_code: str) -> None:
    """A form serves an item of the work list that holds its area today."""
    today = timezone.localdate()
    ended = item.valid_until is not None and item.valid_until < today
    if not area_code.startswith(item.area_code) or item.valid_from > today or ended:
        raise ItemNotInForce(
            _("事项“%(item)s”不适用于区划 %(area)s，或者今天不在有效期内。请另选一项。")
            % {"item": item, "area": area_code},
            item=item.code,
        )


def _require_same(kept: FormVersion, workbook: bytes, converted: Converted) -> None:
    if kept.workbook_sha256 != hashlib.sha256(workbook).hexdigest() and kept.xform != converted.xform:
        raise VersionTaken(
            _("版本“%(version)s”已经有了，内容不同。版本不能改：请在 settings 里换一个新的 version。")
            % {"version": kept.version},
            version=kept.version,
        )


def stored_version(form: Form, converted: Converted, workbook: bytes, *, name: str, by: Any) -> FormVersion:
    return FormVersion.objects.create(
        form=form,
        version=converted.outline["version"],
        xform=converted.xform,
        xform_md5=hashlib.md5(converted.xform.encode(), usedforsecurity=False).hexdigest(),
        workbook=workbook,
        workbook_name=name[:200],
        workbook_sha256=hashlib.sha256(workbook).hexdigest(),
        outline=converted.outline,
        warnings=converted.warnings,
        uploaded_by=by,
    )
