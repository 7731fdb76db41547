-- Open facilities of one zoom as vector tiles, one row a tile. A point is in exactly one tile.
-- Parameters: inventory (id), tile_m (side of a tile, Web Mercator metres), half_m (half the side of the
-- Mercator world), z.
WITH placed AS (
  SELECT
    number,
    split_part(categories[1], '-', 1) AS c,
    coalesce(nullif(name_zh, ''), nullif(name_en, '')) AS n,
    nullif(name_en, '') AS n_en,
    ST_Transform(point, 3857) AS geom
  FROM grids_facility
  WHERE inventory_id = %(inventory)s AND status = 'open' AND categories <> '{}'
),
tiled AS (
  SELECT
    floor((ST_X(geom) + %(half_m)s) / %(tile_m)s)::int AS x,
    floor((%(half_m)s - ST_Y(geom)) / %(tile_m)s)::int AS y,
    *
  FROM placed
),
drawn AS (
  SELECT x, y, number, c, n, n_en,
    ST_AsMVTGeom(geom, ST_TileEnvelope(%(z)s, x, y), 4096, 64, true) AS geom
  FROM tiled
)
SELECT x, y, ST_AsMVT(feature, 'facilities', 4096, 'geom', 'number')
FROM drawn, LATERAL (SELECT number, c, n, n_en, geom) AS feature
GROUP BY x, y
