"""Applications to trade here, their papers and their reviews. Public schema: the merchant is born only when one is approved."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.texts import Localised, localised
from tenants.tenancy.models import Merchant


class Step(models.TextChoices):
    """The two reviews: who they are, then whether they may trade."""

    IDENTITY = "identity", _("Identity review")
    QUALIFICATION = "qualification", _("Qualification review")


class Decision(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("review", "Waiting")
    PASSED = "passed", pgettext_lazy("review", "Passed")
    MORE = "more", pgettext_lazy("review", "More is needed")
    REJECTED = "rejected", pgettext_lazy("review", "Rejected")


class Application(models.Model):
    """A business asks to open a shop (入驻). What it says of itself stays its dossier after the shop has opened."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("application", "Being written")
        SUBMITTED = "submitted", pgettext_lazy("application", "In review")
        RETURNED = "returned", pgettext_lazy("application", "More is needed")
        APPROVED = "approved", pgettext_lazy("application", "Approved")
        REJECTED = "rejected", pgettext_lazy("application", "Rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("application", "Withdrawn")

    class Kind(models.TextChoices):
        BRAND_OWNER = "brand_owner", _("Brand owner")
        MANUFACTURER = "manufacturer", _("Manufacturer")
        DISTRIBUTOR = "distributor", _("Distributor")
        RETAILER = "retailer", _("Retailer")
        SUPPLIER = "supplier", _("Supplier")

    WRITABLE: ClassVar = (Status.DRAFT, Status.RETURNED)
    OPEN: ClassVar = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=12)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    sells_many_brands = models.BooleanField(default=False)
    company = models.CharField(max_length=120, blank=True)
    licence_number = models.CharField(max_length=40, blank=True)
    representative = models.CharField(max_length=60, blank=True)  # who stands for the company by law
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)  # E.164
    contact_email = models.EmailField(blank=True)
    names = models.JSONField(default=dict)  # of the shop, by language
    slug = models.CharField(max_length=40, blank=True)
    about = models.CharField(max_length=500, blank=True)  # what it will sell
    identity = models.CharField(max_length=10, choices=Decision.choices, default=Decision.WAITING)
    qualification = models.CharField(max_length=10, choices=Decision.choices, default=Decision.WAITING)
    merchant = models.OneToOneField(Merchant, null=True, on_delete=models.PROTECT, related_name="application")
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["applicant"], condition=Q(status__in=["draft", "submitted", "returned"]), name="one_open_application_per_person"),
            models.UniqueConstraint(fields=["slug"], condition=Q(status__in=["submitted", "returned"]), name="one_open_application_per_slug"),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(merchant__isnull=False, identity="passed", qualification="passed"), name="approved_is_reviewed"
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="application_newest")]

    @property
    def localised_name(self) -> Localised:
        return localised(self.names)

    @property
    def next_step(self) -> Step | None:
        """The review that is due now; qualification comes after identity."""
        if self.status != self.Status.SUBMITTED:
            return None
        return Step.IDENTITY if self.identity != Decision.PASSED else Step.QUALIFICATION


class Paper(models.Model):
    """A document handed in with an application: a private file, kept as it was cleaned, never public."""

    class Kind(models.TextChoices):
        LICENCE = "licence", _("Business licence")
        IDENTITY = "identity", _("Identity of the representative")
        BRAND = "brand", _("Brand or trade mark papers")
        OTHER = "other", pgettext_lazy("paper", "Something else")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=120)  # path among the private papers of the public schema
    name = models.CharField(max_length=120)  # as the applicant called the file
    content_type = models.CharField(max_length=40)
    size = models.IntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["application", "added_at"], name="papers_of_application")]


class Review(models.Model):
    """One decision over one step, with its reason. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="reviews")
    step = models.CharField(max_length=14, choices=Step.choices)
    decision = models.CharField(max_length=10, choices=Decision.choices)
    reason = models.CharField(max_length=500, blank=True)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["application", "at"], name="reviews_of_application")]
