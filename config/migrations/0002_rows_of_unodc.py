"""Row security on what UNODC says among itself: no State's session finds a row."""

from django.db import migrations

TABLES = (
    "assistance_internalnote",
    "assistance_sendback",
    "assistance_sheetupload",
    "assistance_sheetrow",
    "assistance_sheetkey",
)


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0001_row_security"),
        ("assistance", "0005_sheets"),
    ]

    operations = [
        migrations.RunSQL(
            [
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
                f"CREATE POLICY viewer ON {table} USING ((SELECT viewer_sees_all()))",
            ],
            [
                f"DROP POLICY viewer ON {table}",
                f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            ],
        )
        for table in TABLES
    ]
