-- What coverage means. Definition 1.0.
--
-- One row per demand: one thing UNODC owes under a counted mandate, with the days on which it was
-- opened, ended, planned, started, delivered and evidenced. The view takes no parameter: "as of a
-- day" compares these days with that day, and the status is the highest stage reached by then:
--
--   evidenced   evidenced_on  <= day
--   delivered   delivered_on  <= day
--   under way   started_on    <= day
--   planned     planned_on    <= day
--   unmet       none of them
--
-- A demand is open on a day when opened_on <= day < ended_on. Days are days in UTC.

CREATE VIEW coverage_demand WITH (security_invoker = true) AS
WITH

-- Only actions with UNODC among the addressees are owed by UNODC.
counted AS (
    SELECT m.id AS mandate_id, m.revision, m.basis, p.resolution_id, p.id AS paragraph_id,
           r.adopted_on, r.superseded_on
    FROM mandates_mandate m
    JOIN mandates_paragraph p ON p.id = m.paragraph_id
    JOIN mandates_resolution r ON r.id = p.resolution_id
    WHERE m.kind = 'action'
      AND EXISTS (
          SELECT 1 FROM mandates_facet f JOIN directory_entity e ON e.id = f.entity_id
          WHERE f.mandate_id = m.id AND f.role = 'addressee' AND e.code = 'unodc'
      )
),

-- A demand for each submitted item with a confirmed link, from the day it was received.
of_items AS (
    SELECT 'm' || c.mandate_id || 'i' || i.id AS key, 'item' AS kind,
           c.mandate_id, i.id AS item_id, NULL::bigint AS need_id, NULL::int AS round,
           GREATEST(q.received_on, c.adopted_on) AS span_from, NULL::date AS span_to,
           c.superseded_on AS last_end,
           CASE WHEN i.outcome IN ('declined', 'referred', 'withdrawn', 'merged')
                THEN i.outcome_on END AS item_end,
           i.outcome
    FROM counted c
    JOIN assistance_itemmandate l ON l.mandate_id = c.mandate_id AND l.state = 'confirmed'
    JOIN assistance_requestitem i ON i.id = l.item_id
    JOIN assistance_assistancerequest q ON q.id = i.request_id AND q.state <> 'draft'
),

-- The days of each published need. What UNODC published is owed from its first day (never before
-- the adoption) to its last, or until the resolution is superseded.
published AS (
    SELECT c.mandate_id, n.id AS need_id, n.every_months,
           GREATEST(n.valid_from, c.adopted_on) AS first_day,
           LEAST(n.valid_to + 1, c.superseded_on) AS last_end
    FROM counted c
    JOIN mandates_need n ON n.mandate_id = c.mandate_id AND n.published_by_id IS NOT NULL
),

of_needs AS (
    SELECT 'n' || need_id AS key, 'need' AS kind, mandate_id, NULL::bigint AS item_id, need_id,
           NULL::int AS round, first_day AS span_from, last_end AS span_to, last_end
    FROM published
    WHERE every_months IS NULL
),

-- A need "every n months" is a chain of rounds, one a span of n months, up to today.
of_rounds AS (
    SELECT 'n' || p.need_id || 'r' || k AS key, 'round' AS kind, p.mandate_id,
           NULL::bigint AS item_id, p.need_id, k AS round,
           (p.first_day + make_interval(months => p.every_months * k))::date AS span_from,
           LEAST(
               (p.first_day + make_interval(months => p.every_months * (k + 1)))::date, p.last_end
           ) AS span_to,
           p.last_end
    FROM published p
    CROSS JOIN LATERAL generate_series(
        0,
        GREATEST(0, (
            12 * EXTRACT(year FROM age((now() AT TIME ZONE 'UTC')::date, p.first_day))
            + EXTRACT(month FROM age((now() AT TIME ZONE 'UTC')::date, p.first_day))
        )::int / p.every_months + 1)
    ) AS k
    WHERE p.every_months IS NOT NULL
      AND (
          k = 0
          OR (p.first_day + make_interval(months => p.every_months * k))::date
             <= (now() AT TIME ZONE 'UTC')::date
      )
      AND (
          p.last_end IS NULL
          OR (p.first_day + make_interval(months => p.every_months * k))::date < p.last_end
      )
),

