"""The views of the definition, from the files that explain them."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("coverage", "0001_initial"),
        ("assistance", "0001_initial"),
        ("mandates", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            (SQL / "coverage_demand.sql").read_text(encoding="utf-8"),
            "DROP VIEW coverage_demand",
        ),
        migrations.RunSQL(
            (SQL / "work_without_demand.sql").read_text(encoding="utf-8"),
            "DROP VIEW work_without_demand",
        ),
    ]
