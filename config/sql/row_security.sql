-- Row security: the second wall between States, beside directory/policy.py.
--
-- The web and the worker connect as a role that owns no table, so that every statement of theirs
-- obeys the policies below; migrations and backups run as the owner, whom they do not bind.
--
-- Who looks is told once a request, before its first statement (config/postgresql/base.py), and
-- kept in four settings of the session. Where none is set, nothing of a request is there.
--
--   app.sees            'all' for people of UNODC and for the system itself, else ''
--   app.viewer          the person, for what was told to one person
--   app.organisations   the organisations a person speaks for: States and regional bodies
--   app.countries       the States among them
--
-- It mirrors `visible_to` of assistance/querysets.py for those outside UNODC; what a person of
-- UNODC may not read is the policy's matter alone. config/row_security.py says of every table what
-- is decided, and tests hold both together.
--
-- The functions are wrapped in sub-selects, so that a statement works each out once, whatever its
-- rows, and sets of keys are hashed. Those that look into guarded tables run with the owner's
-- rights: else each policy would ask another, without end.


-- Who looks.

CREATE FUNCTION viewer_begins(viewer bigint, is_system boolean) RETURNS void
LANGUAGE sql VOLATILE AS $$
    SELECT set_config('app.sees', CASE WHEN is_system OR bool_or(m.role IN (
               'programme_officer', 'manager', 'auditor', 'administrator'
           )) THEN 'all' ELSE '' END, false),
           set_config('app.viewer', COALESCE(max(u.id)::text, ''), false),
           set_config('app.organisations', COALESCE(array_agg(m.organisation_id) FILTER (
               WHERE m.role = 'regional_body'
                   OR (m.role = 'focal_point' AND o.country_id IS NOT NULL)
           )::text, ''), false),
           set_config('app.countries', COALESCE(array_agg(o.country_id) FILTER (
               WHERE m.role = 'focal_point' AND o.country_id IS NOT NULL
           )::text, ''), false)
    FROM directory_user u
    LEFT JOIN directory_membership m ON m.user_id = u.id AND m.ended_on IS NULL
    LEFT JOIN directory_organisation o ON o.id = m.organisation_id
    WHERE u.id = viewer AND u.is_active
$$;

CREATE FUNCTION viewer_sees_all() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT COALESCE(current_setting('app.sees', true) = 'all', false)
$$;

-- A setting of a transaction that was rolled back reads as '', not NULL.
CREATE FUNCTION viewer_person() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('app.viewer', true), '')::bigint
$$;

CREATE FUNCTION viewer_organisations() RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('app.organisations', true), '')::bigint[]
$$;

CREATE FUNCTION viewer_countries() RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('app.countries', true), '')::bigint[]
$$;


-- What a State or a regional body may know of.

-- Requests sent that name one of its States.
CREATE FUNCTION requests_naming_viewer() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = public, pg_temp AS $$
    SELECT q.id
    FROM assistance_requeststate s
    JOIN assistance_assistancerequest q ON q.id = s.request_id AND q.state <> 'draft'
    WHERE s.country_id = ANY ((SELECT viewer_countries())::bigint[])
$$;

-- Its own as well; a draft that an officer writes on its behalf is not there yet.
CREATE FUNCTION requests_of_viewer() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = public, pg_temp AS $$
    SELECT id FROM assistance_assistancerequest
    WHERE organisation_id = ANY ((SELECT viewer_organisations())::bigint[])
      AND (state <> 'draft' OR origin = 'portal')
    UNION
    SELECT requests_naming_viewer()
$$;

CREATE FUNCTION items_of_viewer() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = public, pg_temp AS $$
    SELECT id FROM assistance_requestitem WHERE request_id IN (SELECT requests_of_viewer())
$$;

-- Approved deliveries to its States.
CREATE FUNCTION deliveries_to_viewer() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = public, pg_temp AS $$
    SELECT d.id
    FROM assistance_delivery d
    JOIN assistance_approval v ON v.delivery_id = d.id AND v.revision = d.revision
    WHERE d.country_id = ANY ((SELECT viewer_countries())::bigint[])
$$;

-- Those that serve an item it may know of as well: one asked for with other States is served when
-- each of them is, so that its status takes the deliveries to all States of the request.
CREATE FUNCTION deliveries_of_viewer() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = public, pg_temp AS $$
    SELECT deliveries_to_viewer()
    UNION
    SELECT d.id
    FROM assistance_requestitem i
    JOIN assistance_deliveryitem t ON t.item_id = i.id
    JOIN assistance_delivery d ON d.id = t.delivery_id
    JOIN assistance_requeststate s ON s.request_id = i.request_id AND s.country_id = d.country_id
    JOIN assistance_approval v ON v.delivery_id = d.id AND v.revision = d.revision
    WHERE i.request_id IN (SELECT requests_of_viewer())
