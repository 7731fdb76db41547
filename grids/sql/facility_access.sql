-- Where one enters a facility; one without a known entrance is entered at its own point.
-- Parameters: inventory (id). Units: degrees. Last column: 1 when an entrance, gate or path is known.
SELECT
    f.number,
    ST_X(coalesce(a.point, f.point)),
    ST_Y(coalesce(a.point, f.point)),
    (coalesce(a.resolved_by, 'point') <> 'point')::int::int2
FROM grids_facility AS f
LEFT JOIN grids_facilityaccess AS a ON a.facility_id = f.id
WHERE f.inventory_id = %(inventory)s
ORDER BY f.number, a.id
