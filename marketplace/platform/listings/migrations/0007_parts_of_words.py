"""The extension by which parts of a SKU are found; it comes with PostgreSQL and is trusted."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('platform_listings', '0006_reductions_on_cards'),
    ]

    operations = [
        migrations.RunSQL('CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public', migrations.RunSQL.noop),
    ]