-- A standing mandate for which nothing was published takes one delivery.
implied AS (
    SELECT 'm' || c.mandate_id AS key, 'implied' AS kind, c.mandate_id, NULL::bigint AS item_id,
           NULL::bigint AS need_id, NULL::int AS round, c.adopted_on AS span_from,
           c.superseded_on AS span_to, c.superseded_on AS last_end
    FROM counted c
    WHERE c.basis = 'standing'
      AND NOT EXISTS (SELECT 1 FROM published p WHERE p.mandate_id = c.mandate_id)
),

span AS (
    SELECT key, kind, mandate_id, item_id, need_id, round, span_from, span_to, last_end,
           item_end, outcome
    FROM of_items
    UNION ALL
    SELECT of_needs.*, NULL::date, NULL::varchar FROM of_needs
    UNION ALL
    SELECT of_rounds.*, NULL::date, NULL::varchar FROM of_rounds
    UNION ALL
    SELECT implied.*, NULL::date, NULL::varchar FROM implied
),

-- An activity serves a mandate from its first approval, when its link is confirmed. One that is
-- closed, cancelled or suspended counts by its deliveries alone.
serving AS (
    SELECT l.mandate_id, a.id AS activity_id, a.actual_start,
           COALESCE(a.actual_start, a.planned_start) AS starts_on,
           a.status IN ('4', '5', '6') AS stopped, a.status = '4' AS closed, a.planned_end,
           l.mandate_revision,
           (SELECT MIN(v."on") FROM assistance_approval v WHERE v.activity_id = a.id)
               AS approved_on,
           EXISTS (
               SELECT 1 FROM assistance_approval v WHERE v.activity_id = a.id AND v.self_approved
           ) AS self_approved
    FROM assistance_activitymandate l
    JOIN assistance_activity a ON a.id = l.activity_id
    WHERE l.state = 'confirmed'
      AND EXISTS (SELECT 1 FROM assistance_approval v WHERE v.activity_id = a.id)
),

-- A delivery counts when its present revision is approved; not while the State's latest reply
-- objects ("partly", "disputed"); with evidence when somebody has verified a piece.
approved_delivery AS (
    SELECT d.id AS delivery_id, d.activity_id, d.country_id, d."on",
           COALESCE((
               SELECT y.verdict IN ('partly', 'disputed')
               FROM assistance_reply y
               WHERE y.delivery_id = d.id AND y.country_id = d.country_id
               ORDER BY y.at DESC, y.id DESC LIMIT 1
           ), FALSE) AS objected,
           EXISTS (
               SELECT 1 FROM assistance_evidence e
               WHERE e.delivery_id = d.id AND e.verified_at IS NOT NULL
           ) AS evidenced,
           v.self_approved OR EXISTS (
               SELECT 1 FROM assistance_evidence e WHERE e.delivery_id = d.id AND e.self_verified
           ) AS self_approved
    FROM assistance_delivery d
    JOIN assistance_approval v ON v.delivery_id = d.id AND v.revision = d.revision
),

-- Which activity serves which demand: for an item it also needs a confirmed link to the item.
span_activity AS (
    SELECT s.key, s.kind, s.span_from, s.span_to, a.*,
           (
               s.kind <> 'round'
               OR (a.starts_on >= s.span_from AND (s.span_to IS NULL OR a.starts_on < s.span_to))
           ) IS TRUE AS starts_in_span
    FROM span s
    JOIN serving a ON a.mandate_id = s.mandate_id
    WHERE s.item_id IS NULL
       OR EXISTS (
           SELECT 1 FROM assistance_activityitem l
           WHERE l.activity_id = a.activity_id AND l.item_id = s.item_id
             AND l.state = 'confirmed'
       )
),

