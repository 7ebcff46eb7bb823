"""What cells say in words, as the market's keys: categories by path, name or code, brands, values of attributes. Read once for many rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from marketplace.flows.product_files.columns import fold
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category, CategoryAttribute

STEP = " > "  # between the names of a category's path
MANY = "|"  # between several things in one cell


class Several(LookupError):
    """A word means more than one thing."""


class Words:
    """The market's taxonomy at one moment. Names in any language count, and case, spaces and signs do not."""

    def __init__(self) -> None:
        self._values: dict[int, dict[str, set[int]]] = {}
        self._of_category: dict[int, dict[int, bool]] = {}
        self.value_names: dict[int, Mapping[str, str]] = {}

    # ── categories and brands ────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def categories(self) -> dict[int, Category]:
        return {row.pk: row for row in Category.objects.all()}

    @cached_property
    def _category_keys(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        codes = {row.code.casefold(): row.pk for row in self.categories.values()}
        for row in self.categories.values():
            languages = {code for key in row.path if key in self.categories for code in self.categories[key].names}
            for language in languages:
                names = [self.categories[key].names.get(language, "") for key in row.path if key in self.categories]
                found[fold("".join(names))].add(row.pk)
                if row.names.get(language):
                    found[fold(row.names[language])].add(row.pk)
        return {**found, **{f"={code}": {key} for code, key in codes.items()}}

    def category(self, text: str) -> int | None:
        """By its code, its path, or its own name. None for a word that means nothing. Raises Several."""
        return _one(self._category_keys.get(f"={text.strip().casefold()}") or self._category_keys.get(fold(text), set()))

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
            for word in {row.code, *row.names.values()}:
                found[plainly(word)].add(row.pk)
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
            for word in {row.code, *row.names.values()}:
                found[plainly(word)].add(row.pk)
        return found

    def attribute(self, text: str, among: Iterable[int]) -> int | None:
        """By its name or code, of those that are named. Raises Several."""
        return _one(self._attribute_keys.get(plainly(text), set()) & set(among))

    def of_category(self, category_id: int) -> Mapping[int, bool]:
        """The attributes that describe goods of a category, its ancestors' included, and whether each has to be there."""
        if category_id not in self._of_category:
            row = self.categories.get(category_id)
            found: dict[int, bool] = {}
            for one in CategoryAttribute.objects.filter(category_id__in=row.path if row else []).order_by("position", "id"):
                found[one.attribute_id] = found.get(one.attribute_id, False) or one.is_required
            self._of_category[category_id] = found
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
        for row in AttributeValue.objects.filter(attribute_id__in=new):
            self.value_names[row.pk] = row.names
            for word in {row.code, *row.names.values()}:
                self._values[row.attribute_id][plainly(word)].add(row.pk)

    def some_values(self, attribute_id: int, most: int) -> list[str]:
        """Names of the first values of an attribute."""
        return [row.name for row in AttributeValue.objects.filter(attribute_id=attribute_id).order_by("position", "id")[:most]]

    def value_name(self, value_id: int) -> str:
        names = self.value_names.get(value_id, {})
        return AttributeValue(names=names).name if names else ""


def plainly(text: str) -> str:
    """How words of the market are compared: "1.5" is not "15"."""
    return " ".join(text.casefold().split())


def _one(found: set[int]) -> int | None:
    if len(found) > 1:
        raise Several
    return next(iter(found), None)
