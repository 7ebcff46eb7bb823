"""The product form: what a merchant needs to sell one thing, or to change the prices and stock of its variants."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.publish_product import save_product
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import MarketError
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.catalogue.pictures import store_picture
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.pricing.models import Price
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category
from marketplace.platform.taxonomy.queries import attributes_for, path_of

LANGUAGES = (("zh-hans", "简体中文"), ("en", "English"))
MOST_FOUND = 12
MOST_ATTRIBUTES = 12
MOST_VALUES = 60


class ProductForm(forms.Form):
    product_id = forms.UUIDField(widget=forms.HiddenInput)
    title_zh = forms.CharField(label=_lazy("Title in Chinese"), max_length=200, required=False)
    title_en = forms.CharField(label=_lazy("Title in English"), max_length=200, required=False)
    category_query = forms.CharField(label=_lazy("Find a category"), max_length=60, required=False)
    category = forms.IntegerField(label=_lazy("Category"), error_messages={"required": _lazy("Choose a category: type a word above and pick one.")})
    brand = forms.ModelChoiceField(label=_lazy("Brand"), queryset=Brand.objects.order_by("code"), required=False, empty_label=_lazy("No brand"))
    description_zh = forms.CharField(label=_lazy("Description in Chinese"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}))
    description_en = forms.CharField(label=_lazy("Description in English"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}))
    picture = forms.FileField(label=_lazy("Add a picture"), required=False, help_text=_lazy("JPEG, PNG or WebP, up to 10 MB"))

    def __init__(self, *args: Any, product: Product | None, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product, self.currency = product, currency
        self.variants = list(product.variants.filter(is_active=True).order_by("position")) if product else [Variant(sku="", options={})]
        self._prices = {price.variant_id: price for price in Price.objects.filter(variant__in=[v.pk for v in self.variants], ends_at=None)} if product else {}
        self._levels = {level.variant_id: level for level in StockLevel.objects.filter(variant__in=[v.pk for v in self.variants])} if product else {}
        if product and not self.is_bound:
            self.initial.update(self._from_product(product))
        for n, variant in enumerate(self.variants):
            self._add_variant_fields(n, variant)
        for attribute in self.attributes():
            values = list(AttributeValue.objects.filter(attribute=attribute).order_by("position", "id")[:MOST_VALUES])
            self.fields[f"attribute_{attribute.pk}"] = forms.ChoiceField(
                label=attribute.name, required=False, choices=[("", "—"), *((value.pk, value.name) for value in values)]
            )

    def _from_product(self, product: Product) -> dict[str, Any]:
        initial: dict[str, Any] = {
            "title_zh": product.titles.get("zh-hans", ""),
            "title_en": product.titles.get("en", ""),
            "category": product.category_id,
            "brand": product.brand_id,
            "description_zh": product.descriptions.get("zh-hans", ""),
            "description_en": product.descriptions.get("en", ""),
        }
        for attribute_id, value_ids, _free in product.attributes:
            if value_ids:
                initial[f"attribute_{attribute_id}"] = value_ids[0]
        return initial

    def _add_variant_fields(self, n: int, variant: Variant) -> None:
        price, level = self._prices.get(variant.pk), self._levels.get(variant.pk)
        number = forms.TextInput(attrs={"inputmode": "decimal", "class": "num"})
        self.fields[f"sku_{n}"] = forms.CharField(label=_("SKU"), max_length=64, initial=variant.sku)
        self.fields[f"price_{n}"] = forms.CharField(label=_("Sale price"), max_length=20, widget=number, initial=str(price.sale.decimal) if price else "")
        self.fields[f"market_{n}"] = forms.CharField(
            label=_("Market price"), max_length=20, required=False, widget=number, initial=str(price.market.decimal) if price and price.market else ""
        )
        self.fields[f"stock_{n}"] = forms.IntegerField(label=_("Stock"), min_value=0, max_value=10_000_000, initial=level.on_hand if level else 0)

    def show_only(self) -> None:
        """Show what was entered again without judging it: somebody looks for a category without JavaScript."""
        self._errors = ErrorDict()

    def chosen_category(self) -> Category | None:
        raw = self.data.get("category") if self.is_bound else self.initial.get("category")
        return Category.objects.filter(pk=int(raw)).first() if raw and str(raw).isascii() and str(raw).isdigit() and len(str(raw)) < 10 else None

    def attributes(self) -> list[Attribute]:
        category = self.chosen_category()
        return [a for a in attributes_for(category) if a.kind == Attribute.Kind.CHOICE][:MOST_ATTRIBUTES] if category else []

    def attribute_fields(self) -> list[forms.BoundField]:
        return [self[f"attribute_{attribute.pk}"] for attribute in self.attributes() if f"attribute_{attribute.pk}" in self.fields]

    def variant_rows(self) -> list[dict[str, Any]]:
        words = AttributeValue.objects.in_bulk({int(v) for variant in self.variants for v in variant.options.values()})
        return [
            {
                "label": " / ".join(words[int(v)].name for v in variant.options.values() if int(v) in words),
                "fields": [self[f"{name}_{n}"] for name in ("sku", "price", "market", "stock")],
                "held": level.reserved + level.allocated if (level := self._levels.get(variant.pk)) else 0,
            }
            for n, variant in enumerate(self.variants)
        ]

    def found_categories(self) -> list[tuple[int, str]]:
        chosen = self.chosen_category()
        first = [(chosen.pk, _path_name(chosen))] if chosen else []
        typed = self.data.get("category_query", "") if self.is_bound else ""
        return first + [found for found in find_categories(typed) if found not in first]

    def clean_category(self) -> int:
        category = self.chosen_category()
        if category is None:
            raise forms.ValidationError(_("Choose a category: type a word above and pick one."))
        return int(category.pk)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(name in self.errors or cleaned[name].strip() for name in ("title_zh", "title_en")):
            self.add_error("title_zh", _("Give the product a title in at least one language."))
        for n in range(len(self.variants)):
            for name in (f"price_{n}", f"market_{n}"):
                if text := cleaned.get(name, "").strip():
                    try:
                        cleaned[name] = Money.parse(text, self.currency)
                    except MarketError as wrong:
                        self.add_error(name, str(wrong))
                else:
                    cleaned[name] = None
        return cleaned

    def field_of(self, refusal: MarketError) -> str | None:
        """The field a refusal of the verb is about, to show it there; None: above the form."""
        name = refusal.field or ""
        if name in self.fields:
            return name
        if column := {"sku": "sku", "on_hand": "stock", "price": "price", "market_price": "market"}.get(name):
            meant = {str(refusal.facts.get(name)) for name in ("sku", "variant_id")}
            rows = [n for n, variant in enumerate(self.variants) if meant & {str(variant.pk), self.cleaned_data.get(f"sku_{n}")}]
            rows = rows or ([0] if len(self.variants) == 1 else [])
            return f"{column}_{rows[0]}" if rows else None
        return {"title": "title_zh"}.get(name)


def find_categories(text: str) -> list[tuple[int, str]]:
    """Categories whose name in any language has the word, the shallowest first, with their path."""
    text = text.strip()
    if not text:
        return []
    named = Q(**{"names__zh-hans__icontains": text}) | Q(names__en__icontains=text)
    found = sorted(Category.objects.filter(named)[:200], key=lambda category: (len(category.path), category.pk))
    return [(category.pk, _path_name(category)) for category in found[:MOST_FOUND]]


def _path_name(category: Category) -> str:
    return " › ".join(step.name for step in path_of(category))


def save(by: Actor, form: ProductForm, row: Product | None, *, on_sale: bool) -> Product:
    """Save what the form holds, and put it on sale. Raises InvalidInput, SkuTaken, StockHeld, ProductIncomplete."""
    data = form.cleaned_data
    variants = [
        VariantInput(
            sku=data[f"sku_{n}"], options={int(a): int(v) for a, v in variant.options.items()}, id=variant.pk if row else _variant_key(data["product_id"])
        )
        for n, variant in enumerate(form.variants)
    ]
    kept = {attribute_id: [value_ids, free] for attribute_id, value_ids, free in (row.attributes if row else [])}
    for attribute in form.attributes():
        chosen = data.get(f"attribute_{attribute.pk}")
        if chosen:
            kept[attribute.pk] = [[int(chosen)], None]
        elif attribute.pk in kept and len(kept[attribute.pk][0]) <= 1 and not kept[attribute.pk][1]:
            kept.pop(attribute.pk)
    pictures = [(picture.key, picture.alt) for picture in row.pictures.order_by("position")] if row else []
    if data.get("picture"):
        pictures.append((store_picture(data["picture"]), {}))
    saved: Product = save_product(
        by=by,
        product_id=row.pk if row else data["product_id"],
        is_new=row is None,
        on_sale=on_sale,
        product=ProductInput(
            category_id=data["category"],
            brand_id=data["brand"].pk if data["brand"] else None,
            titles=_texts(row.titles if row else {}, data, "title"),
            descriptions=_texts(row.descriptions if row else {}, data, "description"),
            attributes=[[attribute_id, *rest] for attribute_id, rest in kept.items()],
            axes=row.axes if row else [],
            variants=variants,
            pictures=pictures,
            source_ref=row.source_ref if row else None,
        ),
        prices={variant.id: (data[f"price_{n}"], data[f"market_{n}"]) for n, variant in enumerate(variants)},
        stock={variant.id: data[f"stock_{n}"] for n, variant in enumerate(variants)},
    )
    return saved


def _texts(before: dict[str, str], data: dict[str, Any], name: str) -> dict[str, str]:
    """The two languages of the form over whatever other languages the product has."""
    return {**before, "zh-hans": data[f"{name}_zh"], "en": data[f"{name}_en"]}


def _variant_key(product_id: UUID) -> UUID:
    """The first variant's key follows from the product's, so that the same form sent twice makes one."""
    return UUID(int=product_id.int ^ 1)
