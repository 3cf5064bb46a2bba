-- What is read of coverage: the rows of the definitions, kept at hand.
--
-- `coverage_demand` and `work_without_demand` say at every moment, also within a transaction, what
-- `coverage_demand_defined` and `work_without_demand_defined` say. Working those out takes a tenth
-- of a millisecond a row; so their rows are kept in two tables, by part, and
--
--   1. whatever is written to a table below the definitions leaves a mark, in the same transaction,
--      that names what it touched;
--   2. the parts that marks lead to are not read from the kept rows but worked out;
--   3. `coverage_keep()`, each half minute, works out the marked parts, keeps them, and removes the
--      marks it has seen. A change that was not committed by then leaves its own mark.
--
-- So a figure is never old: at worst it is slower, while marks wait. Where the two could differ is
-- held by tests, which change every column below the definitions, and asked each night.
--
-- A part is what is worked out together. Of demands: an item by its key, the needs of a mandate by
-- the negative of its key. Of work without a demand: an activity by its key, an item by the negative
-- of its key. A part is marked as well from the day on which the date alone may change it
-- (`stale_on`).

CREATE INDEX keptdemand_stale ON coverage_keptdemand (stale_on) WHERE stale_on IS NOT NULL;
CREATE INDEX keptwork_stale ON coverage_keptwork (stale_on) WHERE stale_on IS NOT NULL;
CREATE INDEX keptdemand_activities ON coverage_keptdemand
    USING gin (activity_ids) WITH (fastupdate = off);  -- read right after it was written

-- Whose rows somebody sees, as before they were kept.
ALTER TABLE coverage_keptdemand ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON coverage_keptdemand USING (
    (SELECT viewer_sees_all()) OR item_id IN (SELECT items_of_viewer())
);
ALTER TABLE coverage_keptwork ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON coverage_keptwork USING ((SELECT viewer_sees_all()));
ALTER TABLE coverage_mark ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON coverage_mark USING ((SELECT viewer_sees_all()));


-- 1. What leaves marks.
--
-- A mark names the thing that was touched, as kind and key, and nothing that follows from it: the
-- items of a request, the mandates of a resolution, what is linked are looked up when the mark is
-- read. So it matters not that the change could not see what another was adding just then. What was
-- taken away has left a mark of its own.

DO $marks$
DECLARE
    cause record;
    happened record;
BEGIN
    FOR cause IN SELECT * FROM (VALUES
        ('assistance_assistancerequest', $$('request', c.id)$$),
        ('assistance_requeststate', $$('request', c.request_id)$$),
        ('assistance_requestitem', $$('item', c.id)$$),
        ('assistance_itemmandate', $$('item', c.item_id)$$),
        ('assistance_activityitem', $$('item', c.item_id), ('activity', c.activity_id)$$),
        ('assistance_deliveryitem', $$('item', c.item_id), ('delivery', c.delivery_id)$$),
        ('assistance_deliveryneed', $$('need', c.need_id), ('delivery', c.delivery_id)$$),
        ('assistance_delivery', $$('activity', c.activity_id)$$),
        ('assistance_approval', $$('activity', c.activity_id), ('delivery', c.delivery_id)$$),
        ('assistance_evidence', $$('delivery', c.delivery_id)$$),
        ('assistance_reply', $$('delivery', c.delivery_id)$$),
        ('assistance_activity', $$('activity', c.id)$$),
        ('assistance_activitymandate',
         $$('needs_of_mandate', c.mandate_id), ('activity', c.activity_id)$$),
        ('mandates_need', $$('needs_of_mandate', c.mandate_id)$$),
        ('mandates_facet', $$('mandate', c.mandate_id)$$),
        ('mandates_mandate', $$('mandate', c.id)$$),
        ('mandates_paragraph', $$('paragraph', c.id)$$),
        ('mandates_resolution', $$('resolution', c.id)$$),
        ('directory_entity', $$('entity', c.id)$$)
    ) AS causes (source, touches)
    LOOP
        -- With the owner's rights: whoever changes something may not read the marks.
        EXECUTE format(
            'CREATE FUNCTION %I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER '
            'SET search_path = public, pg_temp AS $f$ BEGIN '
            'INSERT INTO coverage_mark (kind, thing) SELECT DISTINCT touched.* FROM changed AS c '
            'CROSS JOIN LATERAL (VALUES %s) AS touched (kind, thing) '
            'WHERE touched.thing IS NOT NULL; RETURN NULL; END $f$',
            'coverage_marks_' || cause.source, cause.touches
        );
        FOR happened IN SELECT * FROM (VALUES
            ('inserted', 'INSERT', 'NEW'), ('deleted', 'DELETE', 'OLD'),
            ('changed_from', 'UPDATE', 'OLD'), ('changed_to', 'UPDATE', 'NEW')
        ) AS happenings (name, event, version)
        LOOP
            EXECUTE format(
                'CREATE TRIGGER %I AFTER %s ON %I REFERENCING %s TABLE AS changed '
                'FOR EACH STATEMENT EXECUTE FUNCTION %I()',
                'coverage_' || happened.name, happened.event, cause.source, happened.version,
                'coverage_marks_' || cause.source
            );
        END LOOP;
    END LOOP;
