import django.db.models.deletion
from django.db import migrations, models

import marketplace.kernel.clock


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0006_dossiers_of_shops"), ("tenancy", "0003_life_of_a_shop")]

    operations = [
        migrations.CreateModel(
            name="SelfCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=30)),
                ("by_label", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("merchant", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="self_checks", to="tenancy.merchant")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("merchant", "code"), name="one_tick_an_item")]},
        ),
    ]