-- Which delivery was made to which demand: ticked for the item or the need, in its days, and for
-- an item to a State of its request. An implied need takes any delivery.
span_delivery AS (
    SELECT s.key, d.*
    FROM span s
    JOIN span_activity a ON a.key = s.key
    JOIN approved_delivery d ON d.activity_id = a.activity_id
    WHERE d."on" >= s.span_from
      AND (s.span_to IS NULL OR d."on" < s.span_to)
      AND (
          s.kind = 'implied'
          OR (s.need_id IS NOT NULL AND EXISTS (
              SELECT 1 FROM assistance_deliveryneed t
              WHERE t.delivery_id = d.delivery_id AND t.need_id = s.need_id
          ))
          OR (s.item_id IS NOT NULL AND EXISTS (
              SELECT 1
              FROM assistance_deliveryitem t
              JOIN assistance_requestitem i ON i.id = t.item_id
              JOIN assistance_requeststate c ON c.request_id = i.request_id
              WHERE t.delivery_id = d.delivery_id AND t.item_id = s.item_id
                AND c.country_id = d.country_id
          ))
      )
),

-- The first day each State of an item was served; NULL where one was not yet.
item_state AS (
    SELECT s.key, c.country_id,
           MIN(d."on") FILTER (WHERE NOT d.objected) AS delivered_on,
           MIN(d."on") FILTER (WHERE NOT d.objected AND d.evidenced) AS evidenced_on
    FROM span s
    JOIN assistance_requestitem i ON i.id = s.item_id
    JOIN assistance_requeststate c ON c.request_id = i.request_id
    LEFT JOIN span_delivery d ON d.key = s.key AND d.country_id = c.country_id
    GROUP BY s.key, c.country_id
),

-- An item is served when the last of its States is.
item_served AS (
    SELECT key,
           CASE WHEN COUNT(*) = COUNT(delivered_on) THEN MAX(delivered_on) END AS delivered_on,
           CASE WHEN COUNT(*) = COUNT(evidenced_on) THEN MAX(evidenced_on) END AS evidenced_on,
           ARRAY_AGG(country_id ORDER BY country_id) AS country_ids
    FROM item_state
    GROUP BY key
),

by_activity AS (
    SELECT key,
           MIN(approved_on) FILTER (WHERE NOT stopped AND starts_in_span) AS planned_on,
           MIN(actual_start) FILTER (
               WHERE NOT stopped AND (
                   kind <> 'round'
                   OR (actual_start >= span_from AND (span_to IS NULL OR actual_start < span_to))
               )
           ) AS started_on,
           ARRAY_AGG(activity_id ORDER BY activity_id) FILTER (WHERE starts_in_span)
               AS activity_ids,
           BOOL_OR(self_approved) FILTER (WHERE starts_in_span) AS self_approved,
           BOOL_OR(
               NOT stopped AND planned_end < (now() AT TIME ZONE 'UTC')::date
               AND NOT EXISTS (
                   SELECT 1 FROM approved_delivery d
                   WHERE d.activity_id = span_activity.activity_id
               )
           ) FILTER (WHERE starts_in_span) AS overdue,
           BOOL_OR(
               closed AND NOT EXISTS (
                   SELECT 1 FROM approved_delivery d
                   WHERE d.activity_id = span_activity.activity_id
               )
           ) FILTER (WHERE starts_in_span) AS closed_without_delivery,
           BOOL_OR(
               mandate_revision < (
                   SELECT c.revision FROM counted c WHERE c.mandate_id = span_activity.mandate_id
               )
           ) FILTER (WHERE starts_in_span) AS suspect
    FROM span_activity
    GROUP BY key
),

