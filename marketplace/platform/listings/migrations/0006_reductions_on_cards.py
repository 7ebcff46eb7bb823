from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform_listings', '0005_words_and_rules'),
    ]

    operations = [
        migrations.AddField(
            model_name='listing',
            name='lowest_minor',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='listing',
            name='lowest_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='listing',
            name='reduced_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='listing',
            name='saved_percent',
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name='listing',
            index=models.Index(condition=models.Q(('lowest_minor__isnull', False)), fields=['merchant'], name='listing_reduced'),
        ),
    ]
