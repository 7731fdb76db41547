"""XML from outside, read without doing what it asks: no entities, no DTD, no bombs, UTF-8 only.

The limits stand before the parser: every element needs a `<`, so counting those bytes bounds what a
document of a few megabytes may become in memory.
"""

import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

MAX_BYTES = 20 * 2**20
MAX_TAGS = 600_000  # 10,000 repeats of 25 questions, opening and closing
MAX_DEPTH = 60

_DECLARED = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_BOM = b"\xef\xbb\xbf"
_UTF_8 = {"utf-8", "utf8", "us-ascii", "ascii"}


class UnreadableXml(Exception):  # noqa: N818 — what was met, as a code
    """The bytes are not XML that this product reads; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_xml(payload: bytes) -> Element:
    """The root element.

    Raises:
        UnreadableXml: empty, too_large, too_deep, wrong_charset, unsafe_xml or not_xml.
    """
    if not payload.strip():
        raise UnreadableXml("empty")
    if len(payload) > MAX_BYTES or payload.count(b"<") > MAX_TAGS:
        raise UnreadableXml("too_large")
    _require_utf_8(payload)
    try:
        root: Element = fromstring(payload, forbid_dtd=True)
    except DefusedXmlException as err:
        raise UnreadableXml("unsafe_xml") from err
    except (ParseError, ValueError) as err:
        raise UnreadableXml("not_xml") from err
    _require_shallow(root)
    return root


def _require_utf_8(payload: bytes) -> None:
    declared = _DECLARED.match(payload.removeprefix(_BOM).lstrip())
    if declared and declared.group(1).decode().lower() not in _UTF_8:
        raise UnreadableXml("wrong_charset")
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError as err:
        raise UnreadableXml("wrong_charset") from err


def _require_shallow(root: Element) -> None:
    level, depth = [root], 1
    while level:
        if depth > MAX_DEPTH:
            raise UnreadableXml("too_deep")
        level = [child for element in level for child in element]
        depth += 1


def local_name(element: Element) -> str:
    """The tag without its namespace."""
    tag: str = element.tag
    return tag.rpartition("}")[2]


def child(element: Element, name: str) -> Element | None:
    """The first child of that name, in any namespace."""
    return next((one for one in element if local_name(one) == name), None)


def text_of(element: Element | None) -> str:
    return "" if element is None else (element.text or "").strip()
