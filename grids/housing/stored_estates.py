"""A stock's estates read back as drafts, to be written into the next one."""

from gis_core.crs import LonLat
from grids.geos import to_shapely
from grids.housing.estates import EstateDraft, GateDraft, drawn_in
from grids.models import Estate, Stock


def stored_estates(stock: Stock) -> list[EstateDraft]:
    """Estates with their gates, under their numbers."""
    drafts = []
    for row in Estate.objects.filter(stock=stock).prefetch_related("gates").order_by("number"):
        outline = to_shapely(row.geom)
        gates = tuple(
            GateDraft(
                int(gate.source_id.removeprefix("node/") or 0) if gate.source_id.startswith("node/") else 0,
                LonLat(gate.point.x, gate.point.y),
                gate.hours,
                gate.is_open_to_public,
            )
            for gate in row.gates.all()
        )
        drafts.append(
            EstateDraft(
                number=row.number,
                source_id=row.source_id,
                name_zh=row.name_zh,
                name_en=row.name_en,
                geometry=outline,
                inner=drawn_in(outline),
                gates=gates,
                says_private=row.is_closed,
                is_closed=row.is_closed,
                closed_source=row.closed_source,
            )
        )
    return drafts