$$;

-- Approved activities that somebody made public; few, so that they have an index of their own.
CREATE INDEX activity_public ON assistance_activity (id) WHERE visibility = 'public';

CREATE FUNCTION public_activities() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = public, pg_temp AS $$
    SELECT id FROM assistance_activity a
    WHERE visibility = 'public'
      AND EXISTS (SELECT 1 FROM assistance_approval v WHERE v.activity_id = a.id)
$$;

-- Those whose deliveries it may know of, and approved ones that answer its items, as well.
CREATE FUNCTION activities_of_viewer() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = public, pg_temp AS $$
    SELECT public_activities()
    UNION
    SELECT activity_id FROM assistance_delivery WHERE id IN (SELECT deliveries_of_viewer())
    UNION
    SELECT l.activity_id FROM assistance_activityitem l
    WHERE l.state = 'confirmed' AND l.item_id IN (SELECT items_of_viewer())
      AND EXISTS (SELECT 1 FROM assistance_approval v WHERE v.activity_id = l.activity_id)
$$;


-- Requests. By the columns of the row, not by a set of keys: a row that is just being written is
-- in no set yet, and Django reads back what it writes.

ALTER TABLE assistance_assistancerequest ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_assistancerequest USING (
    (SELECT viewer_sees_all())
    OR (
        organisation_id = ANY ((SELECT viewer_organisations())::bigint[])
        AND (state <> 'draft' OR origin = 'portal')
    )
    OR (state <> 'draft' AND id IN (SELECT requests_naming_viewer()))
);

-- What stands below a request.

ALTER TABLE assistance_requeststate ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_requeststate USING (
    (SELECT viewer_sees_all()) OR request_id IN (SELECT requests_of_viewer())
);

ALTER TABLE assistance_requestitem ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_requestitem USING (
    (SELECT viewer_sees_all()) OR request_id IN (SELECT requests_of_viewer())
);

ALTER TABLE assistance_requestevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_requestevent USING (
    (SELECT viewer_sees_all()) OR request_id IN (SELECT requests_of_viewer())
);

ALTER TABLE assistance_message ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_message USING (
    (SELECT viewer_sees_all()) OR request_id IN (SELECT requests_of_viewer())
);

ALTER TABLE assistance_attachment ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_attachment USING (
    (SELECT viewer_sees_all()) OR request_id IN (SELECT requests_of_viewer())
);

-- What stands below an item.

ALTER TABLE assistance_requestitem_themes ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_requestitem_themes USING (
    (SELECT viewer_sees_all()) OR requestitem_id IN (SELECT items_of_viewer())
);

ALTER TABLE assistance_itemmandate ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_itemmandate USING (
    (SELECT viewer_sees_all()) OR item_id IN (SELECT items_of_viewer())
);

ALTER TABLE assistance_activityitem ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_activityitem USING (
    (SELECT viewer_sees_all()) OR item_id IN (SELECT items_of_viewer())
);

ALTER TABLE assistance_deliveryitem ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_deliveryitem USING (
    (SELECT viewer_sees_all()) OR item_id IN (SELECT items_of_viewer())
);

-- Demands as they were recorded: those of its items.
ALTER TABLE coverage_coveragerecord ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON coverage_coveragerecord USING (
    (SELECT viewer_sees_all()) OR ("row" ->> 'item_id')::bigint IN (SELECT items_of_viewer())
);

-- Activities and deliveries, which tell who asked by whom they reach.

ALTER TABLE assistance_activity ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_activity USING (
    (SELECT viewer_sees_all()) OR id IN (SELECT activities_of_viewer())
);

ALTER TABLE assistance_activitymandate ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_activitymandate USING (
    (SELECT viewer_sees_all()) OR activity_id IN (SELECT activities_of_viewer())
);

-- Of an activity with other States only its own name, unless the activity is public.
ALTER TABLE assistance_activity_countries ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_activity_countries USING (
    (SELECT viewer_sees_all())
    OR (
        country_id = ANY ((SELECT viewer_countries())::bigint[])
        AND activity_id IN (SELECT activities_of_viewer())
    )
    OR activity_id IN (SELECT public_activities())
);

ALTER TABLE assistance_delivery ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_delivery USING (
    (SELECT viewer_sees_all()) OR id IN (SELECT deliveries_of_viewer())
);

ALTER TABLE assistance_deliveryneed ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_deliveryneed USING (
    (SELECT viewer_sees_all()) OR delivery_id IN (SELECT deliveries_of_viewer())
);

ALTER TABLE assistance_approval ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_approval USING (
    (SELECT viewer_sees_all())
    OR activity_id IN (SELECT activities_of_viewer())
    OR delivery_id IN (SELECT deliveries_of_viewer())
);

