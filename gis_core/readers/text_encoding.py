"""Bytes of a text file → text. Chinese desktops write GBK as often as UTF-8."""

import codecs

from django.utils.translation import gettext as _

from gis_core.errors import UnreadableFile

# gb18030 contains GBK and GB2312.
NAMES = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "936": "gb18030", "65001": "utf-8"}


def codec_named(name: str) -> str | None:
    """Python's name of an encoding as users, .cpg files and Windows call it; None if unknown."""
    text = name.strip().lower().removeprefix("ansi").removeprefix("oem").strip(" -_")
    try:
        return codecs.lookup(NAMES.get(text, text)).name
    except LookupError:
        return None


def decoded(content: bytes, *, named: str, encoding: str | None = None) -> tuple[str, str]:
    """Text and the encoding it was in: as stated, else by its mark, else UTF-8, else GB 18030.

    Raises:
        UnreadableFile: it is no text, or not in the stated encoding.
    """
    for candidate in _candidates(content, encoding):
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.removeprefix("\ufeff"), candidate
    raise UnreadableFile(
        _("“%(name)s”的文字编码无法识别（试过 %(tried)s）。请另存为 UTF-8 后重新上传。")
        % {"name": named, "tried": "、".join(_candidates(content, encoding))},
        file=named,
    )


def _candidates(content: bytes, encoding: str | None) -> list[str]:
    if encoding:
        return [codec_named(encoding) or "utf-8"]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    if content.startswith(codecs.BOM_UTF8):
        return ["utf-8-sig"]
    return ["utf-8", "gb18030"]
