"""Who was let in before passed what was asked then; what was said in the application begins the dossier."""

from django.db import migrations, models

SAID = ("company", "licence_number", "representative", "contact_name", "contact_phone", "contact_email", "names", "about")


def carry_over(apps, schema_editor):
    application, dossier = apps.get_model("onboarding", "Application"), apps.get_model("onboarding", "Dossier")
    merchant = apps.get_model("tenancy", "Merchant")
    approved = application.objects.filter(status="approved")
    approved.update(basics="passed")
    said = {row["merchant_id"]: row for row in approved.values("merchant_id", *SAID)}
    rows = []
    for pk, names, email in merchant.objects.values_list("pk", "names", "contact_email"):
        known = {name: value for name, value in said.get(pk, {}).items() if name != "merchant_id"}
        rows.append(dossier(merchant_id=pk, **({"contact_email": email} | known | {"names": names})))
    dossier.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0005_basics_and_dossiers")]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(condition=models.Q(models.Q(("status", "approved"), _negated=True), models.Q(("basics", "passed"), ("identity", "passed"), ("merchant__isnull", False), ("qualification", "passed")), _connector="OR"), name="approved_is_reviewed"),
        ),
    ]
