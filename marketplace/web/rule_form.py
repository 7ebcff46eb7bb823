"""Fields of a rule that goods are found by: of a virtual category of the market, and of a shop's own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.kernel.money import Money
from marketplace.platform.taxonomy.attributes import MOST_VALUES, described
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category
from marketplace.platform.taxonomy.queries import led_to
from marketplace.platform.taxonomy.virtual import NUMBERS
from search.contract import Sort

MOST_ATTRIBUTES = 10
SORTS = [
    (Sort.RELEVANCE, _lazy("As search thinks best")),
    (Sort.POPULAR, _lazy("Most bought")),
    (Sort.NEWEST, _lazy("Newest first")),
    (Sort.PRICE_UP, _lazy("Price, low to high")),
    (Sort.PRICE_DOWN, _lazy("Price, high to low")),
]
LINES = forms.Textarea({"rows": 2})


class RuleForm(forms.Form):
    """A form around it names what the rule is for. With an error in one of IN_RULE there is no rule."""

    IN_RULE = frozenset({"brands", "price_from", "price_to", "sort", *NUMBERS})

    category = forms.IntegerField(required=False, widget=forms.HiddenInput)
    brands = forms.CharField(label=_lazy("Of one of these brands"), required=False, max_length=3000, widget=LINES, help_text=_lazy("One name a line"))
    price_from = forms.DecimalField(label=_lazy("Price from"), min_value=0, max_digits=10, decimal_places=2, required=False)
    price_to = forms.DecimalField(label=_lazy("Price to"), min_value=0, max_digits=10, decimal_places=2, required=False)
    reduced = forms.IntegerField(label=_lazy("Reduced now by at least, in per cent"), min_value=1, max_value=99, required=False)
    days = forms.IntegerField(label=_lazy("New on the market within so many days"), min_value=1, max_value=365, required=False)
    rated = forms.DecimalField(label=_lazy("Rated with at least so many stars"), min_value=1, max_value=5, max_digits=2, decimal_places=1, required=False)
    reviews = forms.IntegerField(label=_lazy("by at least so many reviews"), min_value=1, max_value=10_000, required=False, help_text=_lazy("Empty: by one"))
    in_stock = forms.BooleanField(label=_lazy("Only what is in stock"), required=False)
    sort = forms.ChoiceField(label=pgettext_lazy("virtual category", "Order"), choices=SORTS)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.chosen = self._chosen_category()
        for attribute, values in self._values_of_category():
            widget = forms.SelectMultiple({"size": min(max(len(values), 2), 5)})
            self.fields[f"a_{attribute.pk}"] = forms.MultipleChoiceField(label=attribute.name, choices=values, required=False, widget=widget)

    def _chosen_category(self) -> Category | None:
        raw = str((self.data.get("category") if self.is_bound else self.initial.get("category")) or "")
        return led_to(int(raw)) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None

    def _values_of_category(self) -> list[tuple[Attribute, list[tuple[str, str]]]]:
        """The filters of the chosen category with their values."""
        facets = (
            [one.attribute for one in described(self.chosen) if one.attribute.has_values and one.attribute.is_facet][:MOST_ATTRIBUTES] if self.chosen else []
        )
        found: dict[int, list[tuple[str, str]]] = {attribute.pk: [] for attribute in facets}
        named = {key for attribute in facets for key in self.initial.get(f"a_{attribute.pk}", ())}
        for value in AttributeValue.objects.filter(attribute__in=facets, merged_into=None).order_by("position", "id"):
            if len(found[value.attribute_id]) < MOST_VALUES or str(value.pk) in named:  # an import may have made more
                found[value.attribute_id].append((str(value.pk), value.name))
        return [(attribute, found[attribute.pk]) for attribute in facets if found[attribute.pk]]

    def value_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("a_")]

    def clean_brands(self) -> list[int]:
        return self.keys_said(
            "brands", lambda word: Brand.objects.filter(called(word) | Q(aliases__contains=[word]), merged_into=None).values_list("pk", flat=True)
        )

    def keys_said(self, name: str, find_keys: Any) -> list[int]:
        """What the lines of a field name, a key each."""
        found: list[int] = []
        for word in (" ".join(line.split()) for line in self.cleaned_data[name].splitlines()):
            if word and not (keys := list(find_keys(word)[:2])):
                raise forms.ValidationError(_("“{name}” is not known. Write it as it stands on its page.").format(name=word))
            found += keys[:1] if word else []
        return found

    @property
    def has_rule(self) -> bool:
        return not (self.IN_RULE & set(self.errors))

    def rule(self) -> dict[str, Any]:
        """As the verb takes it. Raises InvalidInput."""
        data = self.cleaned_data
        values = {name[2:]: data[name] for name in self.fields if name.startswith("a_") and data.get(name)}
        prices = {end: Money.parse(str(data[f"price_{end}"]), self.currency).minor for end in ("from", "to") if data.get(f"price_{end}") is not None}
        category = {"category": self.chosen.pk} if self.chosen else {}
        numbers = {name: data.get(name) for name in ("reduced", "reviews", "days")} | {"rated": data["rated"] and int(data["rated"] * 10)}
        return {**category, **numbers, "brands": data["brands"], "values": values, **prices, "in_stock": data["in_stock"], "sort": data["sort"]}


def called(word: str) -> Q:
    """That something is called so, in either language."""
    return Q(**{"names__zh-hans__iexact": word}) | Q(names__en__iexact=word)


def said_of(rule: dict[str, Any], currency: str) -> dict[str, Any]:
    """What the fields of a kept rule begin with."""
    brands = Brand.objects.in_bulk(rule.get("brands", []))
    prices = {f"price_{end}": Money(rule[end], currency).decimal for end in ("from", "to") if end in rule}
    values = {f"a_{key}": [str(value) for value in chosen] for key, chosen in rule.get("values", {}).items()}
    return {
        "category": rule.get("category"),
        "brands": "\n".join(brand.name for brand in brands.values()),
        "in_stock": rule.get("in_stock", False),
        **{name: rule.get(name) for name in ("reduced", "reviews", "days")},
        "rated": Decimal(rule["rated"]) / 10 if rule.get("rated") else None,
        "sort": rule.get("sort", Sort.RELEVANCE),
        **prices,
        **values,
    }
