-- Which grid (by number) holds which building (by number). Parameters: plan (id), stock (id).
SELECT b.number, g.number
FROM grids_gridmembership AS m
JOIN grids_grid AS g ON g.id = m.grid_id
JOIN grids_building AS b ON b.id = m.building_id
WHERE m.plan_id = %(plan)s AND b.stock_id = %(stock)s
