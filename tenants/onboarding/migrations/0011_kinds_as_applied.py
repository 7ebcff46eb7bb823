"""What kind of seller a shop is was what its application said; from now on it is what its dossier says."""

from django.db import migrations


def carry_over(apps, schema_editor):
    dossier = apps.get_model("onboarding", "Dossier")
    for row in apps.get_model("onboarding", "Application").objects.filter(status="approved").exclude(merchant=None).iterator():
        dossier.objects.filter(merchant_id=row.merchant_id, kind="").update(kind=row.kind, sells_many_brands=row.sells_many_brands)


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0010_kind_in_the_dossier")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
