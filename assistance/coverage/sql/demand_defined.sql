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
-- A demand is open on a day when opened_on <= day < ended_on. Days are days in UTC, spans are half
-- open: `span_from` is the first day of a span, `span_to` the first day after it.
--
-- This view is the definition. What is read is `coverage_demand` (kept.sql), which says the same of
-- every demand and has most of them at hand: `part` names those that are worked out together (those
-- of an item by its key, those of a mandate's needs by the negative of its key), `stale_on` is the
-- day on which they may read otherwise though nothing was written.
--
-- Nothing is materialised here, so that a filter on a part, resolution, paragraph, mandate, item or
-- need reaches the tables.

CREATE VIEW coverage_demand_defined WITH (security_invoker = true) AS
WITH

-- Only actions with UNODC among the addressees are owed by UNODC.
counted AS NOT MATERIALIZED (
    SELECT p.resolution_id, p.id AS paragraph_id, m.id AS mandate_id, m.revision, m.basis,
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

-- A demand for each submitted item with a confirmed link, from the day it was received, never
-- before the adoption. What was settled before the adoption is not owed under it. An outcome that
-- the record dates before the item was received ends it on the day it opened.
of_items AS NOT MATERIALIZED (
    SELECT c.resolution_id, c.paragraph_id, c.mandate_id, i.id AS item_id, NULL::bigint AS need_id,
           NULL::int AS round, 'm' || c.mandate_id || 'i' || i.id AS key, 'item' AS kind,
           i.id AS part,
           GREATEST(q.received_on, c.adopted_on) AS span_from, NULL::date AS span_to,
           CASE WHEN i.outcome IN ('declined', 'referred', 'withdrawn', 'merged')
                THEN GREATEST(i.outcome_on, q.received_on, c.adopted_on) END AS item_end,
           NULL::date AS need_end, c.superseded_on, i.outcome,
           c.revision, l.mandate_revision < c.revision AS suspect
    FROM counted c
    JOIN assistance_itemmandate l ON l.mandate_id = c.mandate_id AND l.state = 'confirmed'
    JOIN assistance_requestitem i ON i.id = l.item_id
    JOIN assistance_assistancerequest q ON q.id = i.request_id AND q.state <> 'draft'
    WHERE i.outcome_on IS NULL OR i.outcome_on >= c.adopted_on
),

-- The days of each published need: from its first day (never before the adoption) to its last, or
-- until the resolution is superseded.
published AS NOT MATERIALIZED (
    SELECT c.resolution_id, c.paragraph_id, c.mandate_id, n.id AS need_id, n.every_months,
           GREATEST(n.valid_from, c.adopted_on) AS first_day, n.valid_to + 1 AS need_end,
           LEAST(n.valid_to + 1, c.superseded_on) AS last_end, c.superseded_on, c.revision
    FROM counted c
    JOIN mandates_need n ON n.mandate_id = c.mandate_id AND n.published_by_id IS NOT NULL
),

of_needs AS NOT MATERIALIZED (
    SELECT resolution_id, paragraph_id, mandate_id, NULL::bigint AS item_id, need_id,
           NULL::int AS round, 'n' || need_id AS key, 'need' AS kind, -mandate_id AS part,
           first_day AS span_from, last_end AS span_to,
           NULL::date AS item_end, need_end, superseded_on, NULL::varchar AS outcome,
           revision, FALSE AS suspect
    FROM published
    WHERE every_months IS NULL
),

-- A need "every n months" is a chain of rounds, one a span of n months, counted from the first day
-- (so that the last days of short months do not shift the next), up to the one that holds today.
of_rounds AS NOT MATERIALIZED (
    SELECT resolution_id, paragraph_id, mandate_id, NULL::bigint AS item_id, need_id,
           k AS round, 'n' || need_id || 'r' || k AS key, 'round' AS kind, -mandate_id AS part,
           span.begins AS span_from, LEAST(span.ends, last_end) AS span_to,
           NULL::date AS item_end, need_end, superseded_on, NULL::varchar AS outcome,
           revision, FALSE AS suspect
    FROM published p
    CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE 'UTC')::date AS today) AS clock
    CROSS JOIN LATERAL generate_series(0, GREATEST(0, (
        12 * (EXTRACT(year FROM today) - EXTRACT(year FROM first_day))
        + EXTRACT(month FROM today) - EXTRACT(month FROM first_day)
    )::int / every_months)) AS k
    CROSS JOIN LATERAL (
        SELECT (first_day + make_interval(months => every_months * k))::date AS begins,
               (first_day + make_interval(months => every_months * (k + 1)))::date AS ends
    ) AS span
    WHERE every_months IS NOT NULL
      AND (k = 0 OR span.begins <= today)
      AND (last_end IS NULL OR span.begins < last_end)
),

