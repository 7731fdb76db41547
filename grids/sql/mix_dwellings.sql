-- How many dwellings of each tenure and room class stand in each building of one stock.
-- Parameters: stock (id), tenures (text[]), rooms (text[]). A place in the list, -1 where the register says
-- nothing or something that is not in the list. Index: unique (building, code) of grids_dwelling.
SELECT
    b.number,
    (coalesce(array_position(%(tenures)s::text[], d.tenure::text), 0) - 1)::int4,
    (coalesce(array_position(%(rooms)s::text[], d.room_class::text), 0) - 1)::int4,
    (d.room_class = '')::bool,
    count(*)::int4
FROM grids_building AS b
JOIN grids_dwelling AS d ON d.building_id = b.id
WHERE b.stock_id = %(stock)s
GROUP BY 1, 2, 3, 4
