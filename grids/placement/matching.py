"""Which building of the pinned stock a row of a file means.

A building is named by its 17-digit code, by its outside id, or by what people call it: name, address, or
either within its estate. A name that fits several buildings is refused and not guessed.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from grids.models import Building, Stock

PRECISE = 10**15  # beyond this a spreadsheet's number has lost digits
HOLDS_ALL: Callable[[str], bool] = lambda code: True  # noqa: E731


class NoMatch(Exception):  # noqa: N818 — the caller turns it into the sentence of a row
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Known:
    """One building as a row may call it."""

    code: str
    estate: str
    names: tuple[str, ...]


class BuildingIndex:
    """Buildings by everything that they are called."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._by_name: dict[str, set[str]] = {}
        self._estate: dict[str, str] = {}
        for one in known:
            self._estate[one.code] = plain(one.estate)
            called = {plain(name) for name in (one.code, *one.names) if name}
            called |= {plain(one.estate + name) for name in one.names if name and one.estate}
            for name in called:
                self._by_name.setdefault(name, set()).add(one.code)

    def __contains__(self, code: str) -> bool:
        return code in self._estate

    def find(self, value: Any, estate: Any = None) -> str:
        """The code of the one building that is meant.

        Raises:
            NoMatch: none is, or several are.
        """
        text, within = plain(value), plain(estate)
        found = self._by_name.get(text, set())
        if within:
            narrowed = {code for code in found if self._estate[code] == within}
            found = narrowed or self._by_name.get(within + text, set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise NoMatch(
                _("有 %(count)d 栋楼都叫这个名字，请改填 17 位楼栋编码，或加“小区”一列。")
                % {"count": len(found)}
            )
        raise NoMatch(self._why_unknown(value, text))

    def _why_unknown(self, value: Any, text: str) -> str:
        if not text:
            return _("没有填楼栋。")
        if isinstance(value, int | float) and abs(value) >= PRECISE:
            return _("编码在表格里存成了数字，末几位已经丢失。请把这一列设为文本后重新填写。")
        return _("房屋底数里没有这栋楼，或者它不在您的职责范围内。")


def index_of(stock: Stock, holds: Callable[[str], bool] = HOLDS_ALL) -> BuildingIndex:
    """The buildings of a stock that the person's duties hold."""
    rows = (
        Building.objects.filter(stock=stock)
        .order_by()
        .values_list("code", "source_id", "name", "address", "estate__name_zh", "estate__name_en")
    )
    return BuildingIndex(
        Known(code, estate or english or "", (source_id, source_id.rpartition("/")[2], name, address))
        for code, source_id, name, address, estate, english in rows
        if holds(code)
    )


def plain(value: Any) -> str:
    """A name without the differences that nobody means: width, case, spaces, a number's `.0`."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value))).lower()
