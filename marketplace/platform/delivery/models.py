"""Where parcels can go, who carries them, and what each shop asks for it. Public schema: a cart asks many shops at once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from marketplace.kernel.money import money_of
from marketplace.kernel.texts import Localised, localised
from tenants.tenancy.models import Merchant


class Region(models.Model):
    """A division of a country: province, city or district. The code tells where it lies: 31, 3101, 310104."""

    code = models.CharField(primary_key=True, max_length=12)
    country = models.CharField(max_length=2, default="CN")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    names = models.JSONField()  # language code → name
    position = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["country", "parent", "position"], name="region_children")]

    def __str__(self) -> str:
        return self.localised_name.text

    @property
    def localised_name(self) -> Localised:
        return localised(self.names)

    @property
    def written(self) -> str:
        """As it stands on a parcel: in the language of the country's carriers."""
        return localised(self.names, "zh-hans" if self.country == "CN" else "en").text


class Carrier(models.Model):
    """Who brings parcels. Names are proper names and are shown as they are."""

    code = models.CharField(primary_key=True, max_length=20)
    names = models.JSONField()
    position = models.IntegerField(default=0)


class FreightZone(models.Model):
    """What a shop asks for a parcel into some provinces. One zone of a shop names none: it holds for everywhere else."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="freight_zones")
    position = models.IntegerField()
    regions = models.JSONField(default=list)  # codes of provinces; none: everywhere else
    delivers = models.BooleanField(default=True)
    currency = models.CharField(max_length=3)
    fee_minor = models.BigIntegerField(default=0)
    free_from_minor = models.BigIntegerField(null=True)  # goods of the shop for so much travel free

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "position"], name="zones_are_numbered"),
            models.UniqueConstraint(fields=["merchant"], condition=Q(regions=[]), name="one_zone_for_everywhere_else"),
            models.CheckConstraint(condition=Q(fee_minor__gte=0), name="freight_not_negative"),
            models.CheckConstraint(condition=Q(free_from_minor=None) | Q(free_from_minor__gt=0), name="free_from_above_zero"),
        ]

    fee = money_of("fee_minor")
    free_from = money_of("free_from_minor")
