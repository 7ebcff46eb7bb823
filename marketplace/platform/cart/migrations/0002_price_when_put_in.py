from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform_cart', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='cartline',
            name='price_minor',
            field=models.BigIntegerField(null=True),
        ),
    ]
