-- Streets of one network without their shape. Parameters: network (id). Units: decimetres.
-- Index: unique (network, number).
SELECT number, source_node, target_node, length_dm, is_steps, compound, source_id
FROM grids_streetedge
WHERE network_id = %(network)s
