"""What variants are told apart by stands beside the row where it is long: most questions do not read it."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0006_rules_and_searches")]

    operations = [
        migrations.AddField(
            model_name="searchdoc",
            name="options",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None), null=True, size=None
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE search_searchdoc ALTER options SET STORAGE EXTERNAL",
            "ALTER TABLE search_searchdoc ALTER options SET STORAGE EXTENDED",
        ),
    ]
