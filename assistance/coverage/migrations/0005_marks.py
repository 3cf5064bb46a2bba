"""The views under the old names read the rows that are kept; a mark names the thing touched."""

from django.db import migrations, models
from django.db.models.functions import Now

from assistance.coverage.migrations._views import NOT_KEPT, text


class Migration(migrations.Migration):
    dependencies = [
        ("coverage", "0004_kept"),
        ("assistance", "0008_sheets_of_requests"),
        ("config", "0001_row_security"),
        ("directory", "0001_initial"),
        ("mandates", "0003_wordings"),
    ]

    operations = [
        migrations.RunSQL([text("kept_off"), "DELETE FROM coverage_mark"], [*NOT_KEPT]),
        migrations.RemoveField("mark", "part"),
        migrations.RemoveField("mark", "activity_id"),
        migrations.RemoveField("mark", "mandate_id"),
        migrations.AddField("mark", "kind", models.TextField(default=""), preserve_default=False),
        migrations.AddField(
            "mark", "thing", models.BigIntegerField(default=0), preserve_default=False
        ),
        migrations.AddField("mark", "made_at", models.DateTimeField(db_default=Now())),
        migrations.RunSQL(
            [
                text("kept"),
                text("delivery_defined"),
                text("demand_defined"),
                text("work_defined"),
                "SELECT coverage_mark_all()",
                "SELECT coverage_keep()",
            ],
            text("kept_off"),
        ),
    ]
