"""When a payout was let go. What is on its way or ended was; what waits, waits for two people from now on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("platform_ledger", "0003_first_day")]

    operations = [
        migrations.AddField("payout", "released_at", models.DateTimeField(null=True)),
        migrations.RunSQL(
            "UPDATE platform_ledger_payout SET released_at = coalesce(sent_at, created_at) WHERE status <> 'due'",
            migrations.RunSQL.noop,
        ),
    ]
