"""The log is sealed: rows know their transaction, seals and links are only ever added, an ended check stays as it is."""

import django.db.models.deletion
from django.db import migrations, models

import marketplace.kernel.clock
import marketplace.kernel.ids

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
NOT_AFTER_THE_END = """
CREATE TRIGGER not_after_the_end BEFORE UPDATE ON kernel_logcheck
  FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_removed BEFORE DELETE ON kernel_logcheck FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON kernel_logcheck FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_first_day")]

    operations = [
        # One value for all rows that are there, kept in the catalogue: the table is not written anew.
        migrations.AddField(
            model_name="auditevent",
            name="tx",
            field=models.BigIntegerField(
                db_default=models.Func(output_field=models.BigIntegerField(), template="(pg_current_xact_id()::text::bigint)"), editable=False
            ),
        ),
        migrations.AddIndex(model_name="auditevent", index=models.Index(fields=["tx", "id"], name="audit_by_transaction")),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("log", models.UUIDField()),
                ("number", models.BigIntegerField()),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("count", models.IntegerField()),
                ("sealed_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("log", "number"), name="one_seal_a_number_and_log"),
                    models.CheckConstraint(condition=models.Q(("count__gte", 1), ("number__gte", 1)), name="a_seal_has_a_number_and_rows"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditLink",
            fields=[
                ("event_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "seal",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="links", to="kernel.auditseal"),
                ),
                ("position", models.IntegerField()),
                ("digest", models.BinaryField(max_length=32)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("seal", "position"), name="one_link_a_place")]},
        ),
        migrations.CreateModel(
            name="Sealer",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("cluster", models.CharField(blank=True, max_length=40)),
                ("reached", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField(default=marketplace.kernel.clock.now)),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_sealer")]},
        ),
        migrations.CreateModel(
            name="LogCheck",
            fields=[
                ("id", models.UUIDField(default=marketplace.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("asked_by", models.CharField(blank=True, max_length=200)),
                ("began_at", models.DateTimeField(default=marketplace.kernel.clock.now)),
                ("beat_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("total", models.BigIntegerField(default=0)),
                ("done", models.BigIntegerField(default=0)),
                ("seals", models.BigIntegerField(default=0)),
                ("rows_per_s", models.IntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("findings", models.JSONField(default=list)),
                ("heads", models.JSONField(default=dict)),
                ("failure", models.CharField(blank=True, max_length=300)),
            ],
            options={"indexes": [models.Index(fields=["-began_at"], name="log_check_by_time")]},
        ),
        migrations.RunSQL(
            APPEND_ONLY.format(table="kernel_auditseal") + APPEND_ONLY.format(table="kernel_auditlink") + NOT_AFTER_THE_END,
            migrations.RunSQL.noop,  # the triggers go with their tables
        ),
    ]
