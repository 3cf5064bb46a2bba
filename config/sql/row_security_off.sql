-- Takes row_security.sql back: every policy of ours, then the index and the functions they ask.

DO $$
DECLARE one record;
BEGIN
    FOR one IN
        SELECT schemaname, tablename, policyname FROM pg_policies
        WHERE schemaname = 'public' AND policyname IN ('viewer', 'written_by_all')
    LOOP
        EXECUTE format('DROP POLICY %I ON %I.%I', one.policyname, one.schemaname, one.tablename);
        EXECUTE format('ALTER TABLE %I.%I DISABLE ROW LEVEL SECURITY', one.schemaname, one.tablename);
    END LOOP;
END $$;

DROP INDEX activity_public;

DROP FUNCTION activities_of_viewer(), public_activities(), deliveries_of_viewer(),
    deliveries_to_viewer(), items_of_viewer(), requests_of_viewer(), requests_naming_viewer(), viewer_countries(),
    viewer_organisations(), viewer_person(), viewer_sees_all(), viewer_begins(bigint, boolean);