by_delivery AS (
    SELECT key,
           MIN("on") AS started_on,
           MIN("on") FILTER (WHERE NOT objected) AS delivered_on,
           MIN("on") FILTER (WHERE NOT objected AND evidenced) AS evidenced_on,
           ARRAY_AGG(delivery_id ORDER BY delivery_id) FILTER (WHERE NOT objected)
               AS delivery_ids,
           ARRAY_AGG(DISTINCT activity_id) AS activity_ids,
           BOOL_OR(objected) AS disputed,
           BOOL_OR(self_approved) AS self_approved
    FROM span_delivery
    GROUP BY key
),

dated AS (
    SELECT s.key, s.kind, s.mandate_id, s.item_id, s.need_id, s.round, s.span_from, s.span_to,
           s.last_end, s.item_end, s.outcome,
           a.planned_on,
           LEAST(a.started_on, d.started_on) AS started_on,
           CASE WHEN s.item_id IS NULL THEN d.delivered_on ELSE i.delivered_on END
               AS delivered_on,
           CASE WHEN s.item_id IS NULL THEN d.evidenced_on ELSE i.evidenced_on END
               AS evidenced_on,
           COALESCE(i.country_ids, '{}') AS country_ids,
           ARRAY(
               SELECT DISTINCT x
               FROM unnest(COALESCE(a.activity_ids, '{}') || COALESCE(d.activity_ids, '{}')) AS x
               ORDER BY x
           ) AS activity_ids,
           COALESCE(d.delivery_ids, '{}') AS delivery_ids,
           COALESCE(d.disputed, FALSE) AS disputed,
           COALESCE(a.overdue, FALSE) AS overdue,
           COALESCE(s.outcome = 'partly_fulfilled', FALSE) AS closed_short,
           COALESCE(a.closed_without_delivery, FALSE) AS closed_without_delivery,
           COALESCE(a.suspect, FALSE) OR COALESCE((
               SELECT l.mandate_revision < c.revision
               FROM assistance_itemmandate l JOIN counted c ON c.mandate_id = l.mandate_id
               WHERE l.item_id = s.item_id AND l.mandate_id = s.mandate_id
           ), FALSE) AS suspect_link,
           COALESCE(a.self_approved, FALSE) OR COALESCE(d.self_approved, FALSE) AS self_approved
    FROM span s
    LEFT JOIN item_served i ON i.key = s.key
    LEFT JOIN by_activity a ON a.key = s.key
    LEFT JOIN by_delivery d ON d.key = s.key
),

-- A round opens with its first counting delivery, or at its span's end if there was none; the
-- first round with the need. Every other demand opens with its days.
opened AS (
    SELECT dated.*,
           CASE WHEN kind = 'round' AND round > 0 THEN COALESCE(delivered_on, span_to)
                ELSE span_from END AS opened_on
    FROM dated
),

-- ... and ends when the next one opens.
ended AS (
    SELECT opened.*,
           LEAST(
               item_end,
               last_end,
               CASE WHEN kind = 'round'
                    THEN LEAD(opened_on) OVER (PARTITION BY need_id, kind ORDER BY round) END
           ) AS ended_on
    FROM opened
)

SELECT e.key, e.kind, c.resolution_id, c.paragraph_id, e.mandate_id, e.item_id, e.need_id,
       e.round, e.span_from, e.span_to, e.opened_on, e.ended_on,
       CASE WHEN e.ended_on IS NULL THEN ''
            WHEN e.ended_on = e.item_end THEN e.outcome
            WHEN e.ended_on = c.superseded_on THEN 'superseded'
            WHEN e.ended_on = e.last_end THEN 'need_ended'
            ELSE 'next_round' END AS ended_by,
       e.planned_on, e.started_on, e.delivered_on, e.evidenced_on,
       e.country_ids, e.activity_ids, e.delivery_ids,
       e.disputed, e.overdue, e.closed_short, e.closed_without_delivery, e.suspect_link,
       e.self_approved
FROM ended e
JOIN counted c ON c.mandate_id = e.mandate_id
-- Nothing opens once its need or its resolution has ended.
WHERE e.last_end IS NULL OR e.opened_on < e.last_end;
