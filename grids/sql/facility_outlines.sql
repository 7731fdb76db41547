-- Outlines of facilities that are areas, as little-endian WKB. Parameters: inventory (id). Units: degrees.
SELECT number, ST_AsBinary(geom, 'NDR')
FROM grids_facility
WHERE inventory_id = %(inventory)s AND geom IS NOT NULL AND ST_Dimension(geom) = 2
