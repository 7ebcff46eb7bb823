"""What goods are called in the whole market: categories, brands, attributes and their values.

Keys are integers, unlike elsewhere: search packs them four bytes each, and nothing here lives in a merchant's schema.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.texts import Localised, localised
from tenants.tenancy.models import Merchant


class Named(models.Model):
    """Something with a name in several languages (code → name) and a code that imports know it by."""

    id = models.AutoField(primary_key=True)
    names = models.JSONField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return localised(self.names).text

    @property
    def localised_name(self) -> Localised:
        return localised(self.names)


class Category(Named):
    """A node of the market's one tree. Goods may stand in any node; `path` holds the ids from the root to the node.

    One that was merged into another stays as a row, so that its address, its code and what the ledger knows of it lead on: it is hidden, lies
    below the other and has the other's path, so goods that still name it count as the other's.
    """

    code = models.CharField(max_length=60, unique=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.JSONField(default=list)
    position = models.IntegerField(default=0)
    picture = models.CharField(max_length=200, blank=True)
    is_hidden = models.BooleanField(default=False)  # buyers do not meet it, nor what lies below it; its goods are found by words all the same
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    is_kept = models.BooleanField(default=False)  # changed in the console: an import of the tree leaves it as it is
    version = models.IntegerField(default=1)  # rises with every change in the console

    class Meta:
        indexes = [models.Index(fields=["parent", "position"], name="category_children")]
        constraints = [
            models.CheckConstraint(condition=Q(merged_into=None) | Q(is_hidden=True, parent=F("merged_into")), name="merged_category_lies_below_the_other"),
        ]


class TreeChange(models.Model):
    """A category was moved, or merged into another: what was before, and how far the goods have followed."""

    class Kind(models.TextChoices):
        MOVED = "moved", pgettext_lazy("category", "Moved")
        MERGED = "merged", pgettext_lazy("category", "Merged")

    class Status(models.TextChoices):
        WORKING = "working", pgettext_lazy("category", "Goods follow")
        DONE = "done", pgettext_lazy("category", "Done")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    former_key = models.IntegerField(null=True)  # of what it was below; None: nothing
    former_place = models.IntegerField(default=0)  # among the others there
    into = models.ForeignKey(Category, null=True, on_delete=models.SET_NULL, related_name="+")  # what it is below now, or was merged into
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WORKING)
    scope = models.JSONField(default=list)  # keys of the categories whose goods follow
    total = models.IntegerField(default=0)  # listings that have to follow
    done = models.IntegerField(default=0)
    place = models.CharField(max_length=40, blank=True)  # key of the last merchant whose goods have followed
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="tree_change_newest")]

    @property
    def share(self) -> int:
        """How far it is, in percent."""
        if self.status == self.Status.DONE:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0


class Brand(Named):
    """Whose goods they are. One that was merged into another stays as a row: its address and code lead to the other.

    Where a brand demands authorisation, a requirement of documents called `brand-<key>` says so (tenants/onboarding): what a shop shows for it,
    until when, and whose goods are held back is one rule with every other qualification.
    """

    code = models.CharField(max_length=80, unique=True)
    aliases = models.JSONField(default=list)  # what else it is called: imports find it by these
    logo = models.CharField(max_length=200, blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    is_kept = models.BooleanField(default=False)  # changed in the console: an import leaves it as it is
    version = models.IntegerField(default=1)


class BrandClaim(models.Model):
    """As what a shop asks to sell a brand, with the document it handed in for that. The reviewer decides over the document."""

    class Role(models.TextChoices):
        OWNER = "owner", pgettext_lazy("brand", "Owner or manufacturer of the brand")
        AUTHORISED = "authorised", pgettext_lazy("brand", "Authorised by the brand")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices)
    paper_id = models.UUIDField(unique=True)  # tenants/onboarding: Paper
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["merchant", "brand", "-at"], name="brand_claims_of_shop")]


class Attribute(Named):
    """A property of goods. `choice` and `choices` (several at once) have values of their own; the others hold what the merchant enters:
    a number in the attribute's unit, a day as 2026-05-01, yes or no, a text in each language.
    """

    class Kind(models.TextChoices):
        CHOICE = "choice", pgettext_lazy("attribute", "Choice")
        CHOICES = "choices", pgettext_lazy("attribute", "Several choices")
        NUMBER = "number", pgettext_lazy("attribute", "Number")
        BOOLEAN = "boolean", pgettext_lazy("attribute", "Yes or no")
        DATE = "date", pgettext_lazy("attribute", "Day")
        TEXT = "text", pgettext_lazy("attribute", "Text")

    code = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CHOICE)
    unit = models.CharField(max_length=20, blank=True)
    is_facet = models.BooleanField(default=True)
    helps = models.JSONField(default=dict)  # language code → what to enter
    synonyms = models.JSONField(default=list)  # other names, by which imports find it
    is_kept = models.BooleanField(default=False)  # changed in the console: an import leaves it as it is
    version = models.IntegerField(default=1)

    @property
    def has_values(self) -> bool:
        return self.kind in (self.Kind.CHOICE, self.Kind.CHOICES)

    @property
    def help(self) -> str:
        return localised(self.helps).text


class AttributeValue(Named):
    """One that was merged into another stays as a row: goods that still name it show the other."""

    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="values")
    code = models.CharField(max_length=160)
    position = models.IntegerField(default=0)
    synonyms = models.JSONField(default=list)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    is_kept = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attribute", "code"], name="one_code_per_attribute")]


class CategoryAttribute(models.Model):
    """That goods of a category (and below it) are described by an attribute."""

    id = models.AutoField(primary_key=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="attributes")
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="+")
    is_required = models.BooleanField(default=False)  # what is submitted from now on has to say it
    makes_variants = models.BooleanField(default=True)  # of a choice: variants may differ by it
    position = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["category", "attribute"], name="attribute_once_per_category")]


class Merge(models.Model):
    """A brand, or a value of an attribute, became part of another, and how far the goods have followed."""

    class Kind(models.TextChoices):
        BRAND = "brand", pgettext_lazy("merge", "Brand")
        VALUE = "value", pgettext_lazy("merge", "Value")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.IntegerField()
    into_key = models.IntegerField()
    done = models.IntegerField(default=0)  # goods that have followed
    left = models.IntegerField(default=0)  # goods that had both values as variants, and keep them
    place = models.CharField(max_length=40, blank=True)  # key of the last merchant whose goods have followed
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "-at"], name="merge_newest")]


class OwnCategory(models.Model):
    """What a merchant calls a kind of goods, and the market's category that it means; without a merchant, what the operator proposes to all."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)  # as it was met first
    folded = models.CharField(max_length=200)  # what is compared: small letters, one blank
    category = models.ForeignKey(Category, null=True, on_delete=models.CASCADE, related_name="+")  # None: nobody has said it yet
    times = models.IntegerField(default=0)  # rows of imports that had it
    decided_by = models.CharField(max_length=200, blank=True)
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "folded"], nulls_distinct=False, name="own_category_once")]
        indexes = [models.Index(fields=["merchant", "-seen_at", "-id"], name="own_category_newest"), models.Index(fields=["folded"], name="own_category_name")]


