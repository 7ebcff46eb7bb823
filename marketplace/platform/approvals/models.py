"""What somebody asked for and a second person decides over. Public schema."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import Money
from tenants.tenancy.models import Merchant


class ApprovalRequest(models.Model):
    """An order to be carried out exactly as it stands here, once another person agrees. Which kinds there are: flows/approval_kinds.py."""

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("request", "Waiting for a second person")
        APPROVED = "approved", pgettext_lazy("request", "Approved and done")
        REFUSED = "refused", pgettext_lazy("request", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")
        EXPIRED = "expired", pgettext_lazy("request", "Expired")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=80)
    merchant = models.ForeignKey(Merchant, null=True, on_delete=models.PROTECT, related_name="+")
    order = models.JSONField()  # what the verb of the kind is given; never changed
    before = models.JSONField()  # how it stood when it was asked for; if it stands otherwise, the request can only be refused
    after = models.JSONField()
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    why = models.CharField(max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_label = models.CharField(max_length=200)
    asked_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_label = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=500, blank=True)  # the reason of whoever decided
    is_alone = models.BooleanField(default=False)  # below the limit up to which one person suffices
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id"], condition=Q(status="waiting"), name="one_request_waits_per_subject"),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(is_alone=True, decided_by=F("asked_by")) | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="approved_by_another_person",
            ),
            models.CheckConstraint(condition=Q(is_alone=False) | Q(status="approved", amount_minor__isnull=False), name="alone_only_with_an_amount"),
        ]
        indexes = [
            models.Index(fields=["-asked_at", "-id"], name="request_newest"),
            models.Index(fields=["asked_at"], name="request_waiting", condition=Q(status="waiting")),
            models.Index(fields=["merchant", "-asked_at"], name="request_by_merchant"),
        ]

    @property
    def amount(self) -> Money | None:
        return None if self.amount_minor is None else Money(self.amount_minor, self.currency)


class ApprovalLimit(models.Model):
    """How much of a kind one person may do alone within a day, all persons together. Without a row: nothing."""

    kind = models.CharField(primary_key=True, max_length=30)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gte=0), name="limit_from_zero")]
