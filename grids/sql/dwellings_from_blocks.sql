-- Dwellings of one stock from blocks of doors: units × floors × doors of each building.
-- Parameters: stock (primary key). Reads the temporary table home_block. Index: building (stock, number).
-- A dwelling's code is its building's 17 digits + unit 2 + floor 2 + door 2.
INSERT INTO grids_dwelling (building_id, code, unit, floor, door, tenure, room_class, source)
SELECT
    building.id,
    building.code || lpad(unit::text, 2, '0') || lpad(floor::text, 2, '0') || lpad(door::text, 2, '0'),
    unit,
    floor,
    door,
    '',
    '',
    'estimate'
FROM home_block AS block
JOIN grids_building AS building ON building.stock_id = %(stock)s AND building.number = block.building_number
CROSS JOIN LATERAL generate_series(1, block.units) AS unit
CROSS JOIN LATERAL generate_series(block.first_floor, block.first_floor + block.floors - 1) AS floor
CROSS JOIN LATERAL generate_series(1, block.doors) AS door
