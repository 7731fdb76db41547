-- Estates of one stock as little-endian WKB. Parameters: stock (id). Units: degrees.
SELECT number, ST_AsBinary(geom, 'NDR')
FROM grids_estate
WHERE stock_id = %(stock)s
