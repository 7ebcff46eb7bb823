"""Public copies of reductions, planned prices and price lists; and what a constraint over periods needs."""

import django.db.models.deletion
import marketplace.kernel.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenancy', '0005_own_host'),
    ]

    operations = [
        # Part of PostgreSQL, and trusted: the owner of the database may create it. Here, because every merchant's schema is born after this.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='OfferedList',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('position', models.IntegerField()),
                ('is_on', models.BooleanField(default=True)),
                ('for_everybody', models.BooleanField(default=False)),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='OfferedListBuyer',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('user_id', models.UUIDField()),
                ('price_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='buyers', to='platform_prices.offeredlist')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('price_list', 'user_id'), name='one_row_per_buyer_of_list')],
            },
        ),
        migrations.CreateModel(
            name='OfferedPrice',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('product_id', models.UUIDField()),
                ('variant_id', models.UUIDField()),
                ('price_list_id', models.UUIDField(null=True)),
                ('from_quantity', models.IntegerField(default=1)),
                ('currency', models.CharField(max_length=3)),
                ('sale_minor', models.BigIntegerField()),
                ('market_minor', models.BigIntegerField(null=True)),
                ('is_reduction', models.BooleanField(default=False)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('lowest_minor', models.BigIntegerField(null=True)),
                ('lowest_since', models.DateTimeField(null=True)),
                ('copied_at', models.DateTimeField(default=marketplace.kernel.clock.now)),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.merchant')),
            ],
            options={
                'indexes': [models.Index(fields=['variant_id'], name='offered_price_of_variant'), models.Index(fields=['product_id'], name='offered_price_of_product'), models.Index(fields=['merchant', 'starts_at'], name='offered_price_starts'), models.Index(fields=['merchant', 'ends_at'], name='offered_price_ends')],
            },
        ),
    ]
