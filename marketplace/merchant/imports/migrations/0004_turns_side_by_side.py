from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

RUNNING = "UPDATE merchant_imports_productimport SET open_turns = ARRAY[turn] WHERE status IN ('checking', 'applying', 'undoing')"


class Migration(migrations.Migration):
    dependencies = [("merchant_imports", "0003_imports_are_cleared")]

    operations = [
        migrations.AddField("productimport", "open_turns", ArrayField(models.IntegerField(), default=list, db_default=models.Value([], ArrayField(models.IntegerField())))),
        migrations.RunSQL(RUNNING, migrations.RunSQL.noop),
    ]
