"""What belongs to a consumer across all shops."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id


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
