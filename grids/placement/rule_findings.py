"""Each rule met or broken, with the flats that break it; and the sentence for it in the reader's language."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from grids.kernels.serial_choice import housable
from grids.placement.drawing import ClassStock
from grids.placement.lists import SomeApplicant
from grids.placement.placed import Placed
from grids.placement.rules import ACCESSIBLE, Limits
from grids.placement.trial import as_arrays

Row = dict[str, Any]


def rule_findings(
    found: Placed,
    classes: Mapping[str, ClassStock],
    headroom: Sequence[Row],
    clusters: Sequence[Row],
    entrances: Sequence[Row],
) -> list[Row]:
    """The rules that hold for everything first, then those that the official set."""
    rows = [
        _known(found),
        _one_home(found),
        _room_class(found),
        _need(found),
        _housed(found, classes),
    ]
    if found.limits.reserves_accessible:
        rows.append(_reserve(found))
    if found.limits.factors:
        rows.append(_caps(found, headroom))
    if found.rules is not None and found.rules.most_in_cluster is not None:
        rows.append(_cluster(found.rules.most_in_cluster, clusters))
    if found.rules is not None and found.rules.shares_entrances:
        rows.append(_entrances(entrances))
    return [{**row, "sentence": sentence_of(row)} for row in rows]


def _row(code: str, flats: Sequence[str], *, is_met: bool | None = None, **numbers: int) -> Row:
    met = not flats if is_met is None else is_met
    return {"code": code, "is_met": met, "flats": sorted(set(flats)), "numbers": numbers}


def _known(found: Placed) -> Row:
    return _row("known", [], is_met=not found.unknown, count=len(found.unknown))


def _one_home(found: Placed) -> Row:
    doubled = [code for code, people in found.holders.items() if len(people) > 1]
    return _row("one_home", doubled, count=len(doubled))


def _room_class(found: Placed) -> Row:
    wrong = [
        code
        for receipt, code in found.places.items()
        if found.flats[code].room_class != found.applicants[receipt].room_class
    ]
    return _row("room_class", wrong, count=len(wrong))


def _need(found: Placed) -> Row:
    """Who needs an accessible flat was not put into another."""
    wrong = [
        code
        for receipt, code in found.places.items()
        if found.applicants[receipt].needs_accessible and not found.flats[code].is_accessible
    ]
    return _row("need", wrong, count=len(wrong))


def _reserve(found: Placed) -> Row:
    """No accessible flat for somebody without the need while somebody of the room class goes without one."""
    waiting: dict[str, int] = {}
    for receipt, one in found.applicants.items():
        code = found.places.get(receipt)
        if one.needs_accessible and (code is None or not found.flats[code].is_accessible):
            waiting[one.room_class] = waiting.get(one.room_class, 0) + 1
    wrong = [
        code
        for receipt, code in found.places.items()
        if found.flats[code].is_accessible
        and not found.applicants[receipt].needs_accessible
        and found.flats[code].room_class in waiting
    ]
    return _row("reserve", wrong, count=len(wrong), waiting=sum(waiting.values()))


def _class_of(one: SomeApplicant, limits: Limits) -> str:
    is_apart = one.needs_accessible and limits.reserves_accessible
    return one.room_class + ACCESSIBLE if is_apart else one.room_class


def _housed(found: Placed, classes: Mapping[str, ClassStock]) -> Row:
    """As many are housed as any plan under these limits could house, bar those who take no other."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for one in found.applicants.values():
        kinds[_class_of(one, found.limits)].append(one.tenure)
    most = 0
    for name, part in classes.items():
        stock, cap = as_arrays(part.flats, part.caps)
        number = {tenure: at for at, tenure in enumerate(sorted(part.caps))}
        if kinds[name] and len(stock):
            type_of = np.array([number[tenure] for tenure in kinds[name]], np.int32)
            most += int(housable(stock, cap, type_of).sum())  # how many: whatever the order
    placed = len(found.places)
    declined = sum(not found.applicants[receipt].takes_any for receipt in found.unplaced)
    return _row("housed", [], is_met=placed + declined >= most, placed=placed, most=most, declined=declined)


def _caps(found: Placed, headroom: Sequence[Row]) -> Row:
    over = {
        (row["room_class"], row["cell"], row["tenure"])
        for row in headroom
        if row["cap"] is not None and row["used"] > row["cap"]
    }
    wrong = [
        code
        for code, people in found.holders.items()
        for one in people
        if (found.flats[code].room_class, found.cell(code), one.tenure) in over
    ]
    return _row("caps", wrong, count=len(over), flats_count=len(wrong))


def _cluster(most: int, clusters: Sequence[Row]) -> Row:
    over = [row for row in clusters if row["size"] > most]
    largest = max((row["size"] for row in clusters), default=0)
    return _row("cluster", [code for row in over for code in row["flats"]], count=len(over), most=most,
                largest=largest)  # fmt: skip


def _entrances(entrances: Sequence[Row]) -> Row:
    alone = [row for row in entrances if not row["is_shared"]]
    return _row("entrances", [code for row in alone for code in row["flats"]], count=len(alone))


def sentence_of(row: Row) -> str:
    """What a person reads of a finding; kept findings are worded again for each reader."""
    sentences = _met() if row["is_met"] else _broken()
    return sentences[row["code"]] % row["numbers"]


def _met() -> dict[str, str]:
    return {
        "known": _("方案里的回执号和房源都在名单上。"),
        "one_home": _("每套房只配给一户。"),
        "room_class": _("户型都与申请相同。"),
        "need": _("需要无障碍的没有配到别的房。"),
        "reserve": _("有人需要时，无障碍房没有配给不需要的人。"),
        "housed": _("配了 %(placed)d 户，%(declined)d 户只要所填志愿；在这些规则下最多能配 %(most)d 户。"),
        "caps": _("各处都没有超过房屋性质的上限。"),
        "cluster": _("相邻同一房屋性质的最多 %(largest)d 户，没有超过 %(most)d 户。"),
        "entrances": _("没有只给一种房屋性质走的门。"),
    }


def _broken() -> dict[str, str]:
    return {
        "known": _("方案里有 %(count)d 个回执号或房源不在名单上。"),
        "one_home": _("有 %(count)d 套房配给了不止一户。"),
        "room_class": _("有 %(count)d 套房的户型与申请不同。"),
        "need": _("有 %(count)d 户需要无障碍，却配到了别的房。"),
        "reserve": _("还有 %(waiting)d 户需要无障碍而没有配到，却有 %(count)d 套无障碍房配给了不需要的人。"),
        "housed": _("只配了 %(placed)d 户，%(declined)d 户只要所填志愿；在这些规则下最多能配 %(most)d 户。"),
        "caps": _("有 %(count)d 处超过房屋性质的上限，涉及 %(flats_count)d 套房。"),
        "cluster": _("有 %(count)d 片相邻的同一房屋性质超过 %(most)d 户，最大的一片 %(largest)d 户。"),
        "entrances": _("有 %(count)d 个门只有一种房屋性质的人走。"),
    }
