-- Numbers of the buildings of one stock whose point lies in a grid of a plan that never held them.
-- Parameters: stock (id), plan (id), code (of the grid). Index: grids_grid (plan, code); building geom (GiST).
SELECT b.number
FROM grids_grid AS g
JOIN grids_building AS b ON b.stock_id = %(stock)s AND b.geom && g.geom AND ST_Intersects(g.geom, b.point)
WHERE g.plan_id = %(plan)s AND g.code = %(code)s
ORDER BY b.number
