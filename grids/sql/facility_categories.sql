-- One row per facility and category; categories by their place in the list given.
-- Parameters: inventory (id), categories (text[]).
SELECT f.number, (array_position(%(categories)s::text[], c.code::text) - 1)::int4
FROM grids_facility AS f
CROSS JOIN unnest(f.categories) AS c(code)
WHERE f.inventory_id = %(inventory)s AND c.code = ANY(%(categories)s::text[])
ORDER BY f.number, 2
