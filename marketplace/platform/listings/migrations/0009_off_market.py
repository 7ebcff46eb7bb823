import django.db.models.deletion
from django.db import migrations, models

# What is off sale at this moment: since when is not known, but since its last change at the latest.
NOW = """
    INSERT INTO platform_listings_offmarket (listing_id, starts_at)
    SELECT id, COALESCE(taken_off_at, changed_at) FROM platform_listings_listing WHERE NOT is_on_sale
"""


class Migration(migrations.Migration):

    dependencies = [
        ('platform_listings', '0008_taken_off'),
    ]

    operations = [
        migrations.CreateModel(
            name='OffMarket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='platform_listings.listing')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_at', None)), fields=('listing',), name='one_open_gap_a_listing')],
            },
        ),
        migrations.RunSQL(NOW, migrations.RunSQL.noop),
    ]
