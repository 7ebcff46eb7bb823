from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('merchant_pricing', '0003_periods_do_not_overlap'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='price',
            index=models.Index(condition=models.Q(('is_reduction', True)), fields=['variant'], name='reduced_price'),
        ),
        migrations.AddIndex(
            model_name='price',
            index=models.Index(condition=models.Q(('ends_at__isnull', False)), fields=['ends_at'], name='price_that_ends'),
        ),
    ]
