-- Outlines of facilities that are areas, as little-endian WKB. Parameters: inventory (id). Units: degrees.
SELECT number, ST_AsBinary(geom, 'NDR')
FROM grids_facility
WHERE inventory_id = %(inventory)s AND GeometryType(geom) IN ('POLYGON', 'MULTIPOLYGON')
