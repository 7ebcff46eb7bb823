"""How each shop looks. Public, so that the market's pages can dress a shop's card without visiting its schema."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from tenants.tenancy.models import Merchant


class Look(models.Model):
    """What a shop chooses; what pages use follows from it."""

    class Face(models.TextChoices):
        SANS = "sans", pgettext_lazy("title face", "Plain")
        SERIF = "serif", pgettext_lazy("title face", "Serif")

    class Shape(models.TextChoices):
        SHARP = "sharp", pgettext_lazy("shape", "Sharp")
        SOFT = "soft", pgettext_lazy("shape", "Soft")
        ROUND = "round", pgettext_lazy("shape", "Round")

    class Grid(models.TextChoices):
        DENSE = "dense", pgettext_lazy("grid", "Many small pictures")
        CALM = "calm", pgettext_lazy("grid", "Few large pictures")

    brand = models.CharField(max_length=7)  # #rrggbb, as it was asked for
    band = models.CharField(max_length=7)
    face = models.CharField(max_length=5, choices=Face.choices, default=Face.SANS)
    shape = models.CharField(max_length=5, choices=Shape.choices, default=Shape.SOFT)
    grid = models.CharField(max_length=5, choices=Grid.choices, default=Grid.DENSE)
    logo = models.CharField(max_length=200, blank=True)  # storage keys with schema, or empty
    banner = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class Theme(Look):
    """The look of one shop that is shown now."""

    merchant = models.OneToOneField(Merchant, primary_key=True, on_delete=models.CASCADE, related_name="theme")
    css = models.TextField()
    stamp = models.CharField(max_length=16)  # of the style sheet: its address changes with it
    was_adjusted = models.BooleanField(default=False)
    number = models.IntegerField()  # of the revision it shows
    changed_at = models.DateTimeField(default=clock.now)


class ThemeRevision(Look):
    """A look a shop has had. The newest twenty stay."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    number = models.IntegerField()
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "number"], name="theme_revision_once")]
        indexes = [models.Index(fields=["merchant", "-number"], name="theme_newest")]
