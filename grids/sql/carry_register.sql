-- Registered dwellings of one stock into another, building by building of the same outside id.
-- Parameters: old, new (primary keys of stocks). Index: building (stock, source_id), dwelling (building).

-- The estimates of those buildings go.
DELETE FROM grids_dwelling AS dwelling
USING grids_building AS fresh, grids_building AS known
WHERE
    dwelling.building_id = fresh.id
    AND fresh.stock_id = %(new)s
    AND known.stock_id = %(old)s
    AND known.source_id = fresh.source_id
    AND known.dwelling_source = 'register';

-- The register comes; its codes follow the new building's code.
INSERT INTO grids_dwelling (
    building_id, code, unit, floor, door, tenure, room_class, floor_area_m2, is_vacant, source
)
SELECT
    fresh.id,
    fresh.code || right(dwelling.code, 6),
    dwelling.unit,
    dwelling.floor,
    dwelling.door,
    dwelling.tenure,
    dwelling.room_class,
    dwelling.floor_area_m2,
    dwelling.is_vacant,
    dwelling.source
FROM grids_building AS known
JOIN grids_building AS fresh ON fresh.source_id = known.source_id AND fresh.stock_id = %(new)s
JOIN grids_dwelling AS dwelling ON dwelling.building_id = known.id
WHERE known.stock_id = %(old)s AND known.dwelling_source = 'register';

UPDATE grids_building AS fresh
SET
    dwelling_count = known.dwelling_count,
    vacant_count = known.vacant_count,
    dwelling_source = 'register',
    unit_count = known.unit_count
FROM grids_building AS known
WHERE
    fresh.stock_id = %(new)s
    AND known.stock_id = %(old)s
    AND known.source_id = fresh.source_id
    AND known.dwelling_source = 'register'
