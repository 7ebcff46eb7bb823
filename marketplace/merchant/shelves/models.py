"""Shop categories: how a shop arranges its goods for those who visit it, whatever category of the market they stand in."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.texts import Localised, localised
from tenants.tenancy.guard import MerchantModel


class ShopCategory(MerchantModel):
    """Goods of the shop that stand together on a page of their own in it: chosen by hand, in their order, or found by a rule."""

    class Kind(models.TextChoices):
        PICKED = "picked", pgettext_lazy("shop category", "By hand")
        RULE = "rule", pgettext_lazy("shop category", "By a rule")

    code = models.SlugField(max_length=60, unique=True)  # its address; it stays
    names = models.JSONField()  # language code → name
    texts = models.JSONField(default=dict)  # language code → a sentence above the goods
    kind = models.CharField(max_length=10, choices=Kind.choices)
    rule = models.JSONField(default=dict)  # as platform/taxonomy/virtual.py reads it; {} of what is chosen by hand
    picks = ArrayField(models.UUIDField(), default=list)  # products in their order; [] of what a rule finds
    is_shown = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)  # it can be taken back

    @property
    def title(self) -> Localised:
        return localised(self.names)

    @property
    def name(self) -> str:
        return self.title.text

    @property
    def text(self) -> str:
        return localised(self.texts).text

    @property
    def is_picked(self) -> bool:
        return self.kind == self.Kind.PICKED
