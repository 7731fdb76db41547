"""Whom a member of a group meets in the own building. The stock's only: a sealed round has no buildings."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from grids.kernels.diversity import exposure
from grids.mixing.choices import COMMUNITY, STOCK, why_no_measure
from grids.mixing.dimensions import group_name, name_of, named_groups
from grids.mixing.figures import require_groups
from grids.mixing.place import place_of
from grids.mixing.rows import DIGITS
from grids.mixing.source_facts import source_json
from grids.mixing.sources import MixSource, NoSuchFigure, find_source, require_dimension
from grids.mixing.stock_tables import stock_counts


def require_stock(
    town: Any, source: str, dimension: str, user: Any
) -> tuple[MixSource, str, tuple[str, ...]]:
    """The source, its dimension and groups; a refusal with the reason where the source has no buildings."""
    found = find_source(user, town, source)
    if found.kind != STOCK:
        raise NoSuchFigure(str(why_no_measure(found.kind, COMMUNITY, "h")), source=found.key)
    asked = require_dimension(found, dimension)
    return found, asked, require_groups(found, asked)


def exposure_json(town: Any, source: str, dimension: str, area: str, user: Any) -> dict[str, Any]:
    """The matrix of one area; see `shapes.ExposureShape`."""
    found, asked, groups = require_stock(town, source, dimension, user)
    assert found.stock is not None
    place = place_of(found, area, user)
    counts = stock_counts(found.stock, asked).counts[place.mask]
    matrix = exposure(counts, np.zeros(len(counts), np.int32), 1)[0]
    whole = counts.sum(axis=0)
    shares = whole / max(int(whole.sum()), 1)
    defined = matrix.sum(axis=1) > 0
    return {
        "source": source_json(found, asked),
        "dimension": {"code": asked, "name": name_of(asked)},
        "area": place.as_group,
        "groups": named_groups(asked, groups),
        "matrix": matrix.round(DIGITS).tolist(),
        "defined": defined.tolist(),
        "shares": shares.round(DIGITS).tolist(),
        "sentence": _sentence(asked, groups, matrix, shares, defined),
    }


def _sentence(dimension: str, groups: tuple[str, ...], matrix: Any, shares: Any, defined: Any) -> str:
    """The group that meets its own most beyond its share."""
    if not defined.any() or len(groups) < 2:
        return _("这里没有可比的邻居。")
    own = np.where(defined, matrix.diagonal() - shares, -1.0)
    most = int(own.argmax())
    return _(
        "住%(group)s的人家，同楼邻居里平均 %(met)d%% 也是%(group)s；在这一片里%(group)s占 %(share)d%%。"
    ) % {
        "group": group_name(dimension, groups[most]),
        "met": round(100 * float(matrix[most, most])),
        "share": round(100 * float(shares[most])),
    }
