"""The uploaded workbook as rows of text: .xlsx, .xls, and .xls hiding under the name .xlsx.

What the file is, is read from its bytes, never from its name. Anything built to harm, anything too large
and anything that is not a plain workbook is refused before a cell is looked at.
"""

import io
import struct
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import olefile
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import xls_to_dict, xlsx_to_dict
from xlrd.compdoc import CompDocError

from gis_core.errors import TooLarge, UnknownFormat, UnreadableFile, UnsafeFile
from gis_core.readers.spreadsheets import XLSX_ERRORS
from gis_core.readers.unpacking import require_unpackable

MAX_WORKBOOK_BYTES = 4 * 2**20
MAX_UNPACKED_BYTES = 32 * 2**20
MAX_ROWS = 20_000
OLE2_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
XLS_STREAMS = ("Workbook", "Book")
# What xlrd trips over in a damaged file, beside its own error, which pyxform turns into one of its own.
XLS_ERRORS = (CompDocError, struct.error, AssertionError, RecursionError)
MACRO_STREAMS = ("_VBA_PROJECT_CUR", "VBA", "Macros")


@dataclass(frozen=True)
class Sheets:
    """pyxform's own reading of the workbook, kept so that findings can name sheet and row."""

    content: dict[str, Any]

    def rows(self, sheet: str) -> list[tuple[int, dict[str, str]]]:
        """Rows with the number that the spreadsheet shows; headers in lower case, without `::` spaces."""
        return [
            (number, {_header(name): value for name, value in row.items()})
            for number, row in enumerate(self.content.get(sheet) or [], start=2)
            if row
        ]

    def headers(self, sheet: str) -> list[str]:
        return [str(name) for names in self.content.get(f"{sheet}_header") or [] for name in names]

    @property
    def settings(self) -> dict[str, str]:
        found = self.rows("settings")
        return found[0][1] if found else {}

    def for_pyxform(self) -> dict[str, Any]:
        """A copy: the converter takes rows apart while it reads them."""
        return {
            name: [dict(row) for row in part] if name != "sheet_names" else list(part)
            for name, part in self.content.items()
        }


def _header(name: str) -> str:
    return "::".join(part.strip() for part in name.lower().split("::"))


def read_sheets(workbook: bytes, *, name: str) -> Sheets:
    """The sheets of an uploaded workbook.

    Raises:
        UnreadableFile, TooLarge, UnknownFormat, UnsafeFile
    """
    if not workbook:
        raise UnreadableFile(
            _("文件“%(name)s”是空的（0 字节）。请检查导出步骤后重新上传。") % {"name": name}, size_bytes=0
        )
    if len(workbook) > MAX_WORKBOOK_BYTES:
        raise TooLarge(
            _("“%(name)s”大于 %(limit)d MB。表单工作簿通常不到 1 MB，请删去图片和无关的工作表。")
            % {"name": name, "limit": MAX_WORKBOOK_BYTES // 2**20},
            limit_bytes=MAX_WORKBOOK_BYTES,
        )
    if workbook.startswith(OLE2_START):
        _require_plain_xls(workbook, name)
        content = _read(xls_to_dict, workbook, name)
    elif workbook.startswith(b"PK"):
        _require_plain_xlsx(workbook, name)
        content = _read(xlsx_to_dict, workbook, name)
    else:
        raise _not_a_workbook(name)
    _require_few_rows(content, name)
    return Sheets(content)


def _not_a_workbook(name: str) -> UnknownFormat:
    return UnknownFormat(
        _("“%(name)s”不是 Excel 工作簿。请上传 XLSForm 格式的 .xlsx 或 .xls 文件。") % {"name": name}
    )


def _encrypted(name: str) -> UnknownFormat:
    return UnknownFormat(
        _("“%(name)s”设有密码（已加密），无法读取。请在表格软件中取消密码，另存为 .xlsx 后上传。")
        % {"name": name}
    )


def _with_macros(name: str) -> UnknownFormat:
    return UnknownFormat(
        _("“%(name)s”内含宏程序，不予接收。请另存为不含宏的 .xlsx 后上传。") % {"name": name}
    )


def _require_plain_xls(workbook: bytes, name: str) -> None:
    try:
        with olefile.OleFileIO(io.BytesIO(workbook)) as parts:
            names = {entry[0] for entry in parts.listdir(streams=True, storages=True)}
    except (OSError, ValueError, LookupError, TypeError) as err:
        raise _damaged(name) from err
    if {"EncryptedPackage", "EncryptionInfo"} & names:
        raise _encrypted(name)
    if not names.intersection(XLS_STREAMS):
        raise _not_a_workbook(name)
    if names.intersection(MACRO_STREAMS):
        raise _with_macros(name)


def _require_plain_xlsx(workbook: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name).name[:100] or "form.xlsx")
        path.write_bytes(workbook)
        require_unpackable(path, max_bytes=MAX_UNPACKED_BYTES)
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed:
        members = {member.lower() for member in packed.namelist()}
    if any(member.endswith("vbaproject.bin") for member in members):
        raise _with_macros(name)
    if "xl/workbook.xml" not in members:
        raise _not_a_workbook(name)


def _read(reader: Any, workbook: bytes, name: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = reader(workbook)
    except PyXFormError as err:
        if isinstance(err.__cause__, Exception) and "encrypted" in str(err.__cause__).lower():
            raise _encrypted(name) from err
        if str(err).startswith("Duplicate column header"):
            header = str(err).partition(":")[2].strip()
            raise UnreadableFile(
                _("“%(name)s”的一个工作表里有两个同名的列“%(header)s”。请删去或改名后重新上传。")
                % {"name": name, "header": header},
                column=header,
            ) from err
        raise _damaged(name) from err
    except (*XLSX_ERRORS, *XLS_ERRORS) as err:
        if isinstance(err, DefusedXmlException) or isinstance(err.__cause__, DefusedXmlException):
            raise UnsafeFile(_("“%(name)s”内含实体定义，可能是攻击，未载入。") % {"name": name}) from err
        raise _damaged(name) from err
    return content


def _damaged(name: str) -> UnreadableFile:
    return UnreadableFile(
        _("“%(name)s”不完整或已损坏，无法读取。请用表格软件打开，重新另存为 .xlsx 后上传。") % {"name": name}
    )


def _require_few_rows(content: dict[str, Any], name: str) -> None:
    rows = sum(
        len(part)
        for sheet, part in content.items()
        if sheet != "sheet_names" and not sheet.endswith("_header")
    )
    if rows > MAX_ROWS:
        raise TooLarge(
            _("“%(name)s”共有 %(rows)d 行，多于 %(limit)d 行。长的选项表请作为随表文件，不放在表单里。")
            % {"name": name, "rows": rows, "limit": MAX_ROWS},
            limit_rows=MAX_ROWS,
        )
