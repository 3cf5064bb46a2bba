"""Row security on every table that tells a request, from the file that explains it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("notifications", "0001_initial"),
        ("assistance", "0002_history"),
        ("coverage", "0002_views"),
        ("api", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.RunSQL(
            (SQL / "row_security.sql").read_text(encoding="utf-8"),
            (SQL / "row_security_off.sql").read_text(encoding="utf-8"),
        ),
    ]
