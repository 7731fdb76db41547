-- Junctions of one network. Parameters: network (id). Units: degrees. Index: unique (network, number).
SELECT number, ST_X(point), ST_Y(point)
FROM grids_streetnode
WHERE network_id = %(network)s
