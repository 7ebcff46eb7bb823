from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cms_merchant", "0004_both_languages_beside_each_other")]

    operations = [
        migrations.RemoveField(
            model_name='shophome',
            name='body',
        ),
        migrations.RemoveField(
            model_name='shophome',
            name='body_en',
        ),
        migrations.RemoveField(
            model_name='shoppage',
            name='body',
        ),
        migrations.RemoveField(
            model_name='shoppage',
            name='body_en',
        ),
    ]
