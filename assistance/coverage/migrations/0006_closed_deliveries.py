"""Closings keep the deliveries of their period too; those made before say that they do not."""

from django.db import migrations, models

from assistance.coverage.models import RowKind


class Migration(migrations.Migration):
    dependencies = [("coverage", "0005_marks")]

    operations = [
        migrations.AddField(
            model_name="closing",
            name="keeps_deliveries",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.AlterField(
            model_name="closedrow",
            name="kind",
            field=models.CharField(
                choices=[
                    ("mandate", "Mandate"),
                    ("demand", "Demand"),
                    ("work", "Help without a recorded request"),
                    ("delivery", "Delivery"),
                ],
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(model_name="closedrow", name="closed_row_kind"),
        migrations.AddConstraint(
            model_name="closedrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", RowKind)), name="closed_row_kind"
            ),
        ),
    ]
