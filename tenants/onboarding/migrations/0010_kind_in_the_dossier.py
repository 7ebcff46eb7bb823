from django.db import migrations, models

KINDS = [("brand_owner", "Brand owner"), ("manufacturer", "Manufacturer"), ("distributor", "Distributor"), ("retailer", "Retailer"), ("supplier", "Supplier")]


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0009_self_assessments")]

    operations = [
        migrations.AddField(model_name="dossier", name="kind", field=models.CharField(blank=True, choices=KINDS, max_length=12)),
        migrations.AddField(model_name="dossier", name="sells_many_brands", field=models.BooleanField(default=False)),
    ]