-- A standing mandate for which no need was published takes one delivery.
implied AS NOT MATERIALIZED (
    SELECT c.resolution_id, c.paragraph_id, c.mandate_id, NULL::bigint AS item_id,
           NULL::bigint AS need_id, NULL::int AS round, 'm' || c.mandate_id AS key,
           'implied' AS kind, -c.mandate_id AS part, c.adopted_on AS span_from, c.superseded_on AS span_to,
           NULL::date AS item_end, NULL::date AS need_end, c.superseded_on,
           NULL::varchar AS outcome, c.revision, FALSE AS suspect
    FROM counted c
    WHERE c.basis = 'standing'
      AND NOT EXISTS (
          SELECT 1 FROM mandates_need n
          WHERE n.mandate_id = c.mandate_id AND n.published_by_id IS NOT NULL
      )
),

-- All of them, with the States that asked and the activities that have confirmed links to the
-- mandate and, for an item, to the item. (OFFSET 0, here and below: worked out once a row, which
-- keeps the planning of a query short.)
demand AS NOT MATERIALIZED (
    SELECT s.*, links.country_ids, links.activity_ids AS linked_ids
    FROM (
        SELECT * FROM of_items
        UNION ALL SELECT * FROM of_needs
        UNION ALL SELECT * FROM of_rounds
        UNION ALL SELECT * FROM implied
    ) AS s
    CROSS JOIN LATERAL (
        SELECT ARRAY(
                   SELECT c.country_id
                   FROM assistance_requestitem i
                   JOIN assistance_requeststate c ON c.request_id = i.request_id
                   WHERE i.id = s.item_id
                   ORDER BY c.country_id
               ) AS country_ids,
               CASE WHEN s.item_id IS NULL THEN ARRAY(
                   SELECT l.activity_id FROM assistance_activitymandate l
                   WHERE l.mandate_id = s.mandate_id AND l.state = 'confirmed'
               ) ELSE ARRAY(
                   SELECT l.activity_id
                   FROM assistance_activityitem i
                   JOIN assistance_activitymandate l
                       ON l.activity_id = i.activity_id AND l.mandate_id = s.mandate_id
                   WHERE i.item_id = s.item_id AND i.state = 'confirmed' AND l.state = 'confirmed'
               ) END AS activity_ids
        OFFSET 0
    ) AS links
),

-- An activity serves from its first approval. One that is closed, cancelled or suspended is
-- stopped: it counts by its deliveries alone.
serving AS NOT MATERIALIZED (
    SELECT a.id AS activity_id, l.mandate_id, l.mandate_revision, yes.approved_on,
           yes.self_approved, a.actual_start, COALESCE(a.actual_start, a.planned_start) AS starts_on,
           a.planned_end, a.status IN ('4', '5', '6') AS stopped, a.status = '4' AS closed
    FROM assistance_activitymandate l
    JOIN assistance_activity a ON a.id = l.activity_id
    CROSS JOIN LATERAL (
        SELECT MIN(v."on") AS approved_on, BOOL_OR(v.self_approved) AS self_approved
        FROM assistance_approval v
        WHERE v.activity_id = a.id
    ) AS yes
    WHERE yes.approved_on IS NOT NULL
),

