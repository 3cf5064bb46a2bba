"""Row security says the same with less work, which is most of what a State's statements do.

An approval is of an activity or of a delivery, so that only one set of keys is worked out for it;
deliveries to the State itself are looked up once, not again by the requests they serve.
"""

from django.db import migrations

APPROVALS = """
ALTER POLICY viewer ON assistance_approval USING (
    (SELECT viewer_sees_all())
    OR CASE
        WHEN activity_id IS NULL THEN delivery_id IN (SELECT deliveries_of_viewer())
        ELSE activity_id IN (SELECT activities_of_viewer())
    END
)
"""
APPROVALS_BEFORE = """
ALTER POLICY viewer ON assistance_approval USING (
    (SELECT viewer_sees_all())
    OR activity_id IN (SELECT activities_of_viewer())
    OR delivery_id IN (SELECT deliveries_of_viewer())
)
"""
DELIVERIES = """
CREATE OR REPLACE FUNCTION deliveries_of_viewer() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = public, pg_temp AS $$
    SELECT deliveries_to_viewer()
    UNION
    SELECT d.id
    FROM assistance_requestitem i
    JOIN assistance_deliveryitem t ON t.item_id = i.id
    JOIN assistance_delivery d ON d.id = t.delivery_id
    JOIN assistance_requeststate s ON s.request_id = i.request_id AND s.country_id = d.country_id
    JOIN assistance_approval v ON v.delivery_id = d.id AND v.revision = d.revision
    WHERE i.request_id IN (SELECT requests_of_viewer()){more}
$$
"""
OF_OTHERS = """
      AND (s.country_id = ANY ((SELECT viewer_countries())::bigint[])) IS NOT TRUE"""


class Migration(migrations.Migration):
    dependencies = [("config", "0002_rows_of_unodc")]

    operations = [
        migrations.RunSQL(APPROVALS, APPROVALS_BEFORE),
        migrations.RunSQL(
            DELIVERIES.format(more=OF_OTHERS),
            DELIVERIES.format(more=""),
        ),
    ]
