-- Buildings, dwellings and residents by class of the legend, for one category and mode of a run.
-- Parameters: run (uuid), stock (id), place (position in the run's categories, from 1), numbers (int[] of the
-- buildings within the duties, null: all). {array} is the column of the mode, {class_of} the CASE that
-- grids/maps/legends.py made; both are our own words. No street near (an empty array) is no class: nothing is known.
-- Index: primary key of grids_buildingwalk (run, number); unique (stock, number) of grids_building.
WITH walks AS (
  SELECT walk.number, walk.{array}[%(place)s] AS dm
  FROM grids_buildingwalk AS walk
  WHERE walk.run_id = %(run)s AND (%(numbers)s::int[] IS NULL OR walk.number = ANY(%(numbers)s::int[]))
)
SELECT
  CASE WHEN walks.dm IS NULL THEN -1 ELSE {class_of} END AS class,
  count(*),
  sum(building.dwelling_count)
FROM walks
JOIN grids_building AS building ON building.stock_id = %(stock)s AND building.number = walks.number
GROUP BY 1
ORDER BY 1
