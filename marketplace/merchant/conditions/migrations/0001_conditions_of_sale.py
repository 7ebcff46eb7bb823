import django.db.models.deletion
import marketplace.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('merchant_catalogue', '0004_refused_and_notes'),
    ]

    operations = [
        migrations.CreateModel(
            name='SaleCondition',
            fields=[
                ('id', models.UUIDField(default=marketplace.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('off_at', models.IntegerField(null=True)),
                ('on_at', models.IntegerField(null=True)),
                ('waits_for_stock', models.BooleanField(default=False)),
                ('taken_off_at', models.DateTimeField(null=True)),
                ('left', models.IntegerField(null=True)),
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='condition', to='merchant_catalogue.product')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('taken_off_at__isnull', False)), fields=['taken_off_at'], name='condition_took_off')],
                'constraints': [models.CheckConstraint(condition=models.Q(('off_at__isnull', False), ('waits_for_stock', True), _connector='OR'), name='a_condition_says_something'), models.CheckConstraint(condition=models.Q(('off_at', None), ('off_at__gte', 0), _connector='OR'), name='off_sale_at_zero_or_more'), models.CheckConstraint(condition=models.Q(('on_at', None), ('on_at__gt', models.F('off_at')), _connector='OR'), name='back_on_sale_above_where_it_goes_off'), models.CheckConstraint(condition=models.Q(('taken_off_at', None), ('off_at__isnull', False), _connector='OR'), name='only_a_level_takes_off')],
            },
        ),
    ]
