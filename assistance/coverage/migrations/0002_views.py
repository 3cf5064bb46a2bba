"""The views of the definition, from the files that explain them."""

from django.db import migrations

from assistance.coverage.migrations._views import NO_VIEWS, NOT_KEPT


class Migration(migrations.Migration):
    dependencies = [
        ("coverage", "0001_initial"),
        ("assistance", "0001_initial"),
        ("mandates", "0001_initial"),
    ]

    operations = [migrations.RunSQL([*NOT_KEPT], [*NO_VIEWS])]
