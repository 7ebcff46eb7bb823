from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform_members', '0005_notes_and_doubles'),
    ]

    operations = [
        migrations.AddField(
            model_name='profile',
            name='personalised_since',
            field=models.DateTimeField(null=True),
        ),
    ]
