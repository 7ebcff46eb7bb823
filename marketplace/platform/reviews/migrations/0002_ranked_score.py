"""What search ranks a shop's goods by stands beside its sums, as it was worked out from them until now: their mean with five ratings of four stars."""

from django.db import migrations, models

FILL = """
UPDATE platform_reviews_shopscore
SET ranked = round(((goods_sum + service_sum + delivery_sum)::numeric / 3 + 20) / (rating_count + 5), 1)
"""


class Migration(migrations.Migration):
    dependencies = [("platform_reviews", "0001_reviews_and_questions")]

    operations = [
        migrations.AddField(model_name="shopscore", name="ranked", field=models.FloatField(db_default=4, default=4)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
