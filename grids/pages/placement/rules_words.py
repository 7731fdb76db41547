"""Rules as sentences: what an official reads back before a draw."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from grids.housing.tenures import TENURES
from grids.models import PlacementRules


def sentences_of(rules: PlacementRules) -> list[str]:
    found = [_caps(rules)]
    if rules.reserves_accessible:
        found.append(_("无障碍房先给需要的人。"))
    else:
        found.append(_("无障碍房不另外保留。"))
    if rules.most_in_cluster is not None:
        found.append(_("相邻的同一房屋性质不超过 %(count)d 户。") % {"count": rules.most_in_cluster})
    if rules.shares_entrances:
        found.append(_("没有只给一种房屋性质走的门。"))
    return found


def _caps(rules: PlacementRules) -> str:
    if not rules.cap_factors:
        return _("不限各类房屋性质的比例。")
    between = "、" if (get_language() or "zh").startswith("zh") else ", "
    by_factor: dict[str, list[str]] = {}
    for tenure, word in TENURES.items():
        if tenure in rules.cap_factors:
            by_factor.setdefault(rules.cap_factors[tenure], []).append(str(word))
    parts = [
        _("%(tenures)s不超过 %(factor)s 倍") % {"tenures": between.join(names), "factor": factor}
        for factor, names in by_factor.items()
    ]
    told = _("%(level)s、每种户型里，按申请比例：%(parts)s。")
    return told % {
        "level": rules.get_cap_level_display(),
        "parts": "；".join(parts) if between == "、" else "; ".join(parts),
    }
