-- The drawn base map cut into the tiles of the lowest zoom; the first step of a quad-tree.
-- Parameters: network (id), tile_m, half_m, buffer_m (how far a piece reaches over its tile's edge), z.
-- Each later zoom cuts the pieces of the zoom above (tile_base_split.sql), so a long river is never cut whole again.
CREATE TEMPORARY TABLE tile_piece ON COMMIT DROP AS
WITH placed AS (
  SELECT id, ST_Transform(geom, 3857) AS geom
  FROM grids_mapfeature
  WHERE network_id = %(network)s
),
-- A point belongs to one tile; anything else also to the tiles whose edge it comes near.
boxed AS (
  SELECT *, CASE WHEN ST_Dimension(geom) = 0 THEN 0 ELSE %(buffer_m)s END AS reach_m FROM placed
)
SELECT
  id, x, y,
  CASE
    WHEN geom @ ST_Expand(ST_TileEnvelope(%(z)s, x, y), %(buffer_m)s) THEN geom
    ELSE ST_ClipByBox2D(geom, ST_Expand(ST_TileEnvelope(%(z)s, x, y), %(buffer_m)s))
  END AS geom
FROM boxed,
  generate_series(
    floor((ST_XMin(geom) - reach_m + %(half_m)s) / %(tile_m)s)::int,
    floor((ST_XMax(geom) + reach_m + %(half_m)s) / %(tile_m)s)::int
  ) AS x,
  generate_series(
    floor((%(half_m)s - ST_YMax(geom) - reach_m) / %(tile_m)s)::int,
    floor((%(half_m)s - ST_YMin(geom) + reach_m) / %(tile_m)s)::int
  ) AS y
