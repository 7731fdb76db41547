"""Chinese and other names of mapped things."""

import re
from collections.abc import Mapping

_HAN = re.compile(r"[\u3400-\u9fff]")


def words(text: str) -> frozenset[str]:
    """A set of words written as one line of them."""
    return frozenset(text.split())


def has_han(text: str) -> bool:
    return bool(_HAN.search(text))


def local_names(tags: Mapping[str, str], *, longest: int = 100) -> tuple[str, str]:
    """(name_zh, name_en) of OSM tags; a plain name goes where its script says."""
    plain = tags.get("name", "")
    zh = tags.get("name:zh") or tags.get("name:zh-Hans") or (plain if has_han(plain) else "")
    en = tags.get("name:en") or ("" if has_han(plain) else plain)
    return zh[:longest], en[:longest]
