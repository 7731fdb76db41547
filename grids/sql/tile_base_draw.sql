-- The pieces of one zoom as vector tiles, one row a tile and layer.
-- Parameters: z, layers (text[]) and layer_names (text[]): what a layer of the table is called in the tile,
-- simplify_m: detail finer than this cannot be seen at the zoom.
WITH drawn AS (
  SELECT
    piece.x, piece.y,
    (%(layer_names)s::text[])[array_position(%(layers)s::text[], feature.layer::text)] AS layer,
    nullif(feature.kind, '') AS kind,
    CASE WHEN feature.layer IN ('road', 'label') THEN nullif(feature.name_zh, '') END AS name,
    CASE WHEN feature.layer IN ('road', 'label') THEN nullif(feature.name_en, '') END AS name_en,
    ST_AsMVTGeom(
      ST_Simplify(piece.geom, %(simplify_m)s), ST_TileEnvelope(%(z)s, piece.x, piece.y), 4096, 64, true
    ) AS geom
  FROM tile_piece AS piece
  JOIN grids_mapfeature AS feature ON feature.id = piece.id
  -- A tile is drawn 512 pixels wide, so it is seen one zoom deeper than its own number.
  WHERE feature.min_zoom <= %(z)s + 1 AND feature.layer = ANY(%(layers)s::text[])
)
SELECT x, y, ST_AsMVT(feature, layer, 4096, 'geom')
FROM drawn, LATERAL (SELECT kind, name, name_en, geom) AS feature
WHERE drawn.geom IS NOT NULL
GROUP BY x, y, layer
