"""`$filter` of OData as Central offers it: comparisons of system fields, `and`, `or`, `not`, brackets."""

import re
from datetime import UTC, datetime, time
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from gis_core.errors import Refusal
from survey.models import Submission

Review = Submission.Review
REVIEW_STATES: dict[str | None, Any] = {
    None: Review.RECEIVED,
    "received": Review.RECEIVED,
    "edited": Review.EDITED,
    "hasIssues": Review.SENT_BACK,
    "approved": Review.APPROVED,
    "rejected": Review.REJECTED,
}
FIELDS = {
    "__system/submissionDate": ("received_at", "time"),
    "__system/updatedAt": ("received_at", "time"),
    "__system/submitterId": ("by_id", "number"),
    "__system/reviewState": ("review", "review"),
}
LOOKUPS = {"lt": "lt", "le": "lte", "gt": "gt", "ge": "gte", "eq": "exact"}
_TOKEN = re.compile(r"\s*(?:(\()|(\))|'((?:[^']|'')*)'|([^\s()]+))")
LONGEST, DEEPEST = 2000, 20


class FilterRefused(Refusal):
    code = "odata_filter"
    status = 400


def as_query(text: str) -> Q:
    """The condition as a query.

    Raises:
        FilterRefused: a field, operator or value that is not offered.
    """
    if len(text) > LONGEST:
        raise FilterRefused(_("$filter 太长。"))
    reading = _Reading(_tokens(text))
    found = reading.either(0)
    if reading.rest:
        raise _unread(str(reading.rest[0][1]))
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unread(text[at : at + 20])
        if match.group(3) is not None:
            found.append(("text", match.group(3).replace("''", "'")))
        else:
            found.append(("word", match.group(1) or match.group(2) or match.group(4)))
        at = match.end()
    return found


def _unread(text: str) -> FilterRefused:
    return FilterRefused(_("$filter 里的“%(text)s”不能用。") % {"text": text[:40]}, text=text[:40])


class _Reading:
    """One pass over the words; each method takes away what it understood."""

    def __init__(self, rest: list[tuple[str, str]]) -> None:
        self.rest = rest

    def _next(self, word: str) -> bool:
        if self.rest and self.rest[0] == ("word", word):
            self.rest.pop(0)
            return True
        return False

    def either(self, depth: int) -> Q:
        if depth > DEEPEST:
            raise _unread("(")
        found = self.both(depth)
        while self._next("or"):
            found |= self.both(depth)
        return found

    def both(self, depth: int) -> Q:
        found = self.one(depth)
        while self._next("and"):
            found &= self.one(depth)
        return found

    def one(self, depth: int) -> Q:
        if depth > DEEPEST:
            raise _unread("not")
        if self._next("not"):
            return ~self.one(depth + 1)
        if self._next("("):
            found = self.either(depth + 1)
            if not self._next(")"):
                raise _unread("(")
            return found
        return self._comparison()

    def _comparison(self) -> Q:
        if len(self.rest) < 3:
            raise _unread(" ".join(word for _kind, word in self.rest) or "$filter")
        (_a, name), (_b, operator), value = self.rest[0], self.rest[1], self.rest[2]
        del self.rest[:3]
        field = FIELDS.get(name.removeprefix("$root/Submissions/"))
        if field is None:
            raise _unread(name)
        column, kind = field
        only = ~Q(deprecated_id="") if name.endswith("updatedAt") else Q()  # only corrections were updated
        if operator in ("ne", "neq"):
            return only & ~Q(**{column: _value(kind, value)})
        if operator not in LOOKUPS or (kind == "review" and operator != "eq"):
            raise _unread(operator)
        return only & Q(**{f"{column}__{LOOKUPS[operator]}": _value(kind, value)})


def _value(kind: str, token: tuple[str, str]) -> Any:
    how, text = token
    if kind == "review":
        state = None if (how, text) == ("word", "null") else text
        if state not in REVIEW_STATES:
            raise _unread(text)
        return REVIEW_STATES[state]
    if kind == "number":
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise _unread(text)
        return int(text)
    return _moment(text)


def _moment(text: str) -> datetime:
    try:
        found = parse_datetime(text)
        if found is None and (day := parse_date(text)) is not None:
            found = datetime.combine(day, time.min)
    except ValueError:
        found = None
    if found is None:
        raise _unread(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
