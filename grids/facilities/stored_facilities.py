"""An inventory's facilities read back as drafts, to be merged into the next one."""

from grids.facilities.facility_doors import Door
from grids.facilities.facility_drafts import FacilityDraft
from grids.geos import to_shapely
from grids.models import Facility, FacilityAccess, FacilityInventory


def stored_facilities(inventory: FacilityInventory, **only: object) -> list[FacilityDraft]:
    """Drafts in the order of their numbers, with doors and parents; `only` narrows the rows."""
    rows = list(Facility.objects.filter(inventory=inventory, **only).order_by("number"))
    drafts = {row.pk: _draft(row) for row in rows}
    for access in FacilityAccess.objects.filter(facility__inventory=inventory, facility__in=drafts):
        drafts[access.facility_id].doors.append(Door(to_shapely(access.point), access.resolved_by))
    for row in rows:
        drafts[row.pk].parent = drafts.get(row.parent_id)
    return list(drafts.values())


def _draft(row: Facility) -> FacilityDraft:
    return FacilityDraft(
        source_id=row.source_id,
        name_zh=row.name_zh,
        name_en=row.name_en,
        matches=dict(row.matched_by),
        point=to_shapely(row.point),
        geometry=to_shapely(row.geom),
        area_m2=row.area_m2,
        address=row.address,
        hours=row.hours,
        open_to=row.open_to,
        status=row.status,
        capacity=row.capacity,
        yearly_users=row.yearly_users,
        tags=dict(row.tags),
        source=row.source,
        raw_point=to_shapely(row.raw_lonlat),
        raw_system=row.raw_system,
    )