dated AS NOT MATERIALIZED (
    SELECT s.*, work.planned_on,
           LEAST(work.started_on, made.started_on) AS started_on,
           -- An item is served when the last of its States is, a need by its first delivery.
           CASE WHEN s.item_id IS NULL THEN made.first_delivered_on
                WHEN made.states_delivered = cardinality(s.country_ids)
                THEN made.last_delivered_on END AS delivered_on,
           CASE WHEN s.item_id IS NULL THEN made.first_evidenced_on
                WHEN made.states_evidenced = cardinality(s.country_ids)
                THEN made.last_evidenced_on END AS evidenced_on,
           ARRAY(
               SELECT DISTINCT x FROM unnest(work.activity_ids || made.activity_ids) AS x ORDER BY x
           ) AS activity_ids,
           COALESCE(made.delivery_ids, '{}') AS delivery_ids,
           COALESCE(made.disputed, FALSE) AS disputed,
           COALESCE(work.overdue, FALSE) AS overdue,
           CASE WHEN s.kind = 'round' THEN (now() AT TIME ZONE 'UTC')::date + 1
                ELSE work.overdue_on END AS stale_on,
           COALESCE(s.outcome = 'partly_fulfilled', FALSE) AS closed_short,
           COALESCE(work.closed_without_delivery, FALSE) AS closed_without_delivery,
           s.suspect OR COALESCE(work.suspect, FALSE) OR COALESCE(made.suspect, FALSE)
               AS suspect_link,
           COALESCE(work.self_approved, FALSE) OR COALESCE(made.self_approved, FALSE)
               AS self_approved
    FROM demand s

    -- By what its activities plan and do: for a round, those that start in its span.
    CROSS JOIN LATERAL (
        SELECT MIN(a.approved_on) FILTER (WHERE NOT a.stopped) AS planned_on,
               MIN(a.actual_start) FILTER (WHERE NOT a.stopped) AS started_on,
               ARRAY_AGG(a.activity_id) FILTER (WHERE NOT a.stopped) AS activity_ids,
               BOOL_OR(
                   a.planned_end < (now() AT TIME ZONE 'UTC')::date AND NOT ever.delivered
               ) FILTER (WHERE NOT a.stopped) AS overdue,
               MIN(a.planned_end + 1) FILTER (
                   WHERE a.planned_end >= (now() AT TIME ZONE 'UTC')::date
                     AND NOT ever.delivered AND NOT a.stopped
               ) AS overdue_on,
               BOOL_OR(a.closed AND NOT ever.delivered) AS closed_without_delivery,
               BOOL_OR(a.mandate_revision < s.revision) FILTER (WHERE NOT a.stopped) AS suspect,
               BOOL_OR(a.self_approved) FILTER (WHERE NOT a.stopped) AS self_approved
        FROM serving a
        CROSS JOIN LATERAL (
            SELECT EXISTS (
                SELECT 1 FROM approved_delivery d WHERE d.activity_id = a.activity_id
            ) AS delivered
            OFFSET 0
        ) AS ever
        WHERE a.mandate_id = s.mandate_id AND a.activity_id = ANY (s.linked_ids)
          AND (
              s.kind <> 'round'
              OR (a.starts_on >= s.span_from AND (s.span_to IS NULL OR a.starts_on < s.span_to))
          )
    ) AS work

    -- By what was delivered in its days: ticked for the item and to a State of its request, or
    -- ticked for the need. An implied need takes any delivery.
    CROSS JOIN LATERAL (
        SELECT MIN("on") AS started_on,
               MIN("on") FILTER (WHERE counts) AS first_delivered_on,
               MIN("on") FILTER (WHERE counts AND evidenced) AS first_evidenced_on,
               MAX(state_delivered_on) AS last_delivered_on,
               MAX(state_evidenced_on) AS last_evidenced_on,
               COUNT(DISTINCT country_id) FILTER (WHERE counts) AS states_delivered,
               COUNT(DISTINCT country_id) FILTER (WHERE counts AND evidenced) AS states_evidenced,
               ARRAY_AGG(delivery_id ORDER BY delivery_id) FILTER (WHERE counts) AS delivery_ids,
               ARRAY_AGG(activity_id) AS activity_ids,
               BOOL_OR(NOT counts) AS disputed,
               BOOL_OR(suspect) AS suspect,
               BOOL_OR(self_approved) AS self_approved
        FROM (
            SELECT d."on", d.delivery_id, d.activity_id, d.country_id, d.evidenced,
                   NOT d.objected AS counts,
                   MIN(d."on") FILTER (WHERE NOT d.objected)
                       OVER (PARTITION BY d.country_id) AS state_delivered_on,
                   MIN(d."on") FILTER (WHERE NOT d.objected AND d.evidenced)
                       OVER (PARTITION BY d.country_id) AS state_evidenced_on,
                   a.mandate_revision < s.revision AS suspect,
                   a.self_approved OR d.self_approved AS self_approved
            FROM serving a
            JOIN approved_delivery d ON d.activity_id = a.activity_id
            WHERE a.mandate_id = s.mandate_id AND a.activity_id = ANY (s.linked_ids)
              AND d."on" >= s.span_from
              AND (s.span_to IS NULL OR d."on" < s.span_to)
              AND CASE
                  WHEN s.kind = 'implied' THEN TRUE
                  WHEN s.kind = 'item' THEN d.country_id = ANY (s.country_ids) AND EXISTS (
                      SELECT 1 FROM assistance_deliveryitem t
                      WHERE t.delivery_id = d.delivery_id AND t.item_id = s.item_id
                  )
                  ELSE EXISTS (
                      SELECT 1 FROM assistance_deliveryneed t
                      WHERE t.delivery_id = d.delivery_id AND t.need_id = s.need_id
                  ) END
        ) AS delivery
    ) AS made
),

