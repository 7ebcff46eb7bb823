"""A migration nobody rendered a snapshot for."""

from django.db import migrations


class Migration(migrations.Migration):
    operations: list = []
