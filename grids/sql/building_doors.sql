-- Doors that a resident would use, best first: 0 set by hand, 1 the main door, 2 any other.
-- Doors for leaving, for goods and for cars are no way home. Parameters: stock (id). Units: degrees.
SELECT
    b.number,
    ST_X(d.point),
    ST_Y(d.point),
    (CASE WHEN d.resolved_by = 'manual' THEN 0 WHEN d.kind LIKE 'main%%' THEN 1 ELSE 2 END)::int2
FROM grids_entrance AS d
JOIN grids_building AS b ON b.id = d.building_id
WHERE b.stock_id = %(stock)s
    AND (
        d.resolved_by = 'manual'
        OR d.kind NOT IN ('exit', 'emergency', 'fire_exit', 'service', 'garage', 'parking', 'loading_dock', 'no')
    )
ORDER BY b.number, d.id
