"""Closed periods and their frozen rows, which UNODC alone reads."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import assistance.coverage.models


class Migration(migrations.Migration):
    dependencies = [
        ("coverage", "0002_views"),
        ("mandates", "0002_history"),
        ("config", "0001_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Closing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.DateField(verbose_name="first day")),
                ("last", models.DateField(verbose_name="last day")),
                ("definition", models.CharField(max_length=10)),
                ("sha256", models.CharField(max_length=64)),
                ("public", models.JSONField()),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("closed_at", models.DateTimeField(auto_now_add=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "resolution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closings",
                        to="mandates.resolution",
                    ),
                ),
            ],
            options={
                "ordering": ["-last", "-first", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ClosedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mandate", "Mandate"),
                            ("demand", "Demand"),
                            ("work", "Help without a recorded request"),
                        ],
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("status", models.CharField(max_length=15)),
                ("row", models.JSONField()),
                (
                    "closing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="coverage.closing",
                    ),
                ),
            ],
            options={
                "ordering": ["closing", "kind", "key"],
            },
        ),
        migrations.AddConstraint(
            model_name="closing",
            constraint=models.UniqueConstraint(
                fields=("resolution", "first", "last"),
                name="period_closed_once",
                violation_error_message="This period is closed already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="closing",
            constraint=models.CheckConstraint(
                condition=models.Q(("last__gte", models.F("first"))), name="closing_days_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="closing",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="closing_sha256"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="closing",
            trigger=pgtrigger.compiler.Trigger(
                name="frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table'"
                    ", TG_TABLE_NAME;",
                    hash="ff7b8f6543d4cb9fb2fdc5ca6aa014f71a27f6c4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_frozen_2a308",
                    table="coverage_closing",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="closedrow",
            constraint=models.UniqueConstraint(
                fields=("closing", "kind", "key"), name="closed_row_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="closedrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", assistance.coverage.models.RowKind)),
                name="closed_row_kind",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="closedrow",
            trigger=pgtrigger.compiler.Trigger(
                name="frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table'"
                    ", TG_TABLE_NAME;",
                    hash="7cdb839e2ab9bc0a62121d634316510b6d6d569d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_frozen_22e89",
                    table="coverage_closedrow",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(
            [
                "ALTER TABLE coverage_closedrow ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY viewer ON coverage_closedrow USING ((SELECT viewer_sees_all()))",
            ],
            [
                "DROP POLICY viewer ON coverage_closedrow",
                "ALTER TABLE coverage_closedrow DISABLE ROW LEVEL SECURITY",
            ],
        ),
    ]
