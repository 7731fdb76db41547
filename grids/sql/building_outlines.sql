-- Footprints as little-endian WKB. Parameters: stock (id). Units: degrees.
SELECT number, ST_AsBinary(geom, 'NDR')
FROM grids_building
WHERE stock_id = %(stock)s
