"""Reductions, price lists, times off sale, and which list made the price of a line."""

import django.db.models.deletion
import marketplace.kernel.clock
import marketplace.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('merchant_catalogue', '0003_reviewed_before'),
        ('merchant_pricing', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomerGroup',
            fields=[
                ('id', models.UUIDField(default=marketplace.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60, unique=True)),
                ('tags', models.JSONField(default=list)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='LinePrice',
            fields=[
                ('id', models.UUIDField(default=marketplace.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('order_id', models.UUIDField()),
                ('order_line_id', models.UUIDField(unique=True)),
                ('price_list_id', models.UUIDField(null=True)),
                ('reduction_id', models.UUIDField(null=True)),
                ('name', models.CharField(max_length=80)),
                ('from_quantity', models.IntegerField(default=1)),
                ('currency', models.CharField(max_length=3)),
                ('ordinary_minor', models.BigIntegerField(null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='ListBuyer',
            fields=[
                ('id', models.UUIDField(default=marketplace.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('user_id', models.UUIDField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='OffSale',
            fields=[
                ('id', models.UUIDField(default=marketplace.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('starts_at', models.DateTimeField(default=marketplace.kernel.clock.now)),
                ('ends_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='PriceList',
            fields=[
                ('id', models.UUIDField(default=marketplace.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60, unique=True)),
                ('position', models.IntegerField()),
                ('for_everybody', models.BooleanField(default=False)),
                ('currency', models.CharField(max_length=3)),
                ('channel', models.CharField(default='market', max_length=20)),
                ('is_on', models.BooleanField(default=True)),
                ('starts_at', models.DateTimeField(null=True)),
                ('ends_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=marketplace.kernel.clock.now)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Reduction',
            fields=[
                ('id', models.UUIDField(default=marketplace.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('percent', models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('planned_by', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(default=marketplace.kernel.clock.now)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='ReductionLine',
            fields=[
                ('id', models.UUIDField(default=marketplace.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3)),
                ('sale_minor', models.BigIntegerField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.RemoveConstraint(
            model_name='price',
            name='one_price_in_force',
        ),
        migrations.AddField(
            model_name='price',
            name='from_quantity',
            field=models.IntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='price',
            name='is_reduction',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name='lineprice',
            index=models.Index(fields=['order_id'], name='line_price_of_order'),
        ),
        migrations.AddField(
            model_name='offsale',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='merchant_catalogue.product'),
        ),
        migrations.AddField(
            model_name='pricelist',
            name='group',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lists', to='merchant_pricing.customergroup'),
        ),
        migrations.AddField(
            model_name='listbuyer',
            name='price_list',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='buyers', to='merchant_pricing.pricelist'),
        ),
        migrations.AddField(
            model_name='price',
            name='price_list',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='merchant_pricing.pricelist'),
        ),
        migrations.AddIndex(
            model_name='reduction',
            index=models.Index(fields=['-starts_at', '-id'], name='reduction_newest'),
        ),
        migrations.AddConstraint(
            model_name='reduction',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='reduction_ends_after_it_starts'),
        ),
        migrations.AddField(
            model_name='price',
            name='reduction',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='merchant_pricing.reduction'),
        ),
        migrations.AddConstraint(
            model_name='price',
            constraint=models.CheckConstraint(condition=models.Q(('from_quantity__range', (1, 999))), name='price_from_1_to_999'),
        ),
        migrations.AddConstraint(
            model_name='price',
            constraint=models.CheckConstraint(condition=models.Q(('is_reduction', False), ('price_list', None), _connector='OR'), name='a_list_knows_no_reductions'),
        ),
        migrations.AddField(
            model_name='reductionline',
            name='reduction',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='merchant_pricing.reduction'),
        ),
        migrations.AddField(
            model_name='reductionline',
            name='variant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='merchant_catalogue.variant'),
        ),
        migrations.AddIndex(
            model_name='pricelist',
            index=models.Index(fields=['position', 'id'], name='price_list_order'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at', None), ('ends_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='price_list_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='pricelist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('for_everybody', True), ('group', None)), models.Q(('for_everybody', False), ('group__isnull', False)), _connector='OR'), name='price_list_is_for_somebody'),
        ),
        migrations.AddConstraint(
            model_name='listbuyer',
            constraint=models.UniqueConstraint(fields=('price_list', 'user_id'), name='one_buyer_of_a_list'),
        ),
        migrations.AddConstraint(
            model_name='reductionline',
            constraint=models.UniqueConstraint(fields=('reduction', 'variant'), name='a_variant_once_in_a_reduction'),
        ),
        migrations.AddConstraint(
            model_name='reductionline',
            constraint=models.CheckConstraint(condition=models.Q(('sale_minor__gt', 0)), name='reduced_price_above_zero'),
        ),
    ]
