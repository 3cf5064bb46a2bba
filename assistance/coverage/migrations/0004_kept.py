"""Tables for the rows of the definition; the next migration has them read."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coverage", "0003_closings"),
        ("assistance", "0008_sheets_of_requests"),
        ("config", "0001_row_security"),
        ("directory", "0001_initial"),
        ("mandates", "0003_wordings"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptDemand",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                ("part", models.BigIntegerField(db_index=True)),
                ("stale_on", models.DateField(null=True)),
                ("kind", models.TextField()),
                ("resolution_id", models.BigIntegerField(db_index=True)),
                ("paragraph_id", models.BigIntegerField()),
                ("mandate_id", models.BigIntegerField(db_index=True)),
                ("item_id", models.BigIntegerField(null=True)),
                ("need_id", models.BigIntegerField(null=True)),
                ("round", models.IntegerField(null=True)),
                ("span_from", models.DateField()),
                ("span_to", models.DateField(null=True)),
                ("opened_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("ended_by", models.TextField()),
                ("planned_on", models.DateField(null=True)),
                ("started_on", models.DateField(null=True)),
                ("delivered_on", models.DateField(null=True)),
                ("evidenced_on", models.DateField(null=True)),
                (
                    "country_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "activity_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "delivery_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                ("disputed", models.BooleanField()),
                ("overdue", models.BooleanField()),
                ("closed_short", models.BooleanField()),
                ("closed_without_delivery", models.BooleanField()),
                ("suspect_link", models.BooleanField()),
                ("self_approved", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="KeptWork",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                ("part", models.BigIntegerField(db_index=True)),
                ("stale_on", models.DateField(null=True)),
                ("flag", models.TextField()),
                ("resolution_id", models.BigIntegerField(db_index=True, null=True)),
                ("paragraph_id", models.BigIntegerField(null=True)),
                ("mandate_id", models.BigIntegerField(db_index=True, null=True)),
                ("activity_id", models.BigIntegerField(null=True)),
                ("item_id", models.BigIntegerField(null=True)),
                ("planned_on", models.DateField(null=True)),
                ("started_on", models.DateField(null=True)),
                ("delivered_on", models.DateField(null=True)),
                ("evidenced_on", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.BigIntegerField(null=True)),
                ("activity_id", models.BigIntegerField(null=True)),
                ("mandate_id", models.BigIntegerField(null=True)),
            ],
        ),
    ]
