from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cms_platform", "0004_both_languages_beside_each_other")]

    operations = [
        migrations.RemoveField(
            model_name='markethome',
            name='body',
        ),
        migrations.RemoveField(
            model_name='markethome',
            name='body_en',
        ),
        migrations.RemoveField(
            model_name='marketpage',
            name='body',
        ),
        migrations.RemoveField(
            model_name='marketpage',
            name='body_en',
        ),
    ]
