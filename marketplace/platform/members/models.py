"""What belongs to a consumer across all shops."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.money import money_of
from tenants.tenancy.models import Merchant


class Address(models.Model):
    """Where parcels go. An order keeps a copy of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    recipient = models.CharField(max_length=80)
    phone = models.CharField(max_length=20)  # E.164
    country = models.CharField(max_length=2, default="CN")
    region = models.CharField(max_length=12, blank=True)  # code of the smallest known division it lies in
    province = models.CharField(max_length=60)
    city = models.CharField(max_length=60)
    district = models.CharField(max_length=60, blank=True)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=12, blank=True)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], condition=models.Q(is_default=True), name="one_default_address")]

    def as_kept(self) -> dict[str, str]:
        """The copy an order keeps."""
        kept = ("recipient", "phone", "country", "region", "province", "city", "district", "street", "postcode")
        return {name: getattr(self, name) for name in kept}


class Favourite(models.Model):
    """A product somebody keeps in mind, with what it cost when it was saved: what is shown as a change is one since then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    listing = models.ForeignKey("platform_listings.Listing", on_delete=models.CASCADE, related_name="+")
    currency = models.CharField(max_length=3)
    saved_minor = models.BigIntegerField()  # the lowest price of its variants at that moment
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "listing"], name="one_favourite_per_listing")]
        indexes = [models.Index(fields=["user", "-saved_at", "-id"], name="favourite_newest")]

    saved_price = money_of("saved_minor")


class Follow(models.Model):
    """A shop somebody follows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    followed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "merchant"], name="one_follow_per_shop")]
        indexes = [models.Index(fields=["user", "-followed_at", "-id"], name="follow_newest"), models.Index(fields=["merchant"], name="followers")]


class Seen(models.Model):
    """That somebody looked at a product, when last. Only the newest of a person are kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    listing = models.ForeignKey("platform_listings.Listing", on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "listing"], name="seen_once_per_listing")]
        indexes = [models.Index(fields=["user", "-seen_at", "-id"], name="seen_newest")]


class Profile(models.Model):
    """What a person tells about themselves besides the name, and what may be remembered of them. No row: nothing was told."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+")
    phone = models.CharField(max_length=20, blank=True)  # E.164
    remembers_seen = models.BooleanField(default=True)


class DataExport(models.Model):
    """A person's own data, packed on their request: a private file that is there for some days."""

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("export", "Waiting")
        READY = "ready", pgettext_lazy("export", "Ready")
        EXPIRED = "expired", pgettext_lazy("export", "Deleted")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    done = models.IntegerField(default=0)  # of `total` parts
    total = models.IntegerField(default=1)
    key = models.CharField(max_length=120, blank=True)  # path among the private files of the public schema
    size = models.BigIntegerField(default=0)  # bytes
    requested_at = models.DateTimeField(default=clock.now)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], condition=models.Q(status="waiting"), name="one_export_at_a_time")]
        indexes = [models.Index(fields=["user", "-requested_at"], name="export_newest")]
