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
-- `part` is one of demands; an activity stands for the items and mandates it is linked to, a mandate
-- for its needs and the items linked to it. Links are looked up when the mark is read: one that was
-- taken away has left a mark of its own.

DO $marks$
DECLARE
    of_requests CONSTANT text := 'SELECT i.id, NULL::bigint, NULL::bigint FROM changed c '
        'JOIN assistance_requestitem i ON i.request_id = c.';
    of_deliveries CONSTANT text := 'SELECT NULL::bigint, d.activity_id, NULL::bigint FROM changed c '
        'JOIN assistance_delivery d ON d.id = c.delivery_id';
    cause record;
    happened record;
BEGIN
    FOR cause IN SELECT * FROM (VALUES
        ('assistance_assistancerequest', of_requests || 'id'),
        ('assistance_requeststate', of_requests || 'request_id'),
        ('assistance_requestitem', 'SELECT c.id, NULL::bigint, NULL::bigint FROM changed c'),
        ('assistance_itemmandate', 'SELECT c.item_id, NULL::bigint, NULL::bigint FROM changed c'),
        ('assistance_activityitem', 'SELECT c.item_id, c.activity_id, NULL::bigint FROM changed c'),
        ('assistance_deliveryitem',
         'SELECT c.item_id, d.activity_id, NULL::bigint FROM changed c '
         'LEFT JOIN assistance_delivery d ON d.id = c.delivery_id'),
        ('assistance_deliveryneed',
         'SELECT -n.mandate_id, d.activity_id, NULL::bigint FROM changed c '
         'LEFT JOIN assistance_delivery d ON d.id = c.delivery_id '
         'LEFT JOIN mandates_need n ON n.id = c.need_id'),
        ('assistance_delivery', 'SELECT NULL::bigint, c.activity_id, NULL::bigint FROM changed c'),
        ('assistance_approval',
         'SELECT NULL::bigint, COALESCE(c.activity_id, d.activity_id), NULL::bigint FROM changed c '
         'LEFT JOIN assistance_delivery d ON d.id = c.delivery_id'),
        ('assistance_evidence', of_deliveries),
        ('assistance_reply', of_deliveries),
        ('assistance_activity', 'SELECT NULL::bigint, c.id, NULL::bigint FROM changed c'),
        ('assistance_activitymandate',
         'SELECT -c.mandate_id, c.activity_id, NULL::bigint FROM changed c'),
        ('mandates_need', 'SELECT -c.mandate_id, NULL::bigint, NULL::bigint FROM changed c'),
        ('mandates_facet', 'SELECT NULL::bigint, NULL::bigint, c.mandate_id FROM changed c'),
        ('mandates_mandate', 'SELECT NULL::bigint, NULL::bigint, c.id FROM changed c'),
        ('mandates_paragraph',
         'SELECT NULL::bigint, NULL::bigint, m.id FROM changed c '
         'JOIN mandates_mandate m ON m.paragraph_id = c.id'),
        ('mandates_resolution',
         'SELECT NULL::bigint, NULL::bigint, m.id FROM changed c '
         'JOIN mandates_paragraph p ON p.resolution_id = c.id '
         'JOIN mandates_mandate m ON m.paragraph_id = p.id'),
        ('directory_entity',
         'SELECT NULL::bigint, NULL::bigint, f.mandate_id FROM changed c '
         'JOIN mandates_facet f ON f.entity_id = c.id')
    ) AS causes (source, leads_to)
    LOOP
        -- With the owner's rights: a State that replies does not read what the reply counts for.
        EXECUTE format(
            'CREATE FUNCTION %I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER '
            'SET search_path = public, pg_temp AS $f$ BEGIN '
            'INSERT INTO coverage_mark (part, activity_id, mandate_id) '
            'SELECT DISTINCT * FROM (%s) AS led; RETURN NULL; END $f$',
            'coverage_marks_' || cause.source, cause.leads_to
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
    INSERT INTO coverage_mark (part) SELECT id FROM assistance_requestitem;
    INSERT INTO coverage_mark (activity_id) SELECT id FROM assistance_activity;
    INSERT INTO coverage_mark (mandate_id) SELECT id FROM mandates_mandate;
    INSERT INTO coverage_mark (part) SELECT DISTINCT part FROM coverage_keptdemand;
    INSERT INTO coverage_mark (part) SELECT DISTINCT -part FROM coverage_keptwork WHERE part < 0;
    INSERT INTO coverage_mark (activity_id)
        SELECT DISTINCT part FROM coverage_keptwork WHERE part > 0;
$$;


-- 2. What marks lead to.

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

CREATE FUNCTION coverage_waiting(
    OUT parts bigint[], OUT activities bigint[], OUT mandates bigint[]
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT array_agg(DISTINCT part), array_agg(DISTINCT activity_id), array_agg(DISTINCT mandate_id)
    FROM coverage_mark
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
    WITH gone AS (DELETE FROM coverage_mark RETURNING part, activity_id, mandate_id)
    SELECT array_agg(DISTINCT part) AS parts, array_agg(DISTINCT activity_id) AS activities,
           array_agg(DISTINCT mandate_id) AS mandates
    INTO seen
    FROM gone;
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
