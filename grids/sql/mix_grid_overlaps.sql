-- Which part of each grid of one plan lies in a grid of another plan. Parameters: old (plan id), new (plan id),
-- code (of the grid of the new plan). Parts below a thousandth are edges drawn twice. Index: (plan, code), geom.
SELECT o.code, ST_Area(ST_Intersection(o.geom, n.geom)) / ST_Area(o.geom) AS part
FROM grids_grid AS n
JOIN grids_grid AS o ON o.plan_id = %(old)s AND ST_Intersects(o.geom, n.geom)
WHERE
    n.plan_id = %(new)s
    AND n.code = %(code)s
    AND ST_Area(ST_Intersection(o.geom, n.geom)) > 0.001 * ST_Area(o.geom)
ORDER BY o.code
