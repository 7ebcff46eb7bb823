"""Tables every other part stands on, all in the public schema."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id


class OutboxEvent(models.Model):
    """A fact, stored in the transaction of the change it reports. Never edited; the relay fans it out to deliveries."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    topic = models.CharField(max_length=60)
    merchant_id = models.UUIDField(null=True)
    body = models.JSONField()
    locale = models.CharField(max_length=12)
    request_id = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)
    fanned_out_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], name="outbox_waiting", condition=Q(fanned_out_at=None))]


class Delivery(models.Model):
    """One reaction to one event: the effect is keyed by this pair, so it happens once."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        DEAD = "dead", _("Given up")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    reaction = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    attempts = models.IntegerField(default=0)  # how often a worker began
    # Next moment at which the relay may send it (again): pushed ahead with every sending and every failure.
    due_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)  # set while it is with the broker or a worker
    # Until then a worker has an outward reaction in hand.
    claimed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "reaction"], name="one_effect_per_event_and_reaction")]
        indexes = [models.Index(fields=["due_at", "id"], name="delivery_waiting", condition=Q(status="waiting"))]


class DeadLetter(models.Model):
    """A delivery that was given up, with what is needed to understand it; `manage.py replay_dead_letters` sends it again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="dead_letters")
    error = models.TextField()
    attempts = models.IntegerField()
    at = models.DateTimeField(default=clock.now)
    replayed_at = models.DateTimeField(null=True)


class Deadline(models.Model):
    """A moment by which a waiting state ends by itself. Its kind names the default outcome (config/subscriptions.py)."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        FIRED = "fired", _("Reached")
        MET = "met", _("No longer needed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    merchant_id = models.UUIDField(null=True)
    subject_id = models.UUIDField()
    due_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id"], condition=Q(status="waiting"), name="one_waiting_deadline_per_subject")]
        indexes = [models.Index(fields=["due_at"], name="deadline_waiting", condition=Q(status="waiting"))]


class IdempotencyKey(models.Model):
    """That a request with this key was accepted, what it asked (as a hash) and what it made."""

    id = models.BigAutoField(primary_key=True)
    scope = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="one_use_per_idempotency_key")]


# The transaction that wrote the row, as the server counts them; the server itself fills it in.
THIS_TRANSACTION = models.Func(template="(pg_current_xact_id()::text::bigint)", output_field=models.BigIntegerField())


class AuditEvent(models.Model):
    """Who did what to what, before, after, why. Rows are only ever added (a trigger refuses the rest).

    With a merchant it belongs to the shop's log, without one to the market's. `tx` is how the sealer (sealing.py) finds new rows.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=clock.now)
    merchant_id = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200, blank=True)
    on_behalf_of = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    why = models.TextField(blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=45, blank=True)
    tx = models.BigIntegerField(db_default=THIS_TRANSACTION, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["merchant_id", "-id"], name="audit_by_log"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_by_subject"),
            models.Index(fields=["tx", "id"], name="audit_by_transaction"),
        ]


class AuditSeal(models.Model):
    """Some rows of one log under one hash, which holds the hash of the log's seal before. Written by the sealer, only ever added.

    `log` is the merchant's key, of the market's log the key of nobody (sealing.MARKET). Numbers of a log are 1, 2, 3 without a gap.
    """

    id = models.BigAutoField(primary_key=True)
    log = models.UUIDField()
    number = models.BigIntegerField()
    previous = models.CharField(max_length=64, blank=True)  # the hash of the seal before; empty for the first
    hash = models.CharField(max_length=64)
    count = models.IntegerField()
    sealed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "number"], name="one_seal_a_number_and_log"),
            models.CheckConstraint(condition=Q(number__gte=1, count__gte=1), name="a_seal_has_a_number_and_rows"),
        ]


class AuditLink(models.Model):
    """That a row is under a seal, at which place there, with the digest of row and place. Written by the sealer, only ever added.

    It names the row by its key alone: when the row is gone, the link still says which it was.
    """

    event_id = models.UUIDField(primary_key=True, editable=False)
    seal = models.ForeignKey(AuditSeal, on_delete=models.PROTECT, related_name="links", db_index=False)
    position = models.IntegerField()  # 1 to the seal's count
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seal", "position"], name="one_link_a_place")]


class Sealer(models.Model):
    """How far sealing has come. One row: rows of transactions before `reached` of that cluster are all sealed, and all that was there at `at`."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    cluster = models.CharField(max_length=40, blank=True)  # the database server's own mark: another means that the data were restored elsewhere
    reached = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_sealer")]


class LogCheck(models.Model):
    """One run of the verifier over all logs, and what it found. Once it has ended it stays as it is (a trigger holds it)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    asked_by = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField(default=clock.now)
    beat_at = models.DateTimeField(null=True)  # the last sign of life of the worker that does it
    ended_at = models.DateTimeField(null=True)
    total = models.BigIntegerField(default=0)  # sealed rows when it began
    done = models.BigIntegerField(default=0)
    seals = models.BigIntegerField(default=0)
    rows_per_s = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)  # {kind of finding: how many}
    findings = models.JSONField(default=list)  # the first of them, as verifying.Finding
    heads = models.JSONField(default=dict)  # {log: [number, hash]} of each log's newest seal
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-began_at"], name="log_check_by_time")]

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def found(self) -> int:
        return sum(self.counts.values())

    @property
    def percent(self) -> int:
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def more(self) -> int:
        """Findings that were counted and not named."""
        return self.found - len(self.findings)


class Progress(models.Model):
    """How far a long job is, for people to see. One row a job; its name says which."""

    name = models.CharField(primary_key=True, max_length=80)
    done = models.IntegerField(default=0)
    total = models.IntegerField()
    failure = models.CharField(max_length=300, blank=True)
    began_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 100
