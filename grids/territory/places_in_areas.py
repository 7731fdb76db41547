"""Which community a place lies in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class CommunityOutlines:
    """The communities of a town; one without an outline stands for the whole town."""

    codes: tuple[str, ...]
    outlines: tuple[BaseGeometry | None, ...]

    def codes_at(self, points: Sequence[BaseGeometry]) -> tuple[list[str], NDArray[np.bool_]]:
        """Code of the community that covers each point, of the nearest where none does; and which those were.

        Where outlines overlap the lower code has the point.
        """
        drawn = [
            (code, outline)
            for code, outline in zip(self.codes, self.outlines, strict=True)
            if outline is not None
        ]
        is_outside = np.zeros(len(points), dtype=np.bool_)
        if not drawn:
            return [self.codes[0]] * len(points), is_outside
        drawn.sort(key=lambda pair: pair[0])
        tree = shapely.STRtree([outline for _code, outline in drawn])
        chosen = np.full(len(points), len(drawn), dtype=np.int64)
        point, which = tree.query(points, predicate="intersects")
        np.minimum.at(chosen, point, which)
        is_outside = chosen == len(drawn)
        undrawn = [code for code, outline in zip(self.codes, self.outlines, strict=True) if outline is None]
        names = [code for code, _outline in drawn] + undrawn[:1]
        if is_outside.any() and not undrawn:
            lost = np.flatnonzero(is_outside)
            nearest = tree.query_nearest(np.asarray(points, dtype=object)[lost], all_matches=False)
            chosen[lost[nearest[0]]] = nearest[1]
        return [names[at] for at in chosen.tolist()], is_outside & (not undrawn)
