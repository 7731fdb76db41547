-- Gates of closed estates. Parameters: stock (id). Units: degrees.
SELECT e.number, ST_X(g.point), ST_Y(g.point)
FROM grids_estategate AS g
JOIN grids_estate AS e ON e.id = g.estate_id
WHERE e.stock_id = %(stock)s AND e.is_closed
ORDER BY e.number, g.id
