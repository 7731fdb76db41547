-- Grids of one plan of which at least half lies in a polygon. Parameters: plan (id), polygon (EWKT), half.
-- Shares of an area need no metres: both parts of a grid are stretched alike. Index: grids_grid (plan, code), geom.
WITH drawn AS (
    SELECT ST_MakeValid(ST_GeomFromEWKT(%(polygon)s)) AS geom
)
SELECT g.code
FROM grids_grid AS g
JOIN drawn ON ST_Intersects(g.geom, drawn.geom)
WHERE g.plan_id = %(plan)s AND ST_Area(ST_Intersection(g.geom, drawn.geom)) >= %(half)s * ST_Area(g.geom)
ORDER BY g.code
