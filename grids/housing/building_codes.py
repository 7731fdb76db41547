"""Codes of buildings: community 12 + 5, kept from one load to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db.models import Max
from django.utils.translation import gettext as _

from gis_core.crs import FloatArray
from gis_core.errors import Refusal
from grids.generations import active
from grids.models import Building, Stock, Town

STRIP_DEG = 0.001  # about 100 m: buildings of one street front fall into one strip
LAST_NUMBER = 99_999


class CommunityFull(Refusal):
    """Five digits are used up: the areas are not communities."""

    code = "community_full"


@dataclass(frozen=True)
class Numbering:
    """What earlier loads of the town gave: codes by outside id, and the last number of each community."""

    code_of: Mapping[str, str] = field(default_factory=dict)
    last_number: Mapping[str, int] = field(default_factory=dict)


def numbering_of(town: Town) -> Numbering:
    """Codes of the stock in use, and the highest number that any load of the town ever gave."""
    current = active(Stock, town)
    given = dict(Building.objects.filter(stock=current).values_list("source_id", "code")) if current else {}
    last = (
        Building.objects.filter(stock__town=town)
        .order_by()
        .values_list("community_code")
        .annotate(last=Max("code"))
    )
    return Numbering(given, {community: int(code[12:]) for community, code in last})


def assign_codes(
    source_ids: Sequence[str], communities: Sequence[str], lonlat: FloatArray, numbering: Numbering
) -> list[str]:
    """A code for each building; known ones keep theirs while their community stays the same."""
    codes = [""] * len(source_ids)
    for at, (source_id, community) in enumerate(zip(source_ids, communities, strict=True)):
        kept = numbering.code_of.get(source_id, "")
        codes[at] = kept if kept[:12] == community else ""
    next_number = {community: last + 1 for community, last in numbering.last_number.items()}
    strip = np.floor(-lonlat[:, 1] / STRIP_DEG)
    for at in np.lexsort((lonlat[:, 1], lonlat[:, 0], strip)).tolist():
        if not codes[at]:
            community = communities[at]
            number = next_number.get(community, 1)
            next_number[community] = number + 1
            if number > LAST_NUMBER:
                raise CommunityFull(
                    _(
                        "社区 %(community)s 的楼栋超过 %(most)d 栋，五位楼栋编号不够。"
                        "请先导入社区边界，再导入楼栋。"
                    )
                    % {"community": community, "most": LAST_NUMBER},
                    community=community,
                )
            codes[at] = f"{community}{number:05d}"
    return codes
