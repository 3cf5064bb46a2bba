-- Work and wishes that no demand stands for. Definition 1.0.
--
--   no_recorded_request   an approved activity with a confirmed link to a counted mandate, which
--                         serves no demand under it (help given, record incomplete), once it has
--                         reached a stage. `until` is the first day of a demand it does serve, NULL
--                         when there is none.
--   unlinked              an activity or an item that is tied to no mandate.
--
-- The stage days are those of the activity alone, by the rules of coverage_demand.
--
-- What is read is `work_without_demand` (kept.sql), as for demands. Here `part` is the key of an
-- activity, or the negative of that of an item.

CREATE VIEW work_without_demand_defined WITH (security_invoker = true) AS
WITH

-- Approved activities with a confirmed link to a mandate that counts. One that is closed,
-- cancelled or suspended is stopped: it counts by its deliveries alone.
linked AS NOT MATERIALIZED (
    SELECT p.resolution_id, p.id AS paragraph_id, l.mandate_id, a.id AS activity_id,
           r.adopted_on, r.superseded_on, a.status IN ('4', '5', '6') AS stopped, a.actual_start,
           v.approved_on
    FROM assistance_activitymandate l
    JOIN assistance_activity a ON a.id = l.activity_id
    JOIN mandates_mandate m ON m.id = l.mandate_id AND m.kind = 'action'
    JOIN mandates_paragraph p ON p.id = m.paragraph_id
    JOIN mandates_resolution r ON r.id = p.resolution_id
    CROSS JOIN LATERAL (
        SELECT MIN(v."on") AS approved_on FROM assistance_approval v WHERE v.activity_id = a.id
    ) AS v
    WHERE l.state = 'confirmed'
      AND v.approved_on IS NOT NULL
      AND EXISTS (
          SELECT 1 FROM mandates_facet f JOIN directory_entity e ON e.id = f.entity_id
          WHERE f.mandate_id = m.id AND f.role = 'addressee' AND e.code = 'unodc'
      )
),

-- What it delivered while the resolution was in force.
staged AS NOT MATERIALIZED (
    SELECT l.*,
           CASE WHEN NOT l.stopped THEN l.approved_on END AS planned_on,
           LEAST(CASE WHEN NOT l.stopped THEN l.actual_start END, made.started_on) AS started_on,
           made.delivered_on, made.evidenced_on
    FROM linked l
    CROSS JOIN LATERAL (
        SELECT MIN(d."on") AS started_on,
               MIN(d."on") FILTER (WHERE NOT d.objected) AS delivered_on,
               MIN(d."on") FILTER (WHERE NOT d.objected AND d.evidenced) AS evidenced_on
        FROM approved_delivery d
        WHERE d.activity_id = l.activity_id
          AND d."on" >= l.adopted_on
          AND (l.superseded_on IS NULL OR d."on" < l.superseded_on)
    ) AS made
)

SELECT 'a' || l.activity_id || 'm' || l.mandate_id AS key, 'no_recorded_request' AS flag,
       l.resolution_id, l.paragraph_id, l.mandate_id, l.activity_id, NULL::bigint AS item_id,
       l.planned_on, l.started_on, l.delivered_on, l.evidenced_on, served.opened_on AS until,
       l.activity_id AS part,
       -- Its rounds come with the days.
       CASE WHEN EXISTS (
           SELECT 1 FROM mandates_need n
           WHERE n.mandate_id = l.mandate_id AND n.every_months IS NOT NULL
       ) THEN (now() AT TIME ZONE 'UTC')::date + 1 END AS stale_on
FROM staged l
-- The first day from which it serves a demand under the mandate.
CROSS JOIN LATERAL (
    SELECT MIN(d.opened_on) AS opened_on
    FROM coverage_demand d
    WHERE d.mandate_id = l.mandate_id AND d.activity_ids @> ARRAY[l.activity_id]
) AS served
WHERE l.planned_on IS NOT NULL OR l.started_on IS NOT NULL

UNION ALL
SELECT 'a' || a.id, 'unlinked', NULL, NULL, NULL, a.id, NULL, NULL, NULL, NULL, NULL, NULL,
       a.id, NULL
FROM assistance_activity a
WHERE a.status <> '5'
  AND (a.sent_at IS NOT NULL OR EXISTS (
      SELECT 1 FROM assistance_approval v WHERE v.activity_id = a.id
  ))
  AND NOT EXISTS (
      SELECT 1 FROM assistance_activitymandate l
      WHERE l.activity_id = a.id AND l.state = 'confirmed'
  )

UNION ALL
SELECT 'i' || i.id, 'unlinked', NULL, NULL, NULL, NULL, i.id, NULL, NULL, NULL, NULL, NULL,
       -i.id, NULL
FROM assistance_requestitem i
JOIN assistance_assistancerequest q ON q.id = i.request_id AND q.state <> 'draft'
WHERE i.outcome IN ('open', 'fulfilled', 'partly_fulfilled')
  AND NOT EXISTS (
      SELECT 1 FROM assistance_itemmandate l WHERE l.item_id = i.id AND l.state = 'confirmed'
  );