ALTER TABLE assistance_evidence ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_evidence USING (
    (SELECT viewer_sees_all())
    OR (verified_at IS NOT NULL AND delivery_id IN (SELECT deliveries_of_viewer()))
);

ALTER TABLE assistance_reply ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_reply USING (
    (SELECT viewer_sees_all()) OR delivery_id IN (SELECT deliveries_of_viewer())
);

-- What was told to one person, and answered to one system. Anybody may tell somebody something.

ALTER TABLE notifications_outboxmessage ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON notifications_outboxmessage USING (
    (SELECT viewer_sees_all()) OR recipient_id = (SELECT viewer_person())
);
CREATE POLICY written_by_all ON notifications_outboxmessage FOR INSERT WITH CHECK (true);

ALTER TABLE api_idempotencykey ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON api_idempotencykey USING (
    (SELECT viewer_sees_all()) OR user_id = (SELECT viewer_person())
);

-- History follows what it is the history of. Triggers write it, whoever makes the change.

ALTER TABLE assistance_assistancerequestevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_assistancerequestevent USING (
    (SELECT viewer_sees_all()) OR pgh_obj_id IN (SELECT requests_of_viewer())
);
CREATE POLICY written_by_all ON assistance_assistancerequestevent FOR INSERT WITH CHECK (true);

ALTER TABLE assistance_requestitemevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_requestitemevent USING (
    (SELECT viewer_sees_all()) OR request_id IN (SELECT requests_of_viewer())
);
CREATE POLICY written_by_all ON assistance_requestitemevent FOR INSERT WITH CHECK (true);

ALTER TABLE assistance_itemmandateevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_itemmandateevent USING (
    (SELECT viewer_sees_all()) OR item_id IN (SELECT items_of_viewer())
);
CREATE POLICY written_by_all ON assistance_itemmandateevent FOR INSERT WITH CHECK (true);

ALTER TABLE assistance_activityitemevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_activityitemevent USING (
    (SELECT viewer_sees_all()) OR item_id IN (SELECT items_of_viewer())
);
CREATE POLICY written_by_all ON assistance_activityitemevent FOR INSERT WITH CHECK (true);

ALTER TABLE assistance_deliveryitemevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_deliveryitemevent USING (
    (SELECT viewer_sees_all()) OR item_id IN (SELECT items_of_viewer())
);
CREATE POLICY written_by_all ON assistance_deliveryitemevent FOR INSERT WITH CHECK (true);

ALTER TABLE assistance_activityevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_activityevent USING (
    (SELECT viewer_sees_all()) OR pgh_obj_id IN (SELECT activities_of_viewer())
);
CREATE POLICY written_by_all ON assistance_activityevent FOR INSERT WITH CHECK (true);

ALTER TABLE assistance_activitymandateevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_activitymandateevent USING (
    (SELECT viewer_sees_all()) OR activity_id IN (SELECT activities_of_viewer())
);
CREATE POLICY written_by_all ON assistance_activitymandateevent FOR INSERT WITH CHECK (true);

ALTER TABLE assistance_deliveryevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_deliveryevent USING (
    (SELECT viewer_sees_all()) OR pgh_obj_id IN (SELECT deliveries_of_viewer())
);
CREATE POLICY written_by_all ON assistance_deliveryevent FOR INSERT WITH CHECK (true);

ALTER TABLE assistance_deliveryneedevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_deliveryneedevent USING (
    (SELECT viewer_sees_all()) OR delivery_id IN (SELECT deliveries_of_viewer())
);
CREATE POLICY written_by_all ON assistance_deliveryneedevent FOR INSERT WITH CHECK (true);

ALTER TABLE assistance_evidenceevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_evidenceevent USING (
    (SELECT viewer_sees_all())
    OR (verified_at IS NOT NULL AND delivery_id IN (SELECT deliveries_of_viewer()))
);
CREATE POLICY written_by_all ON assistance_evidenceevent FOR INSERT WITH CHECK (true);

ALTER TABLE assistance_replyevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON assistance_replyevent USING (
    (SELECT viewer_sees_all()) OR delivery_id IN (SELECT deliveries_of_viewer())
);
CREATE POLICY written_by_all ON assistance_replyevent FOR INSERT WITH CHECK (true);

-- Who wrote history at which address: only that of the change being made, which its triggers
-- write more than once.
ALTER TABLE pghistory_context ENABLE ROW LEVEL SECURITY;
CREATE POLICY viewer ON pghistory_context USING (
    (SELECT viewer_sees_all())
    OR id = (SELECT nullif(current_setting('pghistory.context_id', true), '')::uuid)
);
