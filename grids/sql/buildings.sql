-- Buildings of one stock. Parameters: stock (id), kinds (text[], gives the kind's number). Units: degrees.
-- The estate's number lasts over generations; street edges name it. Index: unique (stock, number).
SELECT
    b.number,
    ST_X(b.point),
    ST_Y(b.point),
    (array_position(%(kinds)s::text[], b.kind::text) - 1)::int2,
    b.dwelling_count,
    b.vacant_count,
    coalesce(nullif(b.community_code, '')::int8, 0),
    coalesce(e.number, 0),
    coalesce(e.is_closed, false)
FROM grids_building AS b
LEFT JOIN grids_estate AS e ON e.id = b.estate_id
WHERE b.stock_id = %(stock)s
