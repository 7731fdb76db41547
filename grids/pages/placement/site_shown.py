"""What a check found about the site, arranged for its page: mix, neighbours and doors, services on foot."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.shell import local_name
from grids.catalogue import by_code
from grids.models import Area, Town
from grids.pages.placement.figures_shown import (
    decimal,
    flat_words,
    percent,
    points,
    tenure_words,
)

CLUSTERS_SHOWN, DOORS_SHOWN, COMMUNITIES_SHOWN = 6, 8, 12
SHALL = "shall"

Findings = Mapping[str, Any]


# --- Mix ----------------------------------------------------------------------------------


def mix_shown(town: Town, findings: Findings) -> dict[str, Any]:
    mix = findings["mix"]
    shown = mix["by_community"][:COMMUNITIES_SHOWN]
    held = Area.objects.filter(town=town, code__in=[row["code"] for row in shown]).order_by("valid_from")
    names = {area.code: local_name(area) for area in held}
    return {
        "w": _change(mix["before"]["w"], mix["after"]["w"]),
        "r_star": {
            "before": decimal(mix["before"]["r_star"]),
            "after": decimal(mix["after"]["r_star"]),
        },
        "sentence": _w_sentence(mix["before"]["w"], mix["after"]["w"]),
        "communities": [
            {
                "name": names.get(row["code"], row["name"]),
                **_change(row["before"]["w"], row["after"]["w"]),
                "r_before": decimal(row["before"]["r_star"]),
                "r_after": decimal(row["after"]["r_star"]),
            }
            for row in shown
        ],
        "split": [
            {
                "name": row["name"],
                **_change(row["before"]["rate"], row["after"]["rate"]),
                "pairs": row["after"]["pairs"],
                "share_before": percent(row["before"]["share"]),
                "share_after": percent(row["after"]["share"]),
            }
            for row in mix["split"]
        ],
    }


def _change(before: float | None, now: float | None) -> dict[str, str]:
    return {"before": percent(before), "after": percent(now), "points": points(before, now)}


def _w_sentence(before: float | None, now: float | None) -> str:
    if now is None:
        return _("这些楼里还没有两户可比，算不出来。")
    told = {"before": percent(before), "after": percent(now)}
    if before is None:
        return (
            _("配房以后，同一栋楼里随便挑两户，房屋性质不同的可能是 %(after)s；以前没有人住，无从比较。")
            % told
        )
    return _("同一栋楼里随便挑两户，房屋性质不同的可能，从 %(before)s 变为 %(after)s。") % told


# --- Neighbours and doors -----------------------------------------------------------------


def doors_shown(findings: Findings, names: Mapping[str, str], most: int | None) -> dict[str, Any]:
    """The largest clusters, and the doors that only one tenure walks through."""
    apart = [row for row in findings["entrances"] if not row["is_shared"]]
    over = [row for row in findings["clusters"] if most is not None and row["size"] > most]
    return {
        "clusters": [
            {
                "size": row["size"],
                "tenure": tenure_words(row["tenure"]),
                "first": flat_words(row["flats"][0], names),
                "last": flat_words(row["flats"][-1], names),
                "is_over": most is not None and row["size"] > most,
            }
            for row in findings["clusters"][:CLUSTERS_SHOWN]
        ],
        "clusters_over": len(over),
        "clusters_more": len(findings["clusters"]) > CLUSTERS_SHOWN,
        "most": most,
        "doors": [
            {
                "building": names.get(row["building"], row["building"]),
                "door": row["door"],
                "tenures": _tenures_told(row["tenures"]),
                "count": sum(row["tenures"].values()),
            }
            for row in apart[:DOORS_SHOWN]
        ],
        "apart": len(apart),
        "doors_all": len(findings["entrances"]),
        "doors_more": max(0, len(apart) - DOORS_SHOWN),
    }


def _tenures_told(counts: Mapping[str, int]) -> str:
    return "、".join(tenure_words(code) for code in counts)


# --- Services -----------------------------------------------------------------------------


def coverage_shown(findings: Findings) -> dict[str, Any]:
    """Gaps first, the required ones above the recommended; what has no data is said to have none."""
    rows = [
        {**row, "name": _category_name(row), "percent": percent(row["share"])} for row in findings["coverage"]
    ]
    for row in rows:
        row["is_required"] = row["provision"] == SHALL
        row["buildings_count"] = len(row["buildings_without"])
    gaps = sorted((row for row in rows if row["gap"]), key=lambda row: (not row["is_required"], row["share"]))
    return {
        **findings["coverage_of"],
        "gaps": gaps,
        "required_gaps": [row for row in gaps if row["is_required"]],
        "other_gaps": [row for row in gaps if not row["is_required"]],
        "reached": [row for row in rows if row["has_data"] and not row["gap"]],
        "no_data": [row for row in rows if not row["has_data"]],
        "known": findings["coverage_of"]["flats"] - findings["coverage_of"]["unknown"],
    }


def _category_name(row: Mapping[str, Any]) -> str:
    """In the reader's language; the findings keep that of whoever asked for them."""
    held = by_code().get(row["category"])
    if held is None:
        return str(row["name"])
    return held.name_zh if (get_language() or "zh").startswith("zh") else held.name_en
