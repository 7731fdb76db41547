"""Words that no field, column or question of this product may carry: the list and the only test for it.

Ethnicity, religion, national identity numbers, political status, biometrics and movement tracks are
never asked, kept or imported. `denylist.json` holds the words beside examples of what they catch and
what they leave alone; the tests read the same file. Latin words match whole tokens (`surface` holds no
`face`), a `*` ends a stem; Chinese words match anywhere in a name unless a place follows (民族路 is a
street). Addresses and other values are not names and are not looked at, except for identity numbers.
"""

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from gis_core.errors import Refusal

_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ID_NUMBER = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


class DeniedColumns(Refusal):
    """The file carries columns that the product never takes in."""

    code = "denied_columns"
    status = 422


@cache
def wordlist() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = json.loads(
        Path(__file__).with_name("denylist.json").read_text(encoding="utf-8")
    )
    return loaded


def is_denied_name(name: str) -> bool:
    """Whether a field, column, tag key, choice value or question label says something on the list."""
    tokens = "_".join(token.lower() for token in _TOKEN.findall(name))
    for phrase in wordlist()["allowed_phrases"]:
        tokens = re.sub(rf"(?:^|_){phrase}(?=_|$)", "", tokens)
    return bool(_latin().search(tokens) or _han().search(re.sub(r"\s", "", name)))


def denied_names(names: Iterable[str]) -> list[str]:
    return [name for name in names if is_denied_name(name)]


def require_allowed_columns(names: Iterable[str]) -> None:
    """Refuse a file that has denied columns: they must not even reach the server's memory of an import.

    Raises:
        DeniedColumns
    """
    found = denied_names(names)
    if found:
        raise DeniedColumns(
            _(
                "文件中有本系统不收集的列：%(columns)s。民族、宗教、身份证号等信息不得导入。"
                "请删除这些列后重新上传；文件未载入。"
            )
            % {"columns": "、".join(found[:10])},
            columns=found[:50],
        )


def has_id_number(text: str) -> bool:
    """Whether free text holds an 18-digit resident identity number with a correct check digit."""
    return any(_checks(match.group()) for match in _ID_NUMBER.finditer(text))


def _checks(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11] == number[17].upper()


@cache
def _latin() -> re.Pattern[str]:
    words = (
        word.removesuffix("*") + ("[a-z0-9]*" if word.endswith("*") else "") for word in wordlist()["tokens"]
    )
    return re.compile(rf"(?:^|_)(?:{'|'.join(words)})(?:_|$)")


@cache
def _han() -> re.Pattern[str]:
    endings = "|".join(wordlist()["han_place_endings"])
    return re.compile("|".join(f"{word}(?!{endings})" for word in wordlist()["han"]))
