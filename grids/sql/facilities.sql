-- Facilities of one inventory. Parameters: inventory (id). Units: degrees.
-- Status 0 open, 1 closed, 2 planned; open to 0 everyone, 1 residents of its estate, 2 members.
SELECT
    number,
    ST_X(point),
    ST_Y(point),
    (CASE status WHEN 'open' THEN 0 WHEN 'closed' THEN 1 ELSE 2 END)::int2,
    (CASE open_to WHEN 'public' THEN 0 WHEN 'residents' THEN 1 ELSE 2 END)::int2
FROM grids_facility
WHERE inventory_id = %(inventory)s
