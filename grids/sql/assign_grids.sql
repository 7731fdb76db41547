-- Which grid of a plan each building of a stock lies in, by the building's point.
-- Parameters: plan, stock (primary keys). Index: grid geom (GiST). On a shared border the lower grid code has it.
INSERT INTO grids_gridmembership (plan_id, building_id, grid_id)
SELECT DISTINCT ON (building.id) grid.plan_id, building.id, grid.id
FROM grids_building AS building
JOIN grids_grid AS grid ON grid.plan_id = %(plan)s AND ST_Intersects(grid.geom, building.point)
WHERE building.stock_id = %(stock)s
ORDER BY building.id, grid.code
