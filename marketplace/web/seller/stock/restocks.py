"""What should be ordered from suppliers, what is on the way, and receiving it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from marketplace.kernel.inputs import DayInput
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.errors import RestockUnknown
from marketplace.merchant.inventory.models import Restock, RestockLine, StockMovement, StockTransfer, TransferLine
from marketplace.merchant.inventory.restocking import OPEN, SALES_DAYS, end_restock, needs_of, order_restock, receive_restock, restock_here
from marketplace.web.lists.bulk import Bulk
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.seller.stock.listing import HEAD, StockFilter, exported, with_needs
from marketplace.web.seller.stock.shared import LOW, chosen_levels, levels, location_choices, sent_keys, sent_numbers, typed_lines, with_labels
from tenants.access.actors import actor_of
from tenants.access.rights import Right

K = StockMovement.Kind


def needing(request: HttpRequest) -> QuerySet[Any]:
    """Levels of which something should be ordered: what is free and on its way is less than the safety stock and 30 days of sales.

    First those that are low or sold something at all, which indexes find; only of these the sums are made.
    """
    since = clock.now() - timedelta(days=SALES_DAYS)
    moved = StockMovement.objects.filter(kind__in=(K.SHIPPED, K.RETURNED), at__gte=since)
    sold = moved.filter(level=OuterRef("pk")).order_by().values("level").annotate(n=-Sum("quantity")).values("n")
    ordered = RestockLine.objects.filter(variant=OuterRef("variant"), restock__location=OuterRef("location"), restock__status__in=OPEN)
    sent = TransferLine.objects.filter(variant=OuterRef("variant"), transfer__target=OuterRef("location"), transfer__status=StockTransfer.Status.SENT)
    rows = levels().filter(variant__is_active=True).filter(LOW | Q(pk__in=moved.filter(kind=K.SHIPPED).values("level")))
    rows = rows.annotate(
        sold=Coalesce(Subquery(sold), 0),
        ordered=Coalesce(
            Subquery(ordered.filter(quantity__gt=F("received")).order_by().values("variant").annotate(n=Sum(F("quantity") - F("received"))).values("n")), 0
        ),
        sent=Coalesce(Subquery(sent.order_by().values("variant").annotate(n=Sum("quantity")).values("n")), 0),
    )
    return rows.filter(free__lt=F("least") + F("sold") - F("ordered") - F("sent"))


class ReplenishFilter(StockFilter):
    show = django_filters.ChoiceFilter(
        method="tab", choices=[("low", _lazy("Below safety stock")), ("out", pgettext_lazy("stock", "Out of stock")), ("sells", _lazy("Sold in 30 days"))]
    )

    def tab(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter({"low": LOW, "out": Q(free__lte=0), "sells": Q(sold__gt=0)}[value])


replenish = ListPage(
    title=_lazy("Replenishment"),
    name="replenish",
    right=Right.VIEW_PRODUCTS,
    columns=[
        Column(_lazy("Variant"), "variant", is_fixed=True),
        Column(_lazy("Location"), "location"),
        Column(pgettext_lazy("stock", "Free"), "free", end=True),
        Column(_lazy("Held for orders"), "held", end=True, wide_only=True),
        Column(pgettext_lazy("stock", "On the way"), "coming", end=True),
        Column(_lazy("Safety stock"), "safety", end=True, wide_only=True),
        Column(_lazy("Sold in 30 days"), "sold", end=True),
        Column(_lazy("Lasts for days"), "cover", end=True),
        Column(pgettext_lazy("stock", "Proposed"), "proposed", end=True),
    ],
    row_template="seller/stock/_replenish_row.html",
    rows=needing,
    filters=ReplenishFilter,
    order=("-pk",),
    search_hint=_lazy("SKU or title"),
    empty=_lazy("Nothing has to be ordered: what lies there and is on its way covers the safety stock and 30 days of sales."),
    teach=Teach(_lazy("To the stock"), "stock", Right.VIEW_PRODUCTS),
    actions_template="seller/stock/_replenish_actions.html",
    export_name="replenishment",
    export_head=[*HEAD, _lazy("Lasts for days"), pgettext_lazy("stock", "Proposed")],
    export=lambda row: [(*exported(row)[0], "" if row.need.cover_days is None else row.need.cover_days, row.need.proposed)],
    bulk=[Bulk(pgettext_lazy("restock", "Order"), "restock-new", Right.KEEP_STOCK, "plus", shows=True, stays=True)],
    prepare=with_needs,
)


class RestockFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=Restock.Status.choices)
    location = django_filters.ChoiceFilter(field_name="location_id", label=_lazy("Location"), choices=location_choices, empty_label=_lazy("All"))
    since, until = Since("ordered_at"), Until("ordered_at")

    def search(self, queryset: QuerySet[Restock], name: str, value: str) -> QuerySet[Restock]:
        text = value.strip()
        with_sku = RestockLine.objects.filter(variant__sku__iexact=text).values("restock_id")
        return queryset.filter(Q(number__startswith=text) | Q(supplier__icontains=text) | Q(pk__in=with_sku))


def _prepared(request: HttpRequest, rows: list[Any]) -> None:
    found = Restock.objects.filter(pk__in=[row.pk for row in rows]).annotate(n=Sum("lines__quantity"), came=Sum("lines__received"))
    sums = {row.pk: (row.n or 0, row.came or 0) for row in found}
    for row in rows:
        row.pieces, row.came = sums[row.pk]


restocks = ListPage(
    title=_lazy("Orders from suppliers"),
    name="restocks",
    right=Right.VIEW_PRODUCTS,
    columns=[
        Column(_lazy("Number"), "number", is_fixed=True),
        Column(_lazy("Supplier"), "supplier"),
        Column(_lazy("Location"), "location"),
        Column(_lazy("Pieces"), "pieces", end=True),
        Column(pgettext_lazy("restock", "Received"), "came", end=True),
        Column(_lazy("Expected on"), "expected"),
        Column(_lazy("Status"), "status"),
        Column(pgettext_lazy("restock", "Ordered"), "ordered"),
        Column(_lazy("By"), "by", wide_only=True),
    ],
    row_template="seller/stock/_restock_row.html",
    rows=lambda request: Restock.objects.select_related("location"),
    filters=RestockFilter,
    order=("-ordered_at", "-pk"),
    search_hint=_lazy("Number, supplier or SKU"),
    empty=_lazy("Nothing has been ordered yet. The replenishment list says what runs low."),
    teach=Teach(_lazy("To the replenishment list"), "replenish", Right.VIEW_PRODUCTS),
    actions_template="seller/stock/_restocks_actions.html",
    export_name="supplier-orders",
    export_head=[
        _lazy("Number"),
        _lazy("Supplier"),
        _lazy("Location"),
        _lazy("Pieces"),
        pgettext_lazy("restock", "Received"),
        _lazy("Expected on"),
        _lazy("Status"),
        pgettext_lazy("restock", "Ordered"),
        _lazy("By"),
        _lazy("Note"),
    ],
    export=lambda row: [
        (
            row.number,
            row.supplier,
            row.location.name,
            row.pieces,
            row.came,
            row.expected_on or "",
            row.get_status_display(),
            row.ordered_at,
            row.by_label,
            row.note,
        )
    ],
    prepare=_prepared,
)


class RestockForm(forms.Form):
    """The hidden key makes the same form sent twice one order."""

    restock_id = forms.UUIDField(widget=forms.HiddenInput)
    location = forms.ChoiceField(label=_lazy("Where it will arrive"))
    supplier = forms.CharField(label=_lazy("Supplier"), max_length=120, required=False)
    expected_on = forms.DateField(label=_lazy("Expected on"), required=False, widget=DayInput())
    more = forms.CharField(
        label=_lazy("More variants"),
        help_text=_lazy("One a line: SKU and pieces, such as MUG-1 12. You can paste two columns of a sheet."),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    note = forms.CharField(label=_lazy("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].choices = location_choices()  # type: ignore[attr-defined]


def restock_new(request: HttpRequest) -> HttpResponse:
    """What was ticked, with what is proposed of it; the numbers can be changed and more be added."""
    if request.method != "POST":
        rows = chosen_levels(request)
        needs = needs_of(rows)
        variants: dict[UUID, Any] = {row.variant_id: row.variant for row in rows}
        for row in rows:
            variants[row.variant_id].typed = getattr(variants[row.variant_id], "typed", 0) + needs[row.pk].proposed
        location = str(rows[0].location_id) if rows else location_choices()[0][0]
        form = RestockForm(initial={"restock_id": uuid4(), "location": location})
        return _new_page(request, form, list(variants.values()), needs_of_place(rows))
    form = RestockForm(request.POST)
    keys = sent_keys(request)
    if form.is_valid():
        data = form.cleaned_data
        try:
            pieces = sent_numbers(request.POST, "pieces", keys)
            for key, number in typed_lines(data["more"]).items():
                pieces[key] = pieces.get(key, 0) + number
            made = order_restock(
                by=actor_of(request),
                restock_id=data["restock_id"],
                location_id=UUID(data["location"]),
                pieces=pieces,
                supplier=data["supplier"],
                expected_on=data["expected_on"],
                note=data["note"],
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Noted as ordered. Receive it here when it comes."))
            return HttpResponseRedirect(reverse("restock", args=[made.number]))
    found: dict[UUID, Any] = {variant.pk: variant for variant in Variant.objects.filter(pk__in=keys).select_related("product").order_by("sku")}
    for key, variant in found.items():
        variant.typed = request.POST.get(f"pieces_{key.hex}", "")
    return _new_page(request, form, list(found.values()), {})


def needs_of_place(rows: list[Any]) -> dict[UUID, Any]:
    """Variant → what the row that was ticked first needs."""
    needs = needs_of(rows)
    return {row.variant_id: (row, needs[row.pk]) for row in reversed(rows)}


def _new_page(request: HttpRequest, form: RestockForm, variants: list[Any], needs: dict[UUID, Any]) -> HttpResponse:
    with_labels(variants)
    for variant in variants:
        variant.level, variant.need = needs.get(variant.pk, (None, None))
    context = {"title": _("Order from a supplier"), "form": form, "variants": variants}
    return render(request, "seller/stock/restock_new.html", context, status=422 if form.errors else 200)


def restock(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number)


def restock_receive(request: HttpRequest, number: str) -> HttpResponse:
    try:
        key = UUID(request.POST.get("receipt_id", ""))
    except ValueError:
        key = uuid4()
    try:
        pieces = sent_numbers(request.POST, "came", sent_keys(request))
        row = receive_restock(by=actor_of(request), receipt_id=key, number=number, pieces=pieces)
    except RestockUnknown:
        raise
    except MarketError as refusal:
        return _page(request, number, refusal)
    if row.location.sells:
        messages.success(request, _("Received: it can be sold."))
    else:
        messages.success(request, _("Received: it lies at “{place}”, from where nothing is shipped. Move it to sell it.").format(place=row.location.name))
    return HttpResponseRedirect(reverse("restock", args=[number]))


def restock_end(request: HttpRequest, number: str) -> HttpResponse:
    try:
        end_restock(by=actor_of(request), number=number, why=request.POST.get("why", ""))
    except RestockUnknown:
        raise
    except MarketError as refusal:
        return _page(request, number, refusal)
    messages.success(request, _("What has not come is no longer expected."))
    return HttpResponseRedirect(reverse("restock", args=[number]))


def _page(request: HttpRequest, number: str, refusal: MarketError | None = None) -> HttpResponse:
    row = restock_here(number)
    lines: list[Any] = list(row.lines.select_related("variant__product").order_by("variant__sku"))
    with_labels(line.variant for line in lines)
    for line in lines:
        line.left = max(line.quantity - line.received, 0)
        line.typed = request.POST.get(f"came_{line.variant_id.hex}", line.left)
    context = {
        "title": row.number,
        "row": row,
        "lines": lines,
        "is_open": row.status in OPEN,
        "is_late": row.status in OPEN and row.expected_on and row.expected_on < clock.day_of(clock.now(), request.market.tz),  # type: ignore[attr-defined]
        "receipt_id": uuid4(),
        "refusal": refusal,
    }
    return render(request, "seller/stock/restock.html", context, status=refusal.status if refusal else 200)