-- A round opens with its first counting delivery, or at its span's end if there was none; the
-- first round with the need. Every other demand opens with its days.
opened AS NOT MATERIALIZED (
    SELECT dated.*,
           CASE WHEN kind = 'round' AND round > 0 THEN COALESCE(delivered_on, span_to)
                ELSE span_from END AS opened_on
    FROM dated
),

-- A demand ends with its item, its need, its resolution, and a round when the next one opens.
ended AS NOT MATERIALIZED (
    SELECT opened.*,
           LEAST(
               item_end, need_end, superseded_on,
               CASE WHEN kind = 'round' THEN LEAD(opened_on) OVER (
                   PARTITION BY part, resolution_id, paragraph_id, mandate_id, item_id, need_id
                   ORDER BY round
               ) END
           ) AS ended_on
    FROM opened
)

SELECT key, kind, resolution_id, paragraph_id, mandate_id, item_id, need_id, round,
       span_from, span_to, opened_on, ended_on,
       CASE WHEN ended_on IS NULL THEN ''
            WHEN ended_on = item_end THEN outcome
            WHEN ended_on = superseded_on THEN 'superseded'
            WHEN ended_on = need_end THEN 'need_ended'
            ELSE 'next_round' END AS ended_by,
       planned_on, started_on, delivered_on, evidenced_on,
       country_ids, activity_ids, delivery_ids,
       disputed, overdue, closed_short, closed_without_delivery, suspect_link, self_approved,
       part, stale_on
FROM ended
-- Nothing opens once its need or its resolution has ended.
WHERE (opened_on < LEAST(need_end, superseded_on)) IS NOT FALSE;
