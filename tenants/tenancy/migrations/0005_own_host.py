from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0004_end_of_a_shop")]

    operations = [
        migrations.AddField(model_name="merchant", name="own_host", field=models.CharField(blank=True, default="", max_length=253), preserve_default=False),
    ]
