"""New codes for the buildings of a stock that is not yet in use, after its areas changed."""

import numpy as np
from django.db import connection

from grids.geos import to_shapely
from grids.housing.building_codes import Numbering, assign_codes
from grids.models import Building, Stock
from grids.territory.places_in_areas import CommunityOutlines


def recode_stock(stock: Stock, communities: CommunityOutlines, numbering: Numbering) -> int:
    """Hang every building on its community of today; returns how many lie in none."""
    rows = list(
        Building.objects.filter(stock=stock).order_by("number").values_list("pk", "source_id", "point")
    )
    if not rows:
        return 0
    points = [to_shapely(point) for _key, _source_id, point in rows]
    codes, is_outside = communities.codes_at(points)
    lonlat = np.array([(point.x, point.y) for point in points])
    given = assign_codes([source_id for _key, source_id, _point in rows], codes, lonlat, numbering)
    keys = [key for key, _source_id, _point in rows]
    with connection.cursor() as cursor:
        # Old codes step aside first: uniqueness is checked row by row and would meet a neighbour's old code.
        cursor.execute(
            "UPDATE grids_building SET code = 'x' || substr(code, 2) WHERE stock_id = %s", [stock.pk]
        )
        cursor.execute(
            "UPDATE grids_building AS building SET code = pair.code, community_code = left(pair.code, 12) "
            "FROM unnest(%s::bigint[], %s::text[]) AS pair(id, code) WHERE building.id = pair.id",
            [keys, given],
        )
        cursor.execute(
            "UPDATE grids_dwelling AS home SET code = building.code || right(home.code, 6) "
            "FROM grids_building AS building WHERE building.id = home.building_id AND building.stock_id = %s",
            [stock.pk],
        )
    return int(is_outside.sum())
