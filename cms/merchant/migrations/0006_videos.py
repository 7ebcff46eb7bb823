import cms.merchant.models
import marketplace.kernel.clock
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cms_merchant", "0005_without_the_two_streams")]

    operations = [
        migrations.CreateModel(
            name="Video",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=255, verbose_name="Title")),
                ("file", models.FileField(upload_to=cms.merchant.models.place_of_video, verbose_name="File")),
                ("added_at", models.DateTimeField(default=marketplace.kernel.clock.now, editable=False, verbose_name="Added")),
            ],
            options={"verbose_name": "Video", "verbose_name_plural": "Videos", "ordering": ("-added_at", "-pk")},
        ),
    ]
