-- Entities that one record touches and its door, locked, with those ids that offline updates wait for.
-- Parameters: uuids (asked for), door (key of the dwelling's row). The named locks come first, in order, also
-- for ids that have no row yet: an update that finds nothing and a creation under way must see each other.
-- Each statement sees what was committed before it began.
SELECT pg_advisory_xact_lock(hashtextextended(one::text, 0))
FROM (SELECT unnest(%(uuids)s::uuid[]) AS one ORDER BY 1) AS ordered;
SELECT id FROM survey_entity
WHERE uuid = ANY (%(uuids)s::uuid[]) OR id = %(door)s
ORDER BY id FOR UPDATE;
SELECT entity.*, ARRAY (
        SELECT DISTINCT entity_uuid FROM survey_waitingupdate WHERE entity_uuid = ANY (%(uuids)s::uuid[])
    ) AS awaited
FROM survey_entity AS entity
WHERE entity.uuid = ANY (%(uuids)s::uuid[]) OR entity.id = %(door)s
