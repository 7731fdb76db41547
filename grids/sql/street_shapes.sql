-- The shape of every street as a little-endian WKB LineString. Parameters: network (id). Units: degrees.
SELECT number, ST_AsBinary(geom, 'NDR')
FROM grids_streetedge
WHERE network_id = %(network)s
