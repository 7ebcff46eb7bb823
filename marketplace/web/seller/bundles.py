"""Bundles: what is in one, chosen from the shop's own articles; title, number and price of a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.bundles import make_bundle, parts_seen
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.kernel.money import Money
from marketplace.merchant.bundles.actions import MOST_PARTS, MOST_PIECES, is_fixed, put_parts
from marketplace.merchant.bundles.queries import bundles_among
from marketplace.merchant.catalogue.models import Picture, Product, Variant
from marketplace.merchant.inventory.queries import free_of_variants
from marketplace.merchant.pricing.periods import in_force
from marketplace.web.seller.product_search import products_said
from marketplace.web.seller.stock.shared import with_labels
from tenants.access.actors import actor_of

MOST_FOUND = 12
MOST_ROWS = MOST_FOUND + MOST_PARTS + 1  # of one form
PART = "part_"


class BundleForm(forms.Form):
    """The head of a new bundle. Its category, pictures and texts are then changed like those of any product."""

    product_id = forms.UUIDField(widget=forms.HiddenInput)
    title_zh = forms.CharField(label=_lazy("Title in Chinese"), max_length=200, required=False)
    title_en = forms.CharField(label=_lazy("Title in English"), max_length=200, required=False)
    sku = forms.CharField(label=_lazy("SKU"), max_length=64)
    price = forms.CharField(label=_lazy("Price of the bundle"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_price(self) -> Money:
        try:
            return Money.parse(self.cleaned_data["price"], self.currency)
        except MarketError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(name, "").strip() for name in ("title_zh", "title_en")):
            self.add_error("title_zh", _("Give the product a title in at least one language."))
        return cleaned


@dataclass
class Row:
    """An article that is in the bundle, or could be."""

    variant: Variant
    label: str  # its options in words
    picture: str
    price: Money | None
    free: int
    written: str = ""

    @property
    def name(self) -> str:
        return f"{PART}{self.variant.pk.hex}"


def written_parts(request: HttpRequest) -> dict[UUID, str]:
    """Variant → what was typed as its number; nothing and 0 are no part."""
    found: dict[UUID, str] = {}
    for text in request.POST.getlist("row")[:MOST_ROWS]:
        try:
            key = UUID(text)
        except ValueError:
            continue
        if (typed := request.POST.get(f"{PART}{key.hex}", "").strip()) and typed != "0":
            found[key] = typed[:4]
    return found


def numbers(written: dict[UUID, str]) -> list[tuple[UUID, int]]:
    """As the verb takes them; what is no number is -1, which it refuses."""
    return [(key, _number(text)) for key, text in written.items()]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1


def rows_of(request: HttpRequest, written: dict[UUID, str], query: str) -> tuple[list[Row], list[Row]]:
    """What is in it, in the order it was chosen, and what else is found: never bundles."""
    schema = request.merchant.schema_name  # type: ignore[attr-defined]
    sold = Variant.objects.filter(is_active=True, product__parts__isnull=True).select_related("product")
    chosen = {row.pk: row for row in sold.filter(pk__in=written)}
    others = sold.exclude(pk__in=chosen)
    if query.strip():
        others = others.filter(product__in=Product.objects.filter(products_said(query)))
    found = list(others.order_by("-pk")[:MOST_FOUND])
    every = [*chosen.values(), *found]
    prices = {price.variant_id: price.sale for price in in_force().filter(variant__in=every)}
    free = free_of_variants([row.pk for row in every])
    pictures: dict[UUID, str] = {}
    for picture in Picture.objects.filter(product__in={row.product_id for row in every}).order_by("-position"):
        pictures[picture.product_id] = f"{schema}/{picture.key}"
    with_labels(every)

    def row(variant: Variant) -> Row:
        picture = pictures.get(variant.product_id, "")
        return Row(variant, variant.label, picture, prices.get(variant.pk), free.get(variant.pk, 0), written.get(variant.pk, ""))  # type: ignore[attr-defined]

    return [row(chosen[key]) for key in written if key in chosen], [row(variant) for variant in found]


def _singly(rows: list[Row], currency: str) -> Money | None:
    """What the chosen articles cost by themselves; None while a number or price is missing."""
    total = Money.zero(currency)
    for row in rows:
        if row.price is None or (n := _number(row.written)) < 1:
            return None
        total += row.price.times(n)
    return total if rows else None


def _page(
    request: HttpRequest, *, form: BundleForm | None = None, product: Product | None = None, written: dict[UUID, str], refusal: MarketError | None = None
) -> HttpResponse:
    query = request.POST.get("q", request.GET.get("q", ""))[:100]
    chosen, found = rows_of(request, written, query)
    context = {
        "title": _("What is in “{title}”").format(title=product.title.text) if product else _("New bundle"),
        "form": form,
        "product": product,
        "chosen": chosen,
        "found": found,
        "query": query,
        "singly": _singly(chosen, request.market.currency),  # type: ignore[attr-defined]
        "most": MOST_PIECES,
        "refusal": str(refusal) if refusal else "",
    }
    return render(request, "seller/bundle.html", context, status=422 if refusal or (form and form.errors) else 200)


def bundle_new(request: HttpRequest) -> HttpResponse:
    """Choose what is in a new bundle, and make the draft. `?like=` begins with what another one holds."""
    currency = request.market.currency  # type: ignore[attr-defined]
    if request.method != "POST":
        return _page(request, form=BundleForm(currency=currency, initial={"product_id": uuid4()}), written=_like(request.GET.get("like", "")))
    written = written_parts(request)
    form = BundleForm(request.POST, currency=currency)
    if request.POST.get("then") == "find":
        form = BundleForm(currency=currency, initial={name: request.POST.get(name, "") for name in form.fields})
        return _page(request, form=form, written=written)
    if not form.is_valid():
        return _page(request, form=form, written=written)
    data = form.cleaned_data
    try:
        row = make_bundle(
            by=actor_of(request),
            product_id=data["product_id"],
            titles={"zh-hans": data["title_zh"], "en": data["title_en"]},
            sku=data["sku"],
            price=data["price"],
            parts=numbers(written),
        )
    except MarketError as refusal:
        if refusal.field in form.fields:
            form.add_error(refusal.field, str(refusal))
            return _page(request, form=form, written=written)
        return _page(request, form=form, written=written, refusal=refusal)
    messages.success(request, _("“{title}” is a draft. Look at category, pictures and description, and submit it.").format(title=row.title.text))
    return HttpResponseRedirect(reverse("product", args=[row.pk]))


def _like(key: str) -> dict[UUID, str]:
    """What another bundle of the shop holds."""
    try:
        other = Product.objects.filter(pk=UUID(key)).first()
    except ValueError:
        other = None
    return {part.variant.pk: str(part.quantity) for part in parts_seen(other)} if other else {}


def bundle_parts(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Change what is in a bundle that nobody has seen yet."""
    row = Product.objects.filter(pk=product_id).first()
    if row is None or not bundles_among([row.pk]):
        raise NotFound
    if request.method != "POST":
        return _page(request, product=row, written={part.variant.pk: str(part.quantity) for part in parts_seen(row)})
    written = written_parts(request)
    if request.POST.get("then") == "find":
        return _page(request, product=row, written=written)
    try:
        put_parts(by=actor_of(request), product_id=row.pk, parts=numbers(written))
    except MarketError as refusal:
        return _page(request, product=row, written=written, refusal=refusal)
    messages.success(request, _("What is in it is kept."))
    return HttpResponseRedirect(reverse("product", args=[row.pk]))


def shown_bundle(product: Product | None) -> dict[str, Any] | None:
    """What the product's page says of it as a bundle; None for anything else."""
    if product is None or not bundles_among([product.pk]):
        return None
    parts = parts_seen(product)
    prices = [part.total for part in parts]
    price = in_force().filter(variant__product=product, variant__is_active=True).first()
    singly = Money.sum([one for one in prices if one], price.currency) if price and all(prices) else None
    return {
        "parts": parts,
        "left": min((part.free // part.quantity for part in parts), default=0),
        "has_trouble": any(part.trouble for part in parts),
        "singly": singly,
        "saving": singly - price.sale if singly and price and singly > price.sale else None,
        "is_dearer": bool(singly and price and price.sale > singly),
        "is_fixed": is_fixed(product),
    }
