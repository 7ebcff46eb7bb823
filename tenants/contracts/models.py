"""Contracts of the market with its merchants, from templates in versions. Public schema."""

from __future__ import annotations

from base64 import b64encode
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.texts import Localised, localised
from tenants.onboarding.models import Application
from tenants.tenancy.models import Market, Merchant


class ContractTemplate(models.Model):
    """A version of the contract for one kind of seller, or for all others. A published one is never changed, only followed or retired."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("contract template", "Draft")
        PUBLISHED = "published", pgettext_lazy("contract template", "Published")
        RETIRED = "retired", pgettext_lazy("contract template", "No longer used")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=Application.Kind.choices, blank=True)  # "": all kinds without one of their own
    version = models.IntegerField(null=True)  # given when it is published; counted by kind
    texts = models.JSONField()  # language code → text with {placeholders}, paragraphs by empty lines
    months = models.SmallIntegerField(default=12)  # how long a contract runs
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    by_label = models.CharField(max_length=200)
    saved_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="one_version_of_a_template"),
            models.UniqueConstraint(fields=["kind"], condition=Q(status="draft"), name="one_draft_of_a_template"),
            models.UniqueConstraint(fields=["kind"], condition=Q(status="published"), name="one_published_template"),
            models.CheckConstraint(condition=Q(status="draft") | Q(version__isnull=False, published_at__isnull=False), name="published_template_has_a_version"),
            models.CheckConstraint(condition=Q(months__range=(1, 120)), name="contract_runs_up_to_10_years"),
        ]

    @property
    def text(self) -> Localised:
        return localised(self.texts)


class Contract(models.Model):
    """A contract as it was signed: its text with all values filled in, who signed for whom, and its term. Text and signatures never change."""

    class Status(models.TextChoices):
        SIGNED = "signed", pgettext_lazy("contract", "Waits for the market's signature")
        IN_FORCE = "in_force", pgettext_lazy("contract", "Signed by both")
        REFUSED = "refused", pgettext_lazy("contract", "Not signed by the market")
        ENDED = "ended", pgettext_lazy("contract", "Ended")

    OPEN = (Status.SIGNED, Status.IN_FORCE)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="contracts")
    template = models.ForeignKey(ContractTemplate, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=12)
    company = models.CharField(max_length=120)
    text = models.TextField()  # as both have read it
    text_sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SIGNED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # the first moment after it
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    signed_label = models.CharField(max_length=200)  # the account
    signed_name = models.CharField(max_length=60)
    signed_title = models.CharField(max_length=60)
    signed_at = models.DateTimeField(default=clock.now)
    signed_from = models.CharField(max_length=45)  # address of the network
    market_label = models.CharField(max_length=200, blank=True)
    market_name = models.CharField(max_length=60, blank=True)
    market_title = models.CharField(max_length=60, blank=True)
    market_signed_at = models.DateTimeField(null=True)
    market_signed_from = models.CharField(max_length=45, blank=True)
    note = models.CharField(max_length=500, blank=True)  # why the market did not sign; the merchant reads it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="contract_lasts"),
            models.UniqueConstraint(fields=["merchant"], condition=Q(status="signed"), name="one_contract_waits_for_the_market"),
            models.CheckConstraint(condition=~Q(status="in_force") | Q(market_signed_at__isnull=False), name="in_force_is_signed_by_both"),
        ]
        indexes = [
            models.Index(fields=["-signed_at", "-id"], name="contract_newest"),
            models.Index(fields=["merchant", "-signed_at"], name="contracts_of_merchant"),
            models.Index(fields=["ends_at"], condition=Q(status="in_force"), name="contract_ends"),
        ]

    @property
    def last_moment(self) -> datetime:
        return self.ends_at - timedelta(microseconds=1)

    @property
    def last_day(self) -> date:
        """In the market's zone."""
        return clock.day_of(self.last_moment, Market.objects.get().tz)

    def holds(self, at: datetime) -> bool:
        return self.status == self.Status.IN_FORCE and self.starts_at <= at < self.ends_at


class ContractPaper(models.Model):
    """A contract as PDF, made when somebody signed: the file among the private papers, and what it must still be when it is opened."""

    class Stage(models.TextChoices):
        MERCHANT = "merchant", pgettext_lazy("contract paper", "Signed by the merchant")
        BOTH = "both", pgettext_lazy("contract paper", "Signed by both")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="papers")
    stage = models.CharField(max_length=10, choices=Stage.choices)
    key = models.CharField(max_length=120)
    size = models.IntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    broken_at = models.DateTimeField(null=True)  # found to be missing or another than it was
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "stage"], name="one_paper_a_stage")]

    @property
    def digest(self) -> str:
        """As headers write it."""
        return b64encode(bytes.fromhex(self.sha256)).decode()
