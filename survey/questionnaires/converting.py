"""Workbook → XForm, by pyxform, checked by ODK Validate where the server has Java; and its outline."""

import shutil
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from django.utils.translation import gettext as _
from pyxform.errors import PyXFormError
from pyxform.validators import odk_validate
from pyxform.xls2xform import convert

from survey.questionnaires.findings import finding_of_validate, findings_of_error, findings_of_warnings
from survey.questionnaires.outline import outline_of
from survey.questionnaires.problems import FormProblem, FormRefused
from survey.questionnaires.sheets import Sheets, read_sheets


@dataclass(frozen=True)
class Converted:
    """An XForm, what it asks, and what its author should know."""

    xform: str
    outline: dict[str, Any]
    warnings: list[dict[str, Any]] = field(default_factory=list)


def convert_workbook(workbook: bytes, *, name: str) -> Converted:
    """Read and convert in one go: our own workbooks, which the tests have validated."""
    return convert_sheets(read_sheets(workbook, name=name), validate=False)


def convert_sheets(sheets: Sheets, *, validate: bool = True) -> Converted:
    """The XForm of these sheets.

    Raises:
        FormRefused: with sheet, row and column of what the converter does not accept.
    """
    told: list[str] = []
    try:
        made = convert(sheets.for_pyxform(), warnings=told)
        outline = outline_of(made.xform)
    except PyXFormError as err:
        raise FormRefused(findings_of_error(str(err), sheets)) from err
    except (
        ParseError,
        ExpatError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as err:
        # The converter has no error of its own for these: it trips over what it did not expect.
        raise FormRefused(findings_of_error(f"{type(err).__name__}: {err}", sheets)) from err
    warnings = findings_of_warnings(told, sheets)
    if validate:
        warnings += _validated(made.xform, sheets)
    return Converted(made.xform, outline, [asdict(warning) for warning in warnings])


def _validated(xform: str, sheets: Sheets) -> list[FormProblem]:
    """JavaRosa, the engine inside ODK Collect, loads the form; a broken expression shows only then."""
    if shutil.which("java") is None:
        sentence = _("服务器上没有 Java，表达式没有经 ODK Validate 检查。请先预览再用。")
        return [FormProblem("", 0, "", sentence, code="not_validated")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xml"
        path.write_text(xform, encoding="utf-8")
        try:
            told = odk_validate.check_xform(str(path))
        except odk_validate.ODKValidateError as err:
            raise FormRefused([finding_of_validate(str(err), sheets)]) from err
    return [finding_of_validate(text, sheets) for text in told if text.strip()]
