-- One stock's estates, gates, buildings, entrances and dwellings into another, empty one.
-- Parameters: old, new (primary keys). Numbers and codes stay. Index: building (stock, number), estate (stock, number).

INSERT INTO grids_estate (stock_id, number, source_id, name_zh, name_en, geom, is_closed, closed_source)
SELECT %(new)s, number, source_id, name_zh, name_en, geom, is_closed, closed_source
FROM grids_estate
WHERE stock_id = %(old)s;

INSERT INTO grids_estategate (estate_id, source_id, point, hours, is_open_to_public)
SELECT fresh.id, gate.source_id, gate.point, gate.hours, gate.is_open_to_public
FROM grids_estategate AS gate
JOIN grids_estate AS known ON known.id = gate.estate_id AND known.stock_id = %(old)s
JOIN grids_estate AS fresh ON fresh.number = known.number AND fresh.stock_id = %(new)s;

INSERT INTO grids_building (
    stock_id, number, code, community_code, estate_id, source_id, name, address, kind, geom, point, footprint_m2,
    floors, height_m, unit_count, built_year, is_self_contained, has_gas, has_heat, has_lift, has_water,
    dwelling_count, vacant_count, dwelling_source
)
SELECT
    %(new)s, known.number, known.code, known.community_code, estate.id, known.source_id, known.name, known.address,
    known.kind, known.geom, known.point, known.footprint_m2, known.floors, known.height_m, known.unit_count,
    known.built_year, known.is_self_contained, known.has_gas, known.has_heat, known.has_lift, known.has_water,
    known.dwelling_count, known.vacant_count, known.dwelling_source
FROM grids_building AS known
LEFT JOIN grids_estate AS old_estate ON old_estate.id = known.estate_id
LEFT JOIN grids_estate AS estate ON estate.stock_id = %(new)s AND estate.number = old_estate.number
WHERE known.stock_id = %(old)s;

INSERT INTO grids_entrance (building_id, source_id, kind, unit, point, resolved_by)
SELECT fresh.id, door.source_id, door.kind, door.unit, door.point, door.resolved_by
FROM grids_entrance AS door
JOIN grids_building AS known ON known.id = door.building_id AND known.stock_id = %(old)s
JOIN grids_building AS fresh ON fresh.number = known.number AND fresh.stock_id = %(new)s;

INSERT INTO grids_dwelling (
    building_id, code, unit, floor, door, tenure, room_class, floor_area_m2, is_vacant, source
)
SELECT
    fresh.id, home.code, home.unit, home.floor, home.door, home.tenure, home.room_class, home.floor_area_m2,
    home.is_vacant, home.source
FROM grids_dwelling AS home
JOIN grids_building AS known ON known.id = home.building_id AND known.stock_id = %(old)s
JOIN grids_building AS fresh ON fresh.number = known.number AND fresh.stock_id = %(new)s
