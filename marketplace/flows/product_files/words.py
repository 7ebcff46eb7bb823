"""What cells say in words, as the market's keys: categories by path, name or code, brands, values of attributes. Read once for many rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from uuid import UUID

from marketplace.flows.brand_rights import BrandScope
from marketplace.flows.product_files.columns import fold
from marketplace.flows.product_files.shop_words import MANY, ShopWords, plainly
from marketplace.platform.taxonomy.attributes import Described, described
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category, OwnCategory
from marketplace.platform.taxonomy.own_categories import category_of_own_name
from marketplace.platform.taxonomy.own_categories import fold as own_fold
from tenants.tenancy.schemas import current_merchant_id

STEP = " > "  # between the names of a category's path
__all__ = ["MANY", "STEP", "Several", "Words", "plainly"]


class Several(LookupError):
    """A word means more than one thing."""


class Words:
    """The market's taxonomy at one moment. Names in any language count, and case, spaces and signs do not."""

    def __init__(self, merchant_id: UUID | None = None) -> None:
        self._merchant_id = merchant_id
        self._values: dict[int, dict[str, set[int]]] = {}
        self._of_category: dict[int, dict[int, Described]] = {}
        self._unknown: dict[str, int | None] = {}
        self.value_names: dict[int, Mapping[str, str]] = {}

    @cached_property
    def scope(self) -> BrandScope:
        """Of the open shop, and of what this file has handed in of it so far."""
        return BrandScope(current_merchant_id())

    def forget_scope(self) -> None:
        """Others may have handed in goods since: asked anew, it is of this moment."""
        self.__dict__.pop("scope", None)

    @cached_property
    def shop(self) -> ShopWords:
        """The open shop's own words."""
        return ShopWords()

    # ── categories and brands ────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def categories(self) -> dict[int, Category]:
        return {row.pk: row for row in Category.objects.all()}

    @cached_property
    def _category_keys(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        codes = {row.code.casefold(): row.merged_into_id or row.pk for row in self.categories.values()}
        for row in self.categories.values():
            if row.merged_into_id:
                continue
            languages = {code for key in row.path if key in self.categories for code in self.categories[key].names}
            for language in languages:
                names = [self.categories[key].names.get(language, "") for key in row.path if key in self.categories]
                found[fold("".join(names))].add(row.pk)
                if row.names.get(language):
                    found[fold(row.names[language])].add(row.pk)
        return {**found, **{f"={code}": {key} for code, key in codes.items()}}

    def category(self, text: str) -> int | None:
        """What the shop decided that its own word means; else by code, path, or own name; else what the market proposes. None for a word that
        means nothing. Raises Several."""
        if (decided := self._decided.get(own_fold(text))) is not None:
            return decided
        found = self._category_keys.get(f"={text.strip().casefold()}") or self._category_keys.get(fold(text), set())
        if len(found) == 1 or self._merchant_id is None:
            return _one(found)
        if text not in self._unknown:
            self._unknown[text] = category_of_own_name(self._merchant_id, text)
        return self._unknown[text] or _one(found)

    def open_words(self) -> frozenset[str]:
        """Words for categories that came by and are none of the market's own."""
        return frozenset(self._unknown)

    @cached_property
    def _decided(self) -> dict[str, int]:
        rows = OwnCategory.objects.filter(merchant_id=self._merchant_id).exclude(category=None).select_related("category") if self._merchant_id else ()
        return {row.folded: row.category.merged_into_id or row.category.pk for row in rows if row.category is not None}

    def path(self, category_id: int) -> str:
        """As an export writes it, in the reader's language; "" for one that is gone."""
        row = self.categories.get(category_id)
        return STEP.join(self.categories[key].name for key in row.path if key in self.categories) if row else ""

    @cached_property
    def brands(self) -> dict[int, Brand]:
        return {row.pk: row for row in Brand.objects.all()}

    @cached_property
    def _brand_keys(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for row in self.brands.values():
            for word in {row.code, *row.names.values(), *row.aliases}:
                found[plainly(word)].add(row.merged_into_id or row.pk)
        return found

    def brand(self, text: str) -> int | None:
        """Raises Several."""
        return _one(self._brand_keys.get(plainly(text), set()))

    # ── attributes ───────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def attributes(self) -> dict[int, Attribute]:
        return {row.pk: row for row in Attribute.objects.all()}

    @cached_property
    def _attribute_keys(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for row in self.attributes.values():
            for word in {row.code, *row.names.values(), *row.synonyms}:
                found[plainly(word)].add(row.pk)
        return found

    def attribute(self, text: str, among: Iterable[int]) -> int | None:
        """By its name or code, of those that are named. Raises Several."""
        return _one(self._attribute_keys.get(plainly(text), set()) & set(among))

    def of_category(self, category_id: int) -> Mapping[int, Described]:
        """What goods of a category are described by, what it inherits included."""
        if category_id not in self._of_category:
            row = self.categories.get(category_id)
            self._of_category[category_id] = {one.attribute.pk: one for one in described(row)} if row else {}
        return self._of_category[category_id]

    def value(self, attribute_id: int, text: str, rather: Iterable[int] = ()) -> int | None:
        """The value of an attribute that a word names; of several, one of `rather`. Raises Several."""
        self.read_values([attribute_id])
        found = self._values[attribute_id].get(plainly(text), set())
        return _one(found & set(rather) or found)

    def read_values(self, attribute_ids: Iterable[int]) -> None:
        """The values of all these attributes, in one question."""
        new = {key for key in attribute_ids if key not in self._values}
        if not new:
            return
        self._values.update({key: defaultdict(set) for key in new})
        for row in AttributeValue.objects.filter(attribute_id__in=new).select_related("merged_into"):
            self.value_names[row.pk] = (row.merged_into or row).names
            for word in {row.code, *row.names.values(), *row.synonyms}:
                self._values[row.attribute_id][plainly(word)].add(row.merged_into_id or row.pk)

    def some_values(self, attribute_id: int, most: int) -> list[str]:
        """Names of the first values of an attribute."""
        return [row.name for row in AttributeValue.objects.filter(attribute_id=attribute_id, merged_into=None).order_by("position", "id")[:most]]

    def value_name(self, value_id: int) -> str:
        names = self.value_names.get(value_id, {})
        return AttributeValue(names=names).name if names else ""


def _one(found: set[int]) -> int | None:
    if len(found) > 1:
        raise Several
    return next(iter(found), None)
