-- Work and wishes that no demand stands for. Definition 1.0.
--
--   no_recorded_request   an approved activity with a confirmed link to a counted mandate, which
--                         serves no demand under it (help given, record incomplete). `until` is the
--                         day from which it does serve one, NULL when it never does.
--   unlinked              an activity or an item that is tied to no mandate.
--
-- The stage days are those of the activity alone, by the rules of coverage_demand.

CREATE VIEW work_without_demand WITH (security_invoker = true) AS
WITH
served AS (
    SELECT d.mandate_id, activity_id, MIN(d.opened_on) AS opened_on
    FROM coverage_demand d CROSS JOIN LATERAL unnest(d.activity_ids) AS activity_id
    GROUP BY d.mandate_id, activity_id
),
linked AS (
    SELECT l.mandate_id, a.id AS activity_id, p.resolution_id, p.id AS paragraph_id,
           r.adopted_on, r.superseded_on, a.status IN ('4', '5', '6') AS stopped, a.actual_start,
           (SELECT MIN(v."on") FROM assistance_approval v WHERE v.activity_id = a.id)
               AS approved_on
    FROM assistance_activitymandate l
    JOIN assistance_activity a ON a.id = l.activity_id
    JOIN mandates_mandate m ON m.id = l.mandate_id AND m.kind = 'action'
    JOIN mandates_paragraph p ON p.id = m.paragraph_id
    JOIN mandates_resolution r ON r.id = p.resolution_id
    WHERE l.state = 'confirmed'
      AND EXISTS (SELECT 1 FROM assistance_approval v WHERE v.activity_id = a.id)
      AND EXISTS (
          SELECT 1 FROM mandates_facet f JOIN directory_entity e ON e.id = f.entity_id
          WHERE f.mandate_id = m.id AND f.role = 'addressee' AND e.code = 'unodc'
      )
),
delivered AS (
    SELECT l.mandate_id, l.activity_id,
           MIN(d."on") AS started_on,
           MIN(d."on") FILTER (WHERE NOT objected.yes) AS delivered_on,
           MIN(d."on") FILTER (
               WHERE NOT objected.yes AND EXISTS (
                   SELECT 1 FROM assistance_evidence e
                   WHERE e.delivery_id = d.id AND e.verified_at IS NOT NULL
               )
           ) AS evidenced_on
    FROM linked l
    JOIN assistance_delivery d ON d.activity_id = l.activity_id
        AND d."on" >= l.adopted_on
        AND (l.superseded_on IS NULL OR d."on" < l.superseded_on)
    JOIN assistance_approval v ON v.delivery_id = d.id AND v.revision = d.revision
    CROSS JOIN LATERAL (
        SELECT COALESCE((
            SELECT y.verdict IN ('partly', 'disputed')
            FROM assistance_reply y
            WHERE y.delivery_id = d.id AND y.country_id = d.country_id
            ORDER BY y.at DESC, y.id DESC LIMIT 1
        ), FALSE) AS yes
    ) AS objected
    GROUP BY l.mandate_id, l.activity_id
)
SELECT 'a' || l.activity_id || 'm' || l.mandate_id AS key, 'no_recorded_request' AS flag,
       l.resolution_id, l.paragraph_id, l.mandate_id, l.activity_id, NULL::bigint AS item_id,
       CASE WHEN NOT l.stopped THEN l.approved_on END AS planned_on,
       LEAST(CASE WHEN NOT l.stopped THEN l.actual_start END, d.started_on) AS started_on,
       d.delivered_on, d.evidenced_on, s.opened_on AS until
FROM linked l
LEFT JOIN delivered d ON d.mandate_id = l.mandate_id AND d.activity_id = l.activity_id
LEFT JOIN served s ON s.mandate_id = l.mandate_id AND s.activity_id = l.activity_id
UNION ALL
SELECT 'a' || a.id, 'unlinked', NULL, NULL, NULL, a.id, NULL, NULL, NULL, NULL, NULL, NULL
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
SELECT 'i' || i.id, 'unlinked', NULL, NULL, NULL, NULL, i.id, NULL, NULL, NULL, NULL, NULL
FROM assistance_requestitem i
JOIN assistance_assistancerequest q ON q.id = i.request_id AND q.state <> 'draft'
WHERE i.outcome IN ('open', 'fulfilled', 'partly_fulfilled')
  AND NOT EXISTS (
      SELECT 1 FROM assistance_itemmandate l WHERE l.item_id = i.id AND l.state = 'confirmed'
  );
