"""Which catalogue categories an Amap type code belongs to."""

import re
from collections.abc import Mapping

from grids.catalogue import Category, by_code, categories
from grids.facilities.facility_matching import Matches, hinted

# The same for Amap codes that several walk categories share; a code not listed has one.
AMAP_DEFAULT_HOLDERS: Mapping[str, tuple[str, ...]] = {
    "050100": ("CAT-REST",),
    "050300": ("CAT-REST",),
    "060705": ("COM-FRUIT",),
    "070000": (),
    "071500": ("LIV-LAUN",),
    "080100": ("SPT-SMALL",),
    "080104": ("SPT-SMALL",),
    "090100": ("HLT-HOSP",),
    "090300": ("HLT-STA", "HLT-OPD"),
    "110101": ("GRN-PARK5",),
    "130105": ("ADM-CTR", "ADM-STREET"),
    "140000": (),
    "140500": ("CUL-LIB",),
    "141400": ("EDU-TRAIN",),
}


def match_amap(code: str, name: str = "") -> Matches:
    """The categories of an Amap type code; a code of the catalogue that ends in 00 stands for all it begins.

    Several codes of one cell are separated by `|`, as Amap writes them. Where walk categories share a
    code the name decides as for tags; without a hint the default holders have it, marked "amap?".
    """
    found: Matches = {}
    for single in code.split("|"):
        kept, rows = _amap_rows(single.strip())
        walk = [row for row in rows if row.coverage_use == "walk"]
        found |= {row.code: "amap" for row in rows if row not in walk and not row.name_hint}
        if kept not in AMAP_DEFAULT_HOLDERS:
            found |= {row.code: "amap" for row in walk}
        elif named := hinted(rows, name):
            found |= {code: "amap" for code in AMAP_DEFAULT_HOLDERS[kept] if not by_code()[code].name_hint}
            found |= {row.code: "amap+name" for row in named}
        else:
            found |= dict.fromkeys(AMAP_DEFAULT_HOLDERS[kept], "amap?")
    return found


def shared_amap_codes() -> dict[str, tuple[str, ...]]:
    """The Amap codes that more than one walk category lists."""
    holders: dict[str, list[str]] = {}
    for row in categories():
        for code in row.amap_codes if row.coverage_use == "walk" else ():
            holders.setdefault(code, []).append(row.code)
    return {code: tuple(codes) for code, codes in holders.items() if len(codes) > 1}


def _amap_rows(code: str) -> tuple[str, list[Category]]:
    """The catalogue's code that covers a type code (itself, else its 4-digit, else its 2-digit group) and
    its rows."""
    if re.fullmatch(r"\d{6}", code):
        for kept in (code, f"{code[:4]}00", f"{code[:2]}0000"):
            rows = [row for row in categories() if row.coverage_use != "attribute" and kept in row.amap_codes]
            if rows:
                return kept, rows
    return "", []
