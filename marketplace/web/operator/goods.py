"""The market's goods: every listing of every shop as buyers meet it, what keeps one from being sold, and taking goods off sale."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext_lazy

from marketplace.flows.offers_now import offers_now
from marketplace.flows.review_rules import form_of
from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError, NotFound, ReasonMissing
from marketplace.kernel.models import AuditEvent
from marketplace.merchant.orders.models import OrderLine
from marketplace.platform.listings.models import LONGEST_WHY, Listing, ListingVariant, ProductChange, sellable
from marketplace.platform.listings.taking_off import release_goods, take_goods_off
from marketplace.platform.taxonomy.models import Brand
from marketplace.platform.taxonomy.queries import in_tree, path_name
from marketplace.web.cases import case_of
from marketplace.web.lists.bulk import Bulk, chosen
from marketplace.web.lists.counts import capped_count
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema

TRAIL = 10  # submissions, and steps of the log, on the page of one
MOST_KINDS = 500  # brands or categories to choose from
ON_SALE, OFF, HELD, TAKEN_OFF = "on_sale", "off_sale", "held", "taken_off"
STATES: dict[str, str | Promise] = {
    ON_SALE: _lazy("On sale"),
    OFF: _lazy("Off sale"),
    HELD: _lazy("Held for a missing paper"),
    TAKEN_OFF: _lazy("Taken off by the market"),
}
REASONS = (
    _lazy("It may not be sold."),
    _lazy("It says what is not true of it."),
    _lazy("The owner of a brand or picture has complained."),
    _lazy("Buyers report that it is not safe."),
)


def state_of(row: Listing) -> str:
    """The first of these that keeps it from buyers; each is lifted by itself."""
    if row.is_taken_off:
        return TAKEN_OFF
    if row.is_listed and (row.is_held or row.has_ended):
        return HELD
    return ON_SALE if row.is_on_sale else OFF


def in_state(state: str) -> Q:
    """The same as a condition."""
    if state == TAKEN_OFF:
        return Q(is_taken_off=True)
    if state == HELD:
        return Q(is_taken_off=False, is_listed=True) & (Q(is_held=True) | Q(sellable_until__lte=clock.now()))
    return sellable() if state == ON_SALE else Q(is_taken_off=False, is_listed=False)


def category_choices() -> list[tuple[str, str]]:
    return sorted(((str(row.pk), path_name(row)) for row in in_tree()[:MOST_KINDS]), key=lambda pair: pair[1])


def brand_choices() -> list[tuple[str, str]]:
    return sorted(((str(row.pk), row.name) for row in Brand.objects.order_by("pk")[:MOST_KINDS]), key=lambda pair: pair[1])


def _texts(fields: tuple[str, ...], text: str) -> Q:
    """Texts in every language that hold this, whatever its case; they are kept as JSON."""
    found = Q()
    for name in fields:
        found |= Q(**{f"{name}__icontains": json.dumps(text, ensure_ascii=False)[1:-1]})
    return found


class GoodsFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(method="by_state", choices=list(STATES.items()))
    merchant = django_filters.ModelChoiceFilter(queryset=Merchant.objects.order_by("slug"), label=_lazy("Shop"), empty_label=_lazy("All"))
    category = django_filters.ChoiceFilter(method="in_category", label=_lazy("Category"), choices=category_choices, empty_label=_lazy("All"))
    brand = django_filters.ChoiceFilter(field_name="brand_id", label=_lazy("Brand"), choices=brand_choices, empty_label=_lazy("All"))
    says = django_filters.CharFilter(method="by_text", label=_lazy("Title or description says"))

    def search(self, queryset: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        """By part of a title or SKU, the product's own key, or the shop's name or address."""
        text = value.strip()
        shops = Merchant.objects.filter(_texts(("names",), text) | Q(slug__icontains=text)).values("pk")
        skus = ListingVariant.objects.filter(sku__icontains=text).values("listing_id")
        return queryset.filter(_texts(("titles",), text) | Q(pk__in=skus) | Q(merchant_id__in=shops) | Q(pk=_key(text)))

    def by_state(self, queryset: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        return queryset.filter(in_state(value))

    def in_category(self, queryset: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        return queryset.filter(category__path__contains=[int(value)])

    def by_text(self, queryset: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        return queryset.filter(_texts(("titles", "descriptions"), value.strip()))


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def dress(request: HttpRequest, rows: list[Any]) -> None:
    for row in rows:
        row.state = state_of(row)
        row.state_said = STATES[row.state]


goods = ListPage(
    title=_lazy("Goods"),
    name="goods",
    right=Right.REVIEW_PRODUCTS,
    columns=[
        Column(_lazy("Product"), "product", is_fixed=True, sort=("published_at", "pk")),
        Column(_lazy("Shop"), "shop"),
        Column(_lazy("Category"), "category", wide_only=True),
        Column(_lazy("Brand"), "brand", wide_only=True),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Stock"), "stock", end=True),
        Column(_lazy("Price"), "price", end=True, sort=("price_minor", "pk")),
    ],
    row_template="operator/_goods_row.html",
    rows=lambda request: Listing.objects.select_related("merchant", "category", "brand").defer("descriptions", "attributes"),
    filters=GoodsFilter,
    order=("-published_at", "-pk"),
    uncounted=("q", "says"),
    prepare=dress,
    search_hint=_lazy("Title, SKU, key of the product, or shop"),
    empty=_lazy("Nothing was on sale yet. Every product that has passed its review will stand here."),
    teach=Teach(_lazy("To the product reviews"), "reviews", Right.REVIEW_PRODUCTS),
    export_name="goods",
    export_head=[
        _lazy("Product"),
        pgettext_lazy("goods", "Key"),
        _lazy("Shop"),
        _lazy("Category"),
        _lazy("Brand"),
        _lazy("Status"),
        _lazy("In stock"),
        _lazy("Price from"),
        _lazy("Currency"),
        _lazy("Sold"),
        _lazy("On sale since"),
        _lazy("Taken off since"),
        _lazy("Reason"),
    ],
    export=lambda row: [
        (
            row.title.text,
            str(row.pk),
            row.merchant.name,
            path_name(row.category),
            row.brand.name if row.brand else "",
            row.state_said,
            row.in_stock,
            row.price,
            row.currency,
            row.sold,
            row.published_at,
            row.taken_off_at,
            row.taken_off_why,
        )
    ],
    base="operator/base.html",
    bulk=[
        Bulk(_lazy("Take off sale"), "goods-off", Right.REVIEW_PRODUCTS, "lock", shows=True, stays=True),
        Bulk(pgettext_lazy("goods", "Release"), "goods-release", Right.REVIEW_PRODUCTS, "check", shows=True, stays=True),
    ],
)


def listing(request: HttpRequest, listing_id: UUID) -> HttpResponse:
    """What buyers read of it, its price and stock now, what was submitted of it before, and what the market has done with it."""
    row: Any = Listing.objects.select_related("merchant").prefetch_related("variants").filter(pk=listing_id).first()
    if row is None:
        raise NotFound
    now = offers_now(row.merchant_id, row.pk)
    dress(request, [row])
    log = AuditEvent.objects.filter(subject_type="product", subject_id=str(row.pk), action__in=["listing.taken_off", "listing.released"])
    context = {
        "title": row.title.text,
        "listing": row,
        "case": case_of(_as_change(row), None, now),
        "orders": _orders_of(row),
        "trail": list(ProductChange.objects.filter(product_id=row.pk).order_by("-submitted_at", "-pk")[:TRAIL]),
        "log": list(log.order_by("-pk")[:TRAIL]),
    }
    return render(request, "operator/listing.html", context)


def _as_change(row: Any) -> ProductChange:
    """What buyers read, in the form of a submission."""
    form = form_of(row)
    offered = {str(one.pk): one for one in row.variants.all()}
    form["variants"] = [
        one | {"price_minor": offered[one["id"]].price_minor, "market_minor": offered[one["id"]].market_minor, "available": 0} for one in form["variants"]
    ]
    return ProductChange(product_id=row.pk, proposed=form, currency=row.currency)


def _orders_of(row: Listing) -> str:
    """In how many orders it was bought, counted up to a thousand."""
    with merchant_schema(row.merchant_id):
        return capped_count(OrderLine.objects.filter(product_id=row.pk).values("order").distinct())


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_lazy("Reason"),
        max_length=LONGEST_WHY,
        error_messages={"required": ReasonMissing.message},
        widget=forms.Textarea({"rows": 4, "maxlength": LONGEST_WHY}),
        help_text=_lazy("The shop reads it in a letter and beside the product, and it is kept in the log."),
    )


def goods_off(request: HttpRequest) -> HttpResponse:
    """A reason for what was ticked, then it is off sale."""

    def told(n: int) -> str:
        return ngettext("{n} product is off sale; the shop is told why.", "{n} products are off sale; the shops are told why.", n).format(n=n)

    return _with_reason(request, takes_off=True, told=told)


def goods_release(request: HttpRequest) -> HttpResponse:
    def told(n: int) -> str:
        return ngettext("{n} product is released; the shop is told.", "{n} products are released; the shops are told.", n).format(n=n)

    return _with_reason(request, takes_off=False, told=told)


def _with_reason(request: HttpRequest, *, takes_off: bool, told: Any) -> HttpResponse:
    try:
        keys = chosen(request)
    except MarketError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("goods"))
    rows: list[Any] = list(Listing.objects.select_related("merchant").filter(pk__in=keys).order_by("-published_at", "-pk"))
    if not rows:
        raise NotFound
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        do = take_goods_off if takes_off else release_goods
        try:
            n = do(by=actor_of(request), listing_ids=[row.pk for row in rows], why=form.cleaned_data["why"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            if n:
                messages.success(request, told(n))
            else:
                messages.info(request, _("Nothing has changed: all of it was like that already."))
            return HttpResponseRedirect(reverse("listing", args=[rows[0].pk]) if len(rows) == 1 else reverse("goods"))
    dress(request, rows)
    context = {
        "title": _("Take off sale") if takes_off else pgettext_lazy("goods", "Release"),
        "rows": rows,
        "only": rows[0] if len(rows) == 1 else None,
        "form": form,
        "takes_off": takes_off,
        "reasons": REASONS if takes_off else (),
    }
    return render(request, "operator/goods_move.html", context, status=422 if form.errors else 200)
