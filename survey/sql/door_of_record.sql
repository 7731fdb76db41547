-- Where one record belongs: the dwelling that it names, the round, whose door it is, and who refused there.
-- Parameters: entity (uuid of the dwelling's row), form (key), is_visit_form, round (uid or null: what the
-- tablet said), worker (key), root (instance id of the first record of this chain).
-- One row, or none when no such dwelling is listed. Indexes: entity uuid; building (stock, code);
-- dwelling (building, code); visit (round, dwelling_code).
WITH door AS (
    SELECT id, town_id, dwelling_code
    FROM survey_entity
    WHERE uuid = %(entity)s AND list_name = 'dwellings' AND deleted_at IS NULL
),
-- The round that was named if it fits, else the newest that is or was open, a sealed one last.
chosen AS (
    SELECT round.id, round.uid, round.state, round.stock_id, round.plan_id, round.notice_id
    FROM survey_round AS round
    JOIN survey_formversion AS version ON version.id = round.form_version_id
    JOIN door ON door.town_id = round.town_id AND left(door.dwelling_code, 12) = ANY (round.area_codes)
    WHERE round.state <> 'draft' AND (version.form_id = %(form)s OR %(is_visit_form)s)
    ORDER BY (round.uid = %(round)s) DESC NULLS LAST, round.state = 'sealed', round.opened_at DESC, round.id DESC
    LIMIT 1
),
-- The dwelling in the round's own stock, and its grid in the round's own plan.
place AS (
    SELECT building.code AS building_code, dwelling.unit, grid.code AS grid_code
    FROM chosen
    CROSS JOIN door
    JOIN grids_building AS building
        ON building.stock_id = chosen.stock_id AND building.code = left(door.dwelling_code, 17)
    JOIN grids_dwelling AS dwelling
        ON dwelling.building_id = building.id AND dwelling.code = door.dwelling_code
    LEFT JOIN grids_gridmembership AS member
        ON member.plan_id = chosen.plan_id AND member.building_id = building.id
    LEFT JOIN grids_grid AS grid ON grid.id = member.grid_id
),
-- Every assignment that holds or held the dwelling, the most exact and newest first.
given AS (
    SELECT own.worker_id, assignment.ended_at IS NULL AS stands,
        row_number() OVER (
            ORDER BY assignment.ended_at IS NULL DESC, assignment.unit IS NOT NULL DESC,
                assignment.building_code <> '' DESC, assignment.id DESC
        ) AS place
    FROM survey_assignment AS assignment
    JOIN survey_assignmentset AS own ON own.id = assignment.set_id
    JOIN chosen ON chosen.id = own.round_id
    JOIN place ON assignment.grid_code = place.grid_code
        OR (assignment.building_code = place.building_code
            AND (assignment.unit IS NULL OR assignment.unit = place.unit))
)
SELECT door.id, door.town_id, town.time_zone, door.dwelling_code,
    chosen.id, chosen.uid, chosen.state, chosen.notice_id,
    place.building_code IS NOT NULL, place.grid_code,
    EXISTS (SELECT FROM given WHERE given.place = 1 AND stands AND worker_id = %(worker)s),
    EXISTS (SELECT FROM given WHERE worker_id = %(worker)s),
    EXISTS (
        SELECT FROM survey_visit AS visit
        JOIN survey_submission AS record ON record.id = visit.submission_id
        WHERE visit.round_id = chosen.id AND visit.dwelling_code = door.dwelling_code
            AND visit.outcome = 'declined' AND visit.is_current AND record.root_instance_id <> %(root)s
    )
FROM door
JOIN grids_town AS town ON town.id = door.town_id
LEFT JOIN chosen ON true
LEFT JOIN place ON true
