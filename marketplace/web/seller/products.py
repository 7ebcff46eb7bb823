"""Products: enter, change, put on sale, take off."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.flows.bundles import parts_seen_of
from marketplace.flows.offered_prices import shown_prices
from marketplace.flows.publish_product import put_on_sale
from marketplace.flows.review_product import NOTE_LABELS, submit_product, withdraw_product
from marketplace.flows.stop_selling import stop_selling
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.kernel.formats import format_time
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.conditions.models import SaleCondition
from marketplace.merchant.inventory.queries import stocks_of
from marketplace.merchant.pricing.models import Price
from marketplace.merchant.pricing.periods import in_force
from marketplace.platform.taxonomy.models import Category
from marketplace.web.lists.bulk import Bulk, chosen, with_each
from marketplace.web.lists.pages import Column, ListPage, Teach, Whole
from marketplace.web.seller.conditions import state_of
from marketplace.web.seller.gallery import STEP, gallery_of
from marketplace.web.seller.import_tables import import_table
from marketplace.web.seller.product_filters import ProductFilter
from marketplace.web.seller.product_form import ProductForm, category_rows
from marketplace.web.seller.product_reviews import submissions_of
from marketplace.web.seller.product_save import keys_of_rows, save
from marketplace.web.seller.taken_off import taken_off_of, warn_of_market
from marketplace.web.seller.variant_merge import variants_of
from tenants.access.actors import actor_of
from tenants.access.rights import Right
from tenants.tenancy.hosts import market_url

# Where else than at id_<name> a field stands.
NOTED_AT = {
    "attributes": "attributes",
    "variants": "variants",
    "category": "id_category_query",
    "customising": "customising",
}


def _with_offer(request: HttpRequest, rows: list[Any]) -> None:
    """What each row costs now and regularly, its stock, condition and first picture: a few queries for the page."""
    ids = [row.pk for row in rows]
    currency = request.market.currency  # type: ignore[attr-defined]
    variants = dict(Variant.objects.filter(product_id__in=ids, is_active=True).values_list("pk", "product_id"))
    now, regular = shown_prices(variants), {row.variant_id: row.sale_minor for row in in_force().filter(variant_id__in=variants)}
    lowest: dict[Any, tuple[int, int]] = {}  # what it costs now, and regularly
    for key, product_id in variants.items():
        if key in now:
            price = (now[key].sale_minor, regular.get(key, now[key].sale_minor))
            lowest[product_id] = min(price, lowest.get(product_id, price))
    stock = stocks_of(ids)
    parts = parts_seen_of([row.pk for row in rows if row.status == Product.Status.ON_SALE])
    conditions = {row.product_id: row for row in SaleCondition.objects.filter(product_id__in=ids)}
    pictures: dict[Any, str] = {}
    for row in Product.objects.filter(pk__in=ids).prefetch_related("pictures"):
        first = min(row.pictures.all(), key=lambda picture: picture.position, default=None)
        pictures[row.pk] = f"{request.merchant.schema_name}/{first.key}" if first else ""  # type: ignore[attr-defined]
    categories = Category.objects.in_bulk([row.category_id for row in rows])
    off = taken_off_of(ids)
    for row in rows:
        row.price = Money(lowest[row.pk][0], currency) if row.pk in lowest else None
        row.regular = Money(lowest[row.pk][1], currency) if row.pk in lowest else None
        row.kept = conditions.get(row.pk)
        row.troubles = [part for part in parts.get(row.pk, ()) if part.trouble]
        row.available = stock.get(row.pk, 0)
        row.by_market = off.get(row.pk)
        row.picture = pictures[row.pk]
        row.category = categories.get(row.category_id)


products = ListPage(
    title=_lazy("Products"),
    name="products",
    right=Right.VIEW_PRODUCTS,
    columns=[
        Column(_lazy("Product"), "product", is_fixed=True, sort=("created_at", "pk")),
        Column(_lazy("Category"), "category", wide_only=True),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Stock"), "stock", end=True),
        Column(_lazy("Price"), "price", end=True),
        Column("", "do", end=True, is_fixed=True),
    ],
    row_template="seller/_product_row.html",
    rows=lambda request: Product.objects.all(),
    filters=ProductFilter,
    uncounted=("q", "stock", "sale"),
    search_hint=_lazy("Title, SKU, product code or barcode"),
    empty=_lazy("No product yet. Enter the first one: title, category, price, stock and a picture are enough."),
    export_name="products",
    export_head=[
        _lazy("Title"),
        _lazy("Product code"),
        _lazy("Category"),
        _lazy("Status"),
        _lazy("Review"),
        _lazy("Stock"),
        _lazy("Price from"),
        _lazy("Regular price"),
        _lazy("Currency"),
        _lazy("Entered"),
        _lazy("Changed"),
    ],
    export=lambda row: [
        (
            row.title.text,
            row.source_ref,
            row.category.name if row.category else "",
            row.get_status_display(),
            row.get_review_display(),
            row.available,
            row.price,
            row.regular,
            row.price.currency if row.price is not None else "",
            row.created_at,
            row.changed_at,
        )
    ],
    whole=Whole(_lazy("As a table to import again: every column, one row a variant"), import_table),
    actions_template="seller/_products_actions.html",
    bulk=[
        Bulk(_lazy("Submit for review"), "products-submit", Right.EDIT_PRODUCTS, "eye", do=lambda by, key: submit_product(by=by, product_id=key)),
        Bulk(_lazy("Put on sale"), "products-on-sale", Right.EDIT_PRODUCTS, "check", do=lambda by, key: put_on_sale(by=by, product_id=key)),
        Bulk(_lazy("Take off sale"), "products-off-sale", Right.EDIT_PRODUCTS, "minus", do=lambda by, key: stop_selling(by=by, product_id=key)),
        Bulk(_lazy("Condition of sale"), "products-conditions", Right.EDIT_PRODUCTS, "box", shows=True, stays=True),
        Bulk(_lazy("When it is on sale"), "products-times", Right.EDIT_PRODUCTS, "clock", shows=True, stays=True),
        Bulk(_lazy("Print labels"), "products-labels", Right.VIEW_PRODUCTS, "print", shows=True, stays=True),
        Bulk(_lazy("Put into a shop category"), "products-shelve", Right.EDIT_PRODUCTS, "list", shows=True, stays=True),
    ],
    prepare=_with_offer,
    teach=Teach(_lazy("New product"), "product-new", Right.EDIT_PRODUCTS),
)


SHOWS_ONLY = ("matrix", "fill", "paste", "show")  # ways to send the form that change nothing


def product(request: HttpRequest, product_id: UUID | None = None) -> HttpResponse:
    """Enter a new product, or change one."""
    row = None
    if product_id is not None:
        row = Product.objects.filter(pk=product_id).first()
        if row is None:
            raise NotFound
    currency = request.market.currency  # type: ignore[attr-defined]
    if request.method != "POST":
        return _product_page(request, row, ProductForm(product=row, currency=currency, initial={"product_id": row.pk if row else uuid4()}))
    form = ProductForm(request.POST, request.FILES, product=row, currency=currency)
    then = request.POST.get("then", "")
    if "find_category" in request.POST or "copy" in request.POST or then in SHOWS_ONLY:
        form.show_only()
        if request.htmx and then in SHOWS_ONLY:  # type: ignore[attr-defined]
            is_matrix = request.htmx.target == "matrix"  # type: ignore[attr-defined]
            part = "seller/product/_matrix_and_attributes.html" if is_matrix else "seller/_by_category.html"
            return render(request, part, {"form": form, "product": row, "swapped_gallery": gallery_of(form, row)})
        return _product_page(request, row, form)
    if then.startswith(STEP):
        gallery_of(form, row).step(actor_of(request), then)
        form.show_only()
        return render(request, "seller/_gallery.html", {"gallery": gallery_of(form, row)}) if request.htmx else _product_page(request, row, form)  # type: ignore[attr-defined]
    if form.is_valid():
        try:
            saved = save(actor_of(request), form, row, submits=then == "submit")
        except MarketError as refusal:
            form.show(refusal, keys_of_rows(form, row, form.cleaned_data["product_id"]))
        else:
            if not warn_of_market(request, [saved.pk]):
                messages.success(request, _said(saved))
            return HttpResponseRedirect(f"/products/{saved.pk}/")
    return _product_page(request, row, form)


def _said(saved: Product) -> str:
    title = saved.title.text
    if saved.review == Product.Review.WAITING:
        return _("“{title}” is saved and waits for the market's review.").format(title=title)
    if saved.status == Product.Status.ON_SALE:
        return _("“{title}” is saved; the market shows it within seconds.").format(title=title)
    return _("“{title}” is saved.").format(title=title)


def _product_page(request: HttpRequest, row: Product | None, form: ProductForm) -> HttpResponse:
    by_market = taken_off_of([row.pk]).get(row.pk) if row else None
    context = {
        "title": row.title.text if row else _("New product"),
        "by_market": by_market,
        "product": row,
        "form": form,
        "review_notes": [
            {"label": NOTE_LABELS[code], "text": text, "at": NOTED_AT.get(code, f"id_{code}")} for code, text in (row.review_notes if row else {}).items()
        ],
        "was_submitted": row is not None and submissions_of(row.pk).exists(),
        "found_categories": form.found_categories(),
        "listing_address": market_url(f"/p/{row.pk}/") if row and row.status == Product.Status.ON_SALE and not by_market else "",
        "gallery": gallery_of(form, row),
        "schema": request.merchant.schema_name,  # type: ignore[attr-defined]
        "periods": price_periods(row) if row else [],
        **variants_of(row),
        **(state_of(row.pk) if row else {}),
    }
    return render(request, "seller/product.html", context, status=422 if form.errors else 200)


def price_periods(row: Product) -> list[Price]:
    """What its variants have cost, newest first: every change of a price is a period."""
    return list(Price.objects.filter(variant__product=row).select_related("variant").order_by("-starts_at", "variant__position")[:40])


def categories(request: HttpRequest) -> HttpResponse:
    """Categories that match what was typed, to choose one from."""
    return render(
        request,
        "seller/_categories.html",
        {"found_categories": category_rows(request.GET.get("category_query", "")), "chosen": request.GET.get("category", "")},
    )


def submit_chosen(request: HttpRequest) -> HttpResponse:
    def told(n: int) -> str:
        if request.merchant.is_own:  # type: ignore[attr-defined]
            return ngettext("{n} product has passed without a review: own goods.", "{n} products have passed without a review: own goods.", n).format(n=n)
        return ngettext("{n} product waits for the market's review.", "{n} products wait for the market's review.", n).format(n=n)

    return with_each(request, products, "products-submit", told)


def put_chosen_on_sale(request: HttpRequest) -> HttpResponse:
    def told(n: int) -> str:
        return ngettext("{n} product is on sale, or will be at its time.", "{n} products are on sale, or will be at their time.", n).format(n=n)

    answer = with_each(request, products, "products-on-sale", told)
    if request.POST.get("all") != "1":
        with suppress(MarketError):  # what is wrong with the ticks is said already
            warn_of_market(request, chosen(request))
    return answer


def take_chosen_off_sale(request: HttpRequest) -> HttpResponse:
    def told(n: int) -> str:
        return ngettext("{n} product is off sale.", "{n} products are off sale.", n).format(n=n)

    return with_each(request, products, "products-off-sale", told)


def on_sale(request: HttpRequest, product_id: UUID) -> HttpResponse:
    row = put_on_sale(by=actor_of(request), product_id=product_id)
    if row.status != Product.Status.ON_SALE and row.listed_from is not None:
        messages.success(request, _("“{title}” goes on sale {at}, not before.").format(title=row.title.text, at=format_time(row.listed_from)))
    elif not warn_of_market(request, [product_id]):
        messages.success(request, _("“{title}” is on sale; the market finds it within seconds.").format(title=row.title.text))
    return HttpResponseRedirect(f"/products/{product_id}/")


def off_sale(request: HttpRequest, product_id: UUID) -> HttpResponse:
    waited = Product.objects.filter(pk=product_id, review=Product.Review.WAITING).exists()
    row = stop_selling(by=actor_of(request), product_id=product_id)
    messages.success(request, _("“{title}” is off sale. Orders that exist are not touched.").format(title=row.title.text))
    if waited:
        messages.info(request, _("What waited for review is taken back. Submit it again when it is to be sold."))
    return HttpResponseRedirect(f"/products/{product_id}/")


def submit(request: HttpRequest, product_id: UUID) -> HttpResponse:
    row = submit_product(by=actor_of(request), product_id=product_id)
    messages.success(
        request, _said(row) if row.review != Product.Review.WAITING else _("“{title}” waits for the market's review.").format(title=row.title.text)
    )
    return HttpResponseRedirect(f"/products/{product_id}/")


def withdraw(request: HttpRequest, product_id: UUID) -> HttpResponse:
    row = withdraw_product(by=actor_of(request), product_id=product_id)
    messages.success(request, _("“{title}” no longer waits for review.").format(title=row.title.text))
    return HttpResponseRedirect(f"/products/{product_id}/")
