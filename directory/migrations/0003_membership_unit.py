import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_former_names")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                help_text="The unit of UNODC whose gaps the home page shows; all units when empty.",
                limit_choices_to={"kind": "unit"},
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.entity",
                verbose_name="unit",
            ),
        ),
    ]
