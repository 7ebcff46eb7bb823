"""What the market knows of a shop's business, and changes of it. Public schema."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from tenants.tenancy.models import Merchant


class SellerKind(models.TextChoices):
    BRAND_OWNER = "brand_owner", _("Brand owner")
    MANUFACTURER = "manufacturer", _("Manufacturer")
    DISTRIBUTOR = "distributor", _("Distributor")
    RETAILER = "retailer", _("Retailer")
    SUPPLIER = "supplier", _("Supplier")


class Dossier(models.Model):
    """What the market knows of a shop's business, as it was reviewed: begun with its application, or empty for a shop opened by hand."""

    FIELDS: ClassVar = (
        "kind",
        "sells_many_brands",
        "company",
        "licence_number",
        "representative",
        "belongs_to",
        "contact_name",
        "contact_phone",
        "contact_email",
        "service_phone",
        "service_address",
        "names",
        "about",
        "brands",
        "origins",
    )

    merchant = models.OneToOneField(Merchant, primary_key=True, on_delete=models.PROTECT, related_name="dossier")
    kind = models.CharField(max_length=12, choices=SellerKind.choices, blank=True)  # "" where nobody has said it
    sells_many_brands = models.BooleanField(default=False)
    company = models.CharField(max_length=120, blank=True)
    licence_number = models.CharField(max_length=40, blank=True)
    representative = models.CharField(max_length=60, blank=True)
    belongs_to = models.CharField(max_length=120, blank=True)
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    contact_email = models.EmailField(blank=True)
    service_phone = models.CharField(max_length=20, blank=True)
    service_address = models.CharField(max_length=200, blank=True)
    names = models.JSONField(default=dict)  # of the shop, by language; the merchant's own are what buyers read
    about = models.CharField(max_length=500, blank=True)
    brands = models.JSONField(default=list)
    origins = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    @property
    def is_complete(self) -> bool:
        """Whether it says with whom a contract would be made."""
        return bool(self.company and self.licence_number and self.representative)


class DossierChange(models.Model):
    """Changes of a dossier as a shop hands them in; what is in the dossier holds until they are approved."""

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("dossier change", "Waits for review")
        APPROVED = "approved", pgettext_lazy("dossier change", "Approved")
        REFUSED = "refused", pgettext_lazy("dossier change", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("dossier change", "Withdrawn")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="dossier_changes")
    before = models.JSONField()  # of the fields that change
    after = models.JSONField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    review_due = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)  # why it was refused; the shop reads it
    by_label = models.CharField(max_length=200)
    decided_label = models.CharField(max_length=200, blank=True)
    handed_in_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant"], condition=Q(status="waiting"), name="one_dossier_change_waits")]
        indexes = [models.Index(fields=["-handed_in_at", "-id"], name="dossier_change_newest")]


class SelfCheck(models.Model):
    """That a shop says of itself that it has done something which nothing can measure: a tick in its guide."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="self_checks")
    code = models.CharField(max_length=30)  # of an item of the guide
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "code"], name="one_tick_an_item")]
