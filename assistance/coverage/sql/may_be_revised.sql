-- The rows of a closed period that are worth comparing: those of demands and of work without one
-- whose days, States or deliveries differ from what was frozen, or that are there only then or only
-- now. `assistance.coverage.revisions` says which of them were revised.
--
-- Takes the closing, its resolution and its last day.

WITH was AS (
    SELECT key, "row" AS kept FROM coverage_closedrow
    WHERE closing_id = %(closing)s AND kind IN ('demand', 'work')
),
now AS (
    SELECT d.key, jsonb_build_object(
        'opened_on', d.opened_on,
        'ended_on', CASE WHEN d.ended_on <= %(last)s THEN d.ended_on END,
        'ended_by', CASE WHEN d.ended_on <= %(last)s THEN d.ended_by ELSE '' END,
        'planned_on', CASE WHEN d.planned_on <= %(last)s THEN d.planned_on END,
        'started_on', CASE WHEN d.started_on <= %(last)s THEN d.started_on END,
        'delivered_on', CASE WHEN d.delivered_on <= %(last)s THEN d.delivered_on END,
        'evidenced_on', CASE WHEN d.evidenced_on <= %(last)s THEN d.evidenced_on END,
        'states', ARRAY(
            SELECT c.iso FROM directory_country c
            WHERE c.id = ANY (d.country_ids) ORDER BY c.iso COLLATE "C"
        ),
        'deliveries', ARRAY(
            SELECT y.id FROM assistance_delivery y
            WHERE y.id = ANY (d.delivery_ids) AND y."on" <= %(last)s ORDER BY y.id
        )
    ) AS worked_out
    FROM coverage_demand d
    WHERE d.resolution_id = %(resolution)s AND d.opened_on <= %(last)s
    UNION ALL
    SELECT w.key, jsonb_build_object(
        'planned_on', CASE WHEN w.planned_on <= %(last)s THEN w.planned_on END,
        'started_on', CASE WHEN w.started_on <= %(last)s THEN w.started_on END,
        'delivered_on', CASE WHEN w.delivered_on <= %(last)s THEN w.delivered_on END,
        'evidenced_on', CASE WHEN w.evidenced_on <= %(last)s THEN w.evidenced_on END
    )
    FROM work_without_demand w
    WHERE w.resolution_id = %(resolution)s AND w.flag = 'no_recorded_request'
      AND (w.until IS NULL OR w.until > %(last)s)
      AND LEAST(w.planned_on, w.started_on, w.delivered_on, w.evidenced_on) <= %(last)s
)
SELECT key FROM was FULL JOIN now USING (key)
WHERE (kept || worked_out = kept) IS NOT TRUE