class VirtualCategory(Named):
    """Goods shown together by a rule, whatever category they stand in: a page of its own, found by the same search."""

    code = models.SlugField(max_length=60, unique=True)  # its address
    texts = models.JSONField(default=dict)  # language code → a sentence above the goods
    picture = models.CharField(max_length=200, blank=True)
    rule = models.JSONField(default=dict)  # as virtual.py reads it
    is_shown = models.BooleanField(default=False)
    in_menu = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["position", "id"], name="virtual_category_order")]

    @property
    def text(self) -> str:
        return localised(self.texts).text


class TaxClass(models.TextChoices):
    """How goods are taxed; what that is in per cent follows from the market's rates (TaxRate)."""

    STANDARD = "standard", pgettext_lazy("tax", "Standard rate")
    REDUCED = "reduced", pgettext_lazy("tax", "Reduced rate")
    ZERO = "zero", pgettext_lazy("tax", "No tax")


class TaxRate(models.Model):
    """The tax that prices of a class include from `since` on, in a province or, without one, everywhere."""

    id = models.AutoField(primary_key=True)
    tax_class = models.CharField(max_length=10, choices=TaxClass.choices)
    region = models.CharField(max_length=12, blank=True)  # code of a province
    rate = models.DecimalField(max_digits=5, decimal_places=4)  # 0.1300 is 13 %
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=1), name="tax_from_0_to_below_1")]
        indexes = [models.Index(fields=["tax_class", "since"], name="tax_by_class")]
