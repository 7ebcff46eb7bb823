"""Domains that shops own themselves. What answers on a host says `tenancy.Domain`; here stands how we know that it is the shop's."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from tenants.tenancy.models import Merchant

RECORD = "_wanshang"  # the label of the record that proves whose a domain is


def new_token() -> str:
    return secrets.token_hex(16)


class OwnDomain(models.Model):
    """A domain that a shop wants to answer on. Several may want one; the first that proves it has it."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("domain", "Waiting for its record")
        VERIFIED = "verified", pgettext_lazy("domain", "Verified")
        LOST = "lost", pgettext_lazy("domain", "Record is gone")
        GIVEN_UP = "given_up", pgettext_lazy("domain", "Not found in time")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="own_domains")
    host = models.CharField(max_length=253)  # as DNS writes it: small letters, other scripts as xn--
    token = models.CharField(max_length=64, default=new_token)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    leads_here = models.BooleanField(default=False)  # its addresses were the market's when it was looked at last
    said = models.CharField(max_length=40, blank=True)  # code of what the last look found
    found = models.JSONField(default=list)  # what stood in the record instead
    added_at = models.DateTimeField(default=clock.now)
    looked_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    lost_at = models.DateTimeField(null=True)  # since when the record is gone

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "host"], name="one_wish_for_a_domain"),
            models.UniqueConstraint(fields=["host"], condition=Q(state__in=["verified", "lost"]), name="a_domain_is_one_shops"),
        ]

    def __str__(self) -> str:
        return self.host

    @property
    def record_name(self) -> str:
        """Where its owner puts the record."""
        return f"{RECORD}.{self.host}"

    @property
    def record_value(self) -> str:
        return f"wanshang-verify={self.token}"

    @property
    def answers(self) -> bool:
        return self.state in (self.State.VERIFIED, self.State.LOST)

    @property
    def readable(self) -> str:
        """As people write it: 茶.example instead of xn--…"""
        try:
            return self.host.encode("ascii").decode("idna")
        except UnicodeError:
            return self.host
