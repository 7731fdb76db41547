"""A drafted inventory into its tables."""

from collections.abc import Sequence

import numpy as np
from django.db import connection

from grids.bulk_load import copy_columns, primary_keys
from grids.facilities.facility_drafts import FacilityDraft
from grids.models import Facility, FacilityAccess, FacilityInventory


def save_inventory(inventory: FacilityInventory, rows: Sequence[FacilityDraft]) -> None:
    """Write facilities in the order given, their doors and parents."""
    inventory.facility_count = len(rows)
    inventory.save(update_fields=["facility_count"])
    if not rows:
        return
    copy_columns(
        Facility,
        {
            "inventory_id": [inventory.pk] * len(rows),
            "number": np.arange(len(rows)),
            "source_id": [row.source_id for row in rows],
            "source": [row.source for row in rows],
            "name_zh": [row.name_zh for row in rows],
            "name_en": [row.name_en for row in rows],
            "categories": [sorted(row.matches) for row in rows],
            "matched_by": [row.matches for row in rows],
            "point": [row.point for row in rows],
            "geom": [row.geometry for row in rows],
            "area_m2": [row.area_m2 for row in rows],
            "address": [row.address for row in rows],
            "hours": [row.hours for row in rows],
            "open_to": [row.open_to for row in rows],
            "status": [str(row.status) for row in rows],
            "capacity": [row.capacity for row in rows],
            "yearly_users": [row.yearly_users for row in rows],
            "raw_lonlat": [row.raw_point for row in rows],
            "raw_system": [row.raw_system for row in rows],
            "tags": [row.tags for row in rows],
        },
    )
    keys = primary_keys(Facility.objects.filter(inventory=inventory), "number")
    _save_doors(rows, keys)
    _save_parents(inventory, rows)


def _save_doors(rows: Sequence[FacilityDraft], keys: dict[int, int]) -> None:
    doors = [(keys[number], door) for number, row in enumerate(rows) for door in row.doors]
    copy_columns(
        FacilityAccess,
        {
            "facility_id": [key for key, _door in doors],
            "point": [door.point for _key, door in doors],
            "resolved_by": [door.resolved_by for _key, door in doors],
        },
    )


def _save_parents(inventory: FacilityInventory, rows: Sequence[FacilityDraft]) -> None:
    number_of = {id(row): number for number, row in enumerate(rows)}
    pairs = [
        (number, number_of[id(row.parent)]) for number, row in enumerate(rows) if id(row.parent) in number_of
    ]
    if pairs:
        children, parents = zip(*pairs, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE grids_facility AS child SET parent_id = parent.id "
                "FROM unnest(%s::int[], %s::int[]) AS pair(child_number, parent_number) "
                "JOIN grids_facility AS parent ON parent.number = pair.parent_number AND "
                "parent.inventory_id = %s "
                "WHERE child.inventory_id = %s AND child.number = pair.child_number",
                [list(children), list(parents), inventory.pk, inventory.pk],
            )