END
$marks$;

-- Everything, where rows were written with the triggers off.
CREATE FUNCTION coverage_mark_all() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO coverage_mark (kind, thing)
    SELECT 'item', id FROM assistance_requestitem
    UNION SELECT 'activity', id FROM assistance_activity
    UNION SELECT 'mandate', id FROM mandates_mandate
    UNION SELECT CASE WHEN part > 0 THEN 'item' ELSE 'needs_of_mandate' END, abs(part)
        FROM coverage_keptdemand
    UNION SELECT CASE WHEN part > 0 THEN 'activity' ELSE 'item' END, abs(part)
        FROM coverage_keptwork;
$$;


-- 2. What marks lead to.
--
-- First to parts of demands (an item, or the needs of a mandate), to activities, and to mandates with
-- all that stands under them; then each of these to the parts that hang together with it.

CREATE FUNCTION coverage_waiting(
    OUT marks bigint[], OUT parts bigint[], OUT activities bigint[], OUT mandates bigint[]
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT array_agg(DISTINCT m.id), array_agg(DISTINCT led.part),
           array_agg(DISTINCT led.activity), array_agg(DISTINCT led.mandate)
    FROM coverage_mark m
    LEFT JOIN LATERAL (
        SELECT m.thing AS part, NULL::bigint AS activity, NULL::bigint AS mandate
            WHERE m.kind = 'item'
        UNION ALL SELECT -m.thing, NULL, NULL WHERE m.kind = 'needs_of_mandate'
        UNION ALL SELECT NULL, m.thing, NULL WHERE m.kind = 'activity'
        UNION ALL SELECT NULL, NULL, m.thing WHERE m.kind = 'mandate'
        UNION ALL SELECT i.id, NULL, NULL FROM assistance_requestitem i
            WHERE m.kind = 'request' AND i.request_id = m.thing
        UNION ALL SELECT -n.mandate_id, NULL, NULL FROM mandates_need n
            WHERE m.kind = 'need' AND n.id = m.thing
        UNION ALL SELECT NULL, d.activity_id, NULL FROM assistance_delivery d
            WHERE m.kind = 'delivery' AND d.id = m.thing
        UNION ALL SELECT NULL, NULL, c.id FROM mandates_mandate c
            WHERE m.kind = 'paragraph' AND c.paragraph_id = m.thing
        UNION ALL SELECT NULL, NULL, c.id
            FROM mandates_paragraph p JOIN mandates_mandate c ON c.paragraph_id = p.id
            WHERE m.kind = 'resolution' AND p.resolution_id = m.thing
        UNION ALL SELECT NULL, NULL, f.mandate_id FROM mandates_facet f
            WHERE m.kind = 'entity' AND f.entity_id = m.thing
    ) AS led ON TRUE
$$;

CREATE FUNCTION coverage_demand_parts(parts bigint[], activities bigint[], mandates bigint[])
RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 SET search_path = public, pg_temp AS $$
    SELECT unnest(parts)
    UNION SELECT -unnest(mandates)
    UNION SELECT item_id FROM assistance_itemmandate WHERE mandate_id = ANY (mandates)
    UNION SELECT item_id FROM assistance_activityitem WHERE activity_id = ANY (activities)
    UNION SELECT -mandate_id FROM assistance_activitymandate WHERE activity_id = ANY (activities)
$$;

-- Work hangs together with the demands that it serves; a round opens with the first delivery to it,
-- whoever made that.
CREATE FUNCTION coverage_work_parts(parts bigint[], activities bigint[], mandates bigint[])
RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 SET search_path = public, pg_temp AS $$
    SELECT unnest(activities)
    UNION SELECT -part FROM unnest(parts) AS part WHERE part > 0
    UNION SELECT activity_id FROM assistance_activityitem WHERE item_id = ANY (parts)
    UNION SELECT activity_id FROM assistance_activitymandate WHERE mandate_id = ANY (mandates)
    UNION SELECT activity_id FROM assistance_activitymandate
        WHERE mandate_id = ANY (ARRAY(SELECT -part FROM unnest(parts) AS part WHERE part < 0))
    UNION SELECT beside.activity_id
        FROM assistance_activitymandate l
        JOIN mandates_need n ON n.mandate_id = l.mandate_id AND n.every_months IS NOT NULL
        JOIN assistance_activitymandate beside ON beside.mandate_id = l.mandate_id
        WHERE l.activity_id = ANY (activities)
$$;

CREATE FUNCTION coverage_demand_marked() RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10 SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT part FROM coverage_keptdemand WHERE stale_on <= (now() AT TIME ZONE 'UTC')::date;
    IF EXISTS (SELECT 1 FROM coverage_mark) THEN
        RETURN QUERY
            SELECT led.part
            FROM coverage_waiting() AS m
            CROSS JOIN LATERAL coverage_demand_parts(m.parts, m.activities, m.mandates) AS led (part)
            WHERE led.part IS NOT NULL;
    END IF;
END
$$;

CREATE FUNCTION coverage_work_marked() RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10 SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT part FROM coverage_keptwork WHERE stale_on <= (now() AT TIME ZONE 'UTC')::date;
    IF EXISTS (SELECT 1 FROM coverage_mark) THEN
        RETURN QUERY
            SELECT led.part
            FROM coverage_waiting() AS m
            CROSS JOIN LATERAL coverage_work_parts(m.parts, m.activities, m.mandates) AS led (part)
            WHERE led.part IS NOT NULL;
    END IF;
END
$$;

-- Rows worked out now, in plpgsql, which plans them once a session. With the owner's rights, so that
-- a row says the same whether it was kept or not; who gets it is asked here as the policies above
-- ask it of the kept ones. (Who is connected as the owner is bound by no policy.)

CREATE FUNCTION coverage_demand_rows(parts bigint[]) RETURNS SETOF coverage_keptdemand
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10 SET search_path = public, pg_temp AS $$
BEGIN
    IF cardinality(parts) > 0 THEN
        RETURN QUERY
            SELECT key, part, stale_on, kind, resolution_id, paragraph_id, mandate_id, item_id,
                   need_id, round, span_from, span_to, opened_on, ended_on, ended_by::text,
                   planned_on, started_on, delivered_on, evidenced_on, country_ids, activity_ids,
                   delivery_ids, disputed, overdue, closed_short, closed_without_delivery,
                   suspect_link, self_approved
            FROM coverage_demand_defined
            WHERE part = ANY (parts)
              AND (
                  session_user = current_user
                  OR (SELECT viewer_sees_all())
                  OR item_id IN (SELECT items_of_viewer())
              );
    END IF;
END
$$;

CREATE FUNCTION coverage_work_rows(parts bigint[]) RETURNS SETOF coverage_keptwork
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10 SET search_path = public, pg_temp AS $$
BEGIN
    IF cardinality(parts) > 0 AND (session_user = current_user OR viewer_sees_all()) THEN
        RETURN QUERY
            SELECT key, part, stale_on, flag, resolution_id, paragraph_id, mandate_id, activity_id,
                   item_id, planned_on, started_on, delivered_on, evidenced_on, until
            FROM work_without_demand_defined
            WHERE part = ANY (parts);
    END IF;
END
$$;

CREATE VIEW coverage_demand WITH (security_invoker = true) AS
SELECT key, kind, resolution_id, paragraph_id, mandate_id, item_id, need_id, round,
       span_from, span_to, opened_on, ended_on, ended_by,
       planned_on, started_on, delivered_on, evidenced_on,
       country_ids, activity_ids, delivery_ids,
       disputed, overdue, closed_short, closed_without_delivery, suspect_link, self_approved
FROM coverage_keptdemand
WHERE part NOT IN (SELECT coverage_demand_marked())
UNION ALL
SELECT key, kind, resolution_id, paragraph_id, mandate_id, item_id, need_id, round,
       span_from, span_to, opened_on, ended_on, ended_by,
       planned_on, started_on, delivered_on, evidenced_on,
       country_ids, activity_ids, delivery_ids,
       disputed, overdue, closed_short, closed_without_delivery, suspect_link, self_approved
FROM coverage_demand_rows(ARRAY(SELECT coverage_demand_marked()));

CREATE VIEW work_without_demand WITH (security_invoker = true) AS
SELECT key, flag, resolution_id, paragraph_id, mandate_id, activity_id, item_id,
       planned_on, started_on, delivered_on, evidenced_on, until
FROM coverage_keptwork
WHERE part NOT IN (SELECT coverage_work_marked())
UNION ALL
SELECT key, flag, resolution_id, paragraph_id, mandate_id, activity_id, item_id,
       planned_on, started_on, delivered_on, evidenced_on, until
FROM coverage_work_rows(ARRAY(SELECT coverage_work_marked()));


-- 3. Keeping. One at a time: of two that work out the same part, the later to commit might have seen
-- less. Returns how many parts were worked out; 0 when another is at it.

CREATE FUNCTION coverage_keep() RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    seen record;
    demands bigint[];
    works bigint[];
    slice bigint[];
    today CONSTANT date := (now() AT TIME ZONE 'UTC')::date;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('coverage_keep')) THEN
        RETURN 0;
    END IF;
    SELECT * INTO seen FROM coverage_waiting();
    DELETE FROM coverage_mark WHERE id = ANY (seen.marks);
    demands := ARRAY(
        SELECT part
        FROM coverage_demand_parts(seen.parts, seen.activities, seen.mandates) AS led (part)
        WHERE part IS NOT NULL
        UNION SELECT part FROM coverage_keptdemand WHERE stale_on <= today
    );
    works := ARRAY(
        SELECT part
        FROM coverage_work_parts(seen.parts, seen.activities, seen.mandates) AS led (part)
        WHERE part IS NOT NULL
        UNION SELECT part FROM coverage_keptwork WHERE stale_on <= today
    );
    -- A thousand at a time: an array is searched from its begin.
    FOR n IN 1 .. cardinality(demands) BY 1000 LOOP
        slice := demands[n:n + 999];
        DELETE FROM coverage_keptdemand WHERE part = ANY (slice);
        INSERT INTO coverage_keptdemand SELECT * FROM coverage_demand_rows(slice);
    END LOOP;
    FOR n IN 1 .. cardinality(works) BY 1000 LOOP
        slice := works[n:n + 999];
        DELETE FROM coverage_keptwork WHERE part = ANY (slice);
        INSERT INTO coverage_keptwork SELECT * FROM coverage_work_rows(slice);
    END LOOP;
    RETURN cardinality(demands) + cardinality(works);
END
$$;
