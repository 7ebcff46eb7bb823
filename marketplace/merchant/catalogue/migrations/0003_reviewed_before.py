"""What was on sale before there was a review has passed it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("merchant_catalogue", "0002_first_day")]

    operations = [
        migrations.RunSQL("UPDATE merchant_catalogue_product SET review = 'approved' WHERE status <> 'draft'", migrations.RunSQL.noop),
    ]
