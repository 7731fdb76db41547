-- The pieces of one zoom cut into the four tiles below each; see tile_base_start.sql.
-- Parameters: tile_m, half_m, buffer_m, z of the zoom below.
CREATE TEMPORARY TABLE tile_piece_below ON COMMIT DROP AS
WITH boxed AS (
  SELECT
    id, geom, x * 2 AS x_low, y * 2 AS y_low,
    CASE WHEN ST_Dimension(geom) = 0 THEN 0 ELSE %(buffer_m)s END AS reach_m
  FROM tile_piece
  WHERE NOT ST_IsEmpty(geom)
)
SELECT
  id, x, y,
  CASE
    WHEN geom @ ST_Expand(ST_TileEnvelope(%(z)s, x, y), %(buffer_m)s) THEN geom
    ELSE ST_ClipByBox2D(geom, ST_Expand(ST_TileEnvelope(%(z)s, x, y), %(buffer_m)s))
  END AS geom
FROM boxed,
  generate_series(
    greatest(x_low, floor((ST_XMin(geom) - reach_m + %(half_m)s) / %(tile_m)s)::int),
    least(x_low + 1, floor((ST_XMax(geom) + reach_m + %(half_m)s) / %(tile_m)s)::int)
  ) AS x,
  generate_series(
    greatest(y_low, floor((%(half_m)s - ST_YMax(geom) - reach_m) / %(tile_m)s)::int),
    least(y_low + 1, floor((%(half_m)s - ST_YMin(geom) + reach_m) / %(tile_m)s)::int)
  ) AS y;
DROP TABLE tile_piece;
ALTER TABLE tile_piece_below RENAME TO tile_piece
