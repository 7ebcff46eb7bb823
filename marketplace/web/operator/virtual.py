"""Virtual categories in the console: the list, and one with its rule, how much it finds now, and what a buyer would see first."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import IO, Any

from django import forms
from django.contrib import messages
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.kernel.errors import MarketError
from marketplace.kernel.money import Money
from marketplace.kernel.uploads import clean_picture, read_upload
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.attributes import described
from marketplace.platform.taxonomy.errors import VirtualUnknown
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category, VirtualCategory
from marketplace.platform.taxonomy.queries import find_categories, led_to, path_name
from marketplace.platform.taxonomy.tree import LONGEST_NAME
from marketplace.platform.taxonomy.virtual import LONGEST_TEXT, NUMBERS, clean_rule, keep_virtual, remove_virtual
from search.by_rule import query_of
from search.contract import Sort
from search.find import find
from tenants.access.actors import actor_of
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Merchant
from tenants.tenancy.standing import FOUND

SIDE = 600  # pixels of a picture
SHOWN = 8  # goods of the preview
MOST_ATTRIBUTES, MOST_VALUES = 10, 80
SORTS = [
    (Sort.RELEVANCE, _lazy("As search thinks best")),
    (Sort.POPULAR, _lazy("Most bought")),
    (Sort.NEWEST, _lazy("Newest first")),
    (Sort.PRICE_UP, _lazy("Price, low to high")),
    (Sort.PRICE_DOWN, _lazy("Price, high to low")),
]
LINES = forms.Textarea({"rows": 2})


class VirtualForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_zh = forms.CharField(label=_lazy("Name in Chinese"), max_length=LONGEST_NAME)
    name_en = forms.CharField(label=_lazy("Name in English"), max_length=LONGEST_NAME)
    code = forms.CharField(label=_lazy("Address"), max_length=60, help_text=_lazy("Small letters, digits and hyphens; it stays"))
    text_zh = forms.CharField(label=_lazy("A sentence in Chinese"), max_length=LONGEST_TEXT, required=False)
    text_en = forms.CharField(label=_lazy("A sentence in English"), max_length=LONGEST_TEXT, required=False)
    picture = forms.FileField(
        label=_lazy("Picture"),
        required=False,
        help_text=_lazy("JPEG, PNG or WebP, up to 10 MB"),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )
    is_shown = forms.BooleanField(label=_lazy("Buyers can open it"), required=False)
    in_menu = forms.BooleanField(label=_lazy("It stands in the menu and on the page of all categories"), required=False)
    position = forms.IntegerField(label=_lazy("Place in the list"), min_value=0, max_value=9999, required=False)
    category = forms.IntegerField(required=False, widget=forms.HiddenInput)
    brands = forms.CharField(label=_lazy("Of one of these brands"), required=False, max_length=3000, widget=LINES, help_text=_lazy("One name a line"))
    shops = forms.CharField(
        label=_lazy("Of one of these shops"), required=False, max_length=3000, widget=LINES, help_text=_lazy("One name or web address a line")
    )
    price_from = forms.DecimalField(label=_lazy("Price from"), min_value=0, max_digits=10, decimal_places=2, required=False)
    price_to = forms.DecimalField(label=_lazy("Price to"), min_value=0, max_digits=10, decimal_places=2, required=False)
    reduced = forms.IntegerField(label=_lazy("Reduced now by at least, in per cent"), min_value=1, max_value=99, required=False)
    days = forms.IntegerField(label=_lazy("New on the market within so many days"), min_value=1, max_value=365, required=False)
    rated = forms.DecimalField(label=_lazy("Rated with at least so many stars"), min_value=1, max_value=5, max_digits=2, decimal_places=1, required=False)
    reviews = forms.IntegerField(label=_lazy("by at least so many reviews"), min_value=1, max_value=10_000, required=False, help_text=_lazy("Empty: by one"))
    in_stock = forms.BooleanField(label=_lazy("Only what is in stock"), required=False)
    sort = forms.ChoiceField(label=pgettext_lazy("virtual category", "Order"), choices=SORTS)

    def __init__(self, *args: Any, currency: str, row: VirtualCategory | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        if row is not None:
            self.fields["code"].disabled = True
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
        for value in AttributeValue.objects.filter(attribute__in=facets, merged_into=None).order_by("position", "id"):
            if len(found[value.attribute_id]) < MOST_VALUES:
                found[value.attribute_id].append((str(value.pk), value.name))
        return [(attribute, found[attribute.pk]) for attribute in facets if found[attribute.pk]]

    def value_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("a_")]

    def clean_brands(self) -> list[int]:
        return self._keys(
            "brands", lambda word: Brand.objects.filter(_called(word) | Q(aliases__contains=[word]), merged_into=None).values_list("pk", flat=True)
        )

    def clean_shops(self) -> list[int]:
        return self._keys("shops", lambda word: Merchant.objects.filter(_called(word) | Q(slug=word), status__in=FOUND).values_list("ordinal", flat=True))

    def _keys(self, name: str, find_keys: Any) -> list[int]:
        found: list[int] = []
        for word in (" ".join(line.split()) for line in self.cleaned_data[name].splitlines()):
            if word and not (keys := list(find_keys(word)[:2])):
                raise forms.ValidationError(_("“{name}” is not known. Write it as it stands on its page.").format(name=word))
            found += keys[:1] if word else []
        return found

    def rule(self) -> dict[str, Any]:
        """As the verb takes it. Raises InvalidInput."""
        data = self.cleaned_data
        values = {name[2:]: data[name] for name in self.fields if name.startswith("a_") and data.get(name)}
        prices = {end: Money.parse(str(data[f"price_{end}"]), self.currency).minor for end in ("from", "to") if data.get(f"price_{end}") is not None}
        category = {"category": self.chosen.pk} if self.chosen else {}
        numbers = {name: data.get(name) for name in ("reduced", "reviews", "days")} | {"rated": data["rated"] and int(data["rated"] * 10)}
        return {
            **category,
            **numbers,
            "brands": data["brands"],
            "shops": data["shops"],
            "values": values,
            **prices,
            "in_stock": data["in_stock"],
            "sort": data["sort"],
        }


def _called(word: str) -> Q:
    return Q(**{"names__zh-hans__iexact": word}) | Q(names__en__iexact=word)


def virtual_list(request: HttpRequest) -> HttpResponse:
    rows = list(VirtualCategory.objects.order_by("position", "id"))
    counted = [(row, find(query_of(row.rule).but(size=1)).total) for row in rows]
    return render(request, "operator/virtual_list.html", {"title": _("Virtual categories"), "rows": counted})


def virtual_new(request: HttpRequest) -> HttpResponse:
    return _virtual_page(request, None)


def virtual(request: HttpRequest, virtual_id: int) -> HttpResponse:
    row = VirtualCategory.objects.filter(pk=virtual_id).first()
    if row is None:
        raise VirtualUnknown
    return _virtual_page(request, row)


def _virtual_page(request: HttpRequest, row: VirtualCategory | None) -> HttpResponse:
    """`then=look` shows what the rule finds and keeps nothing; choosing a category is a look, too."""
    currency = request.market.currency  # type: ignore[attr-defined]
    then = request.POST.get("then", "")
    if request.method != "POST":
        form = VirtualForm(initial=_kept(row, currency), currency=currency, row=row)
    else:
        form = VirtualForm(request.POST, request.FILES, initial=_kept(row, currency), currency=currency, row=row)
    rule: dict[str, Any] | None = row.rule if row is not None and request.method != "POST" else None
    if request.method == "POST":
        form.is_valid()
        try:
            if not ({"brands", "shops", "price_from", "price_to", "sort", *NUMBERS} & set(form.errors)):
                rule = clean_rule(form.rule())
            if then != "look" and not form.errors and rule is not None:
                saved = _keep(request, form, row, rule)
                messages.success(request, _("Kept. Its page follows at once."))
                return HttpResponseRedirect(f"/virtual-categories/{saved.pk}/")
        except MarketError as refusal:
            if then != "look":
                field = {"names": "name_zh"}.get(refusal.field or "", refusal.field)
                form.add_error(field if field in form.fields and field != "category" else None, str(refusal))
        if then == "look":
            form.errors.clear()
    answer = find(query_of(rule).but(size=SHOWN)) if rule else None
    listings = Listing.objects.select_related("merchant").in_bulk(answer.ids) if answer else {}
    text = request.POST.get("q", "")
    context = {
        "title": row.name if row else _("New virtual category"),
        "row": row,
        "form": form,
        "chosen_path": path_name(form.chosen) if form.chosen else "",
        "q": text,
        "found": [(one, path_name(one)) for one in find_categories(text)],
        "answer": answer,
        "listings": [listings[key] for key in answer.ids if key in listings] if answer else [],
        "address": market_url(f"/v/{row.code}/") if row else "",
    }
    return render(request, "operator/virtual.html", context, status=422 if form.errors else 200)


def _keep(request: HttpRequest, form: VirtualForm, row: VirtualCategory | None, rule: dict[str, Any]) -> VirtualCategory:
    data = form.cleaned_data
    fields: dict[str, Any] = {
        "names": {"zh-hans": data["name_zh"], "en": data["name_en"]},
        "texts": {"zh-hans": data["text_zh"], "en": data["text_en"]},
        "rule": rule,
        "is_shown": data["is_shown"],
        "in_menu": data["in_menu"],
    }
    if data["position"] is not None:
        fields["position"] = data["position"]
    if data["picture"]:
        fields["picture"] = _stored(data["picture"])
    kept: VirtualCategory = keep_virtual(
        by=actor_of(request), virtual_id=row.pk if row else None, seen=data["seen"] or 0, code=data["code"] if row is None else row.code, fields=fields
    )
    return kept


def _kept(row: VirtualCategory | None, currency: str) -> dict[str, Any]:
    if row is None:
        return {"sort": Sort.RELEVANCE}
    rule = row.rule
    brands = Brand.objects.in_bulk(rule.get("brands", []))
    shops = Merchant.objects.filter(ordinal__in=rule.get("shops", []))
    prices = {f"price_{end}": Money(rule[end], currency).decimal for end in ("from", "to") if end in rule}
    values = {f"a_{key}": [str(value) for value in chosen] for key, chosen in rule.get("values", {}).items()}
    return {
        "seen": row.version,
        "name_zh": row.names.get("zh-hans", ""),
        "name_en": row.names.get("en", ""),
        "code": row.code,
        "text_zh": row.texts.get("zh-hans", ""),
        "text_en": row.texts.get("en", ""),
        "is_shown": row.is_shown,
        "in_menu": row.in_menu,
        "position": row.position,
        "category": rule.get("category"),
        "brands": "\n".join(brand.name for brand in brands.values()),
        "shops": "\n".join(shop.slug for shop in shops),
        "in_stock": rule.get("in_stock", False),
        **{name: rule.get(name) for name in ("reduced", "reviews", "days")},
        "rated": Decimal(rule["rated"]) / 10 if rule.get("rated") else None,
        "sort": rule.get("sort", Sort.RELEVANCE),
        **prices,
        **values,
    }


def virtual_remove(request: HttpRequest, virtual_id: int) -> HttpResponse:
    seen = request.POST.get("seen", "")
    remove_virtual(by=actor_of(request), virtual_id=virtual_id, seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0)
    messages.success(request, _("Removed. Its goods are not touched."))
    return HttpResponseRedirect("/virtual-categories/")


def _stored(upload: IO[bytes]) -> str:
    """The key in public media; the name follows from the content. Raises InvalidInput."""
    clean = clean_picture(read_upload(upload, "picture"), "picture", longest_side=SIDE, to="WEBP")
    key = f"categories/{hashlib.sha256(clean.data).hexdigest()[:24]}.webp"
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(clean.data))
    return f"public/{key}"
