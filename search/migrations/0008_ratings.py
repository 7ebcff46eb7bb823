"""What ranking knows of ratings stands in the row. Until a listing is indexed again it counts as one that nobody has rated."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0007_options")]

    operations = [
        migrations.AddField(model_name="searchdoc", name="rating", field=models.FloatField(db_default=0.75)),
        migrations.AddField(model_name="searchdoc", name="shop_score", field=models.FloatField(db_default=0.75)),
    ]
