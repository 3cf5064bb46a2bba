-- Takes away what kept.sql made, as far as it is there, and the definitions.

DO $marks$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.proname LIKE 'coverage\_marks\_%' AND p.pronamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', made.name);  -- with its triggers
    END LOOP;
END
$marks$;

DROP VIEW IF EXISTS work_without_demand, work_without_demand_defined, coverage_demand,
    coverage_demand_defined, approved_delivery;
DROP FUNCTION IF EXISTS coverage_keep, coverage_mark_all, coverage_demand_rows,
    coverage_work_rows, coverage_demand_marked, coverage_work_marked, coverage_waiting,
    coverage_demand_parts, coverage_work_parts;
DROP INDEX IF EXISTS keptdemand_stale, keptwork_stale, keptdemand_activities;
DROP POLICY IF EXISTS viewer ON coverage_keptdemand;
DROP POLICY IF EXISTS viewer ON coverage_keptwork;
DROP POLICY IF EXISTS viewer ON coverage_mark;
