"""What belongs to a consumer across all shops."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
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
        indexes = [models.Index(fields=["phone"], name="address_by_phone")]

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
    personalised_since = models.DateTimeField(null=True)  # agreed then that searches rank higher what they like; empty: has not, or no longer

    class Meta:
        indexes = [models.Index(fields=["phone"], name="profile_by_phone", condition=~models.Q(phone=""))]


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


class ConsumerNote(models.Model):
    """What the operator's staff keep about a person, for one another only. Added, never changed; it goes when the person's account does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=500)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="consumer_note_newest")]


class Double(models.Model):
    """Two accounts that may be one person's, and what speaks for it. `first` is the older one. Whoever knows better sets it aside."""

    class Why(models.TextChoices):
        PHONE = "phone", _("the same phone")
        EMAIL = "email", _("the same mailbox, written otherwise")
        PLACE = "place", _("the same name at the same address")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    first = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reasons = models.JSONField()  # of Why, the strongest first
    found_at = models.DateTimeField(default=clock.now)
    set_aside_at = models.DateTimeField(null=True)  # they are two people after all
    set_aside_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="one_double_per_pair")]
        indexes = [models.Index(fields=["-found_at", "-id"], name="double_newest"), models.Index(fields=["second"], name="double_by_second")]

    def why(self) -> list[str]:
        """What speaks for it, in words."""
        return [str(self.Why(reason).label) for reason in self.reasons if reason in self.Why.values]
