"""Stocktakes: begun, counted by hand, scanner or file, handed in, approved."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import django_filters
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.inventory.errors import StocktakeUnknown
from marketplace.merchant.inventory.models import Stocktake, StocktakeLine
from marketplace.merchant.inventory.stocktakes import (
    begin_stocktake,
    book_stocktake,
    cancel_stocktake,
    count_again,
    count_lines,
    counters_of,
    hand_in_stocktake,
    others_who_could,
    scan_line,
    stocktake_here,
)
from marketplace.merchant.pricing.periods import in_force
from marketplace.platform.taxonomy.models import Category
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.seller.older_forms import changed_texts
from marketplace.web.seller.stock.reading import text_of
from marketplace.web.seller.stock.shared import chosen_levels, found_by, location_choices, sent_keys, typed_lines, with_labels
from tenants.access.actors import actor_of
from tenants.access.rights import Right

S, A_PAGE, MOST_PRINTED = Stocktake.Status, 100, 2000
SHOWS = {"open": Q(counted=None), "counted": Q(counted__isnull=False), "differences": Q(counted__isnull=False) & ~Q(counted=F("expected"))}


class StocktakeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="number", lookup_expr="startswith")
    show = django_filters.ChoiceFilter(field_name="status", choices=S.choices)
    location = django_filters.ChoiceFilter(field_name="location_id", label=_lazy("Location"), choices=location_choices, empty_label=_lazy("All"))
    since, until = Since("begun_at"), Until("begun_at")


def _prepared(request: HttpRequest, rows: list[Any]) -> None:
    lines = Stocktake.objects.filter(pk__in=[row.pk for row in rows])
    counted = {name: Count("lines", filter=where) for name, where in SHOWS_ON_LINES.items()}
    numbers = {key: rest for key, *rest in lines.annotate(n=Count("lines"), **counted).values_list("pk", "n", "counted", "differences")}
    for row in rows:
        row.lines_n, row.counted_n, row.differences_n = numbers[row.pk]


SHOWS_ON_LINES = {
    "counted": Q(lines__counted__isnull=False),
    "differences": Q(lines__counted__isnull=False) & ~Q(lines__counted=F("lines__expected")),
}

stocktakes = ListPage(
    title=_lazy("Stocktakes"),
    name="stocktakes",
    right=Right.VIEW_PRODUCTS,
    columns=[
        Column(_lazy("Stocktake"), "number", is_fixed=True),
        Column(_lazy("Location"), "location"),
        Column(_lazy("What is counted"), "scope"),
        Column(_lazy("Counted"), "counted", end=True),
        Column(_lazy("Differences"), "differences", end=True),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Begun"), "begun"),
        Column(_lazy("By"), "by", wide_only=True),
    ],
    row_template="seller/stock/_stocktake_row.html",
    rows=lambda request: Stocktake.objects.select_related("location"),
    filters=StocktakeFilter,
    order=("-begun_at", "-pk"),
    search_hint=_lazy("Number"),
    empty=_lazy("No stocktake yet. Count what lies at a location; differences are booked once somebody has approved them."),
    teach=Teach(_lazy("New stocktake"), "stocktake-new", Right.KEEP_STOCK),
    actions_template="seller/stock/_stocktakes_actions.html",
    export_name="stocktakes",
    export_head=[
        _lazy("Stocktake"),
        _lazy("Location"),
        _lazy("What is counted"),
        _lazy("Lines"),
        _lazy("Counted"),
        _lazy("Differences"),
        _lazy("Status"),
        _lazy("Begun"),
        _lazy("By"),
        _lazy("Approved by"),
        _lazy("Note"),
    ],
    export=lambda row: [
        (
            row.number,
            row.location.name,
            row.get_scope_display(),
            row.lines_n,
            row.counted_n,
            "" if row.hides_figures else row.differences_n,
            row.get_status_display(),
            row.begun_at,
            row.begun_by,
            row.ended_by if row.status == S.BOOKED else "",
            row.note,
        )
    ],
    prepare=_prepared,
)


class BeginForm(forms.Form):
    """The hidden key makes the same form sent twice one stocktake."""

    stocktake_id = forms.UUIDField(widget=forms.HiddenInput)
    location = forms.ChoiceField(label=_lazy("Location"))
    scope = forms.ChoiceField(label=_lazy("What is counted"), choices=Stocktake.Scope.choices)
    category = forms.ChoiceField(label=_lazy("Category"), required=False)
    variants = forms.CharField(
        label=_lazy("SKUs of the chosen variants"),
        help_text=_lazy("One a line."),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    is_blind = forms.BooleanField(
        label=_lazy("Count blind"), help_text=_lazy("Whoever counts is not shown what should be there; nobody is tempted to write it down."), required=False
    )
    note = forms.CharField(label=_lazy("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].choices = location_choices()  # type: ignore[attr-defined]
        self.tree = _categories()
        self.fields["category"].choices = [("", "—"), *((str(each.pk), each.name) for each in self.tree.values())]  # type: ignore[attr-defined]

    def below(self) -> list[int]:
        """The chosen category and those of the shop's goods below it."""
        chosen = int(self.cleaned_data["category"] or 0)
        return [each.pk for each in self.tree.values() if chosen in each.path or each.pk == chosen]

    def variant_ids(self) -> list[UUID]:
        lines = [line.strip() for line in self.cleaned_data["variants"].splitlines() if line.strip()]
        return list(typed_lines("\n".join(f"{line} 1" for line in lines), field="variants"))


def _categories() -> dict[int, Category]:
    """Those the shop has goods in, and the ones above them."""
    own = Category.objects.in_bulk(list(Product.objects.order_by().values_list("category_id", flat=True).distinct()))
    above = Category.objects.in_bulk({key for each in own.values() for key in each.path} - own.keys())
    return dict(sorted({**own, **above}.items(), key=lambda pair: pair[1].path))


def stocktake_new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form = BeginForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                if data["scope"] == Stocktake.Scope.CATEGORY and not data["category"]:
                    raise InvalidInput(field="category", why=_("Choose a category."))
                row = begin_stocktake(
                    by=actor_of(request),
                    stocktake_id=data["stocktake_id"],
                    location_id=UUID(data["location"]),
                    scope=data["scope"],
                    category_id=int(data["category"]) if data["category"] else None,
                    products_in=form.below(),
                    variant_ids=form.variant_ids() if data["scope"] == Stocktake.Scope.CHOSEN else (),
                    is_blind=data["is_blind"],
                    note=data["note"],
                )
            except MarketError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                return HttpResponseRedirect(reverse("stocktake", args=[row.number]))
    else:
        rows = chosen_levels(request)
        initial: dict[str, Any] = {"stocktake_id": uuid4(), "scope": Stocktake.Scope.ALL}
        if rows:
            skus = "\n".join(row.variant.sku for row in rows)
            initial |= {"scope": Stocktake.Scope.CHOSEN, "location": str(rows[0].location_id), "variants": skus}
        form = BeginForm(initial=initial)
    return render(request, "seller/stock/stocktake_new.html", {"title": _("New stocktake"), "form": form}, status=422 if form.errors else 200)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_lazy("File (CSV) with the columns SKU and pieces"), required=False, widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"})
    )
    lines = forms.CharField(
        label=_lazy("Or one a line: SKU and pieces"), required=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
    )
    counted_at = forms.DateTimeField(
        label=_lazy("Counted at"),
        help_text=_lazy("Empty: now. What came and went since then is taken into account."),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


def stocktake(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number)


def stocktake_count(request: HttpRequest, number: str) -> HttpResponse:
    """What was typed into the sheet; an empty field was not counted."""
    try:
        counted = {key: _number(text) for key, text in changed_texts(request, "counted", sent_keys(request)).items()}
        count_lines(by=actor_of(request), number=number, counted=counted)
    except StocktakeUnknown:
        raise
    except MarketError as refusal:
        return _page(request, number, refusal=refusal)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(f"{reverse('stocktake', args=[number])}?{_kept(request.POST)}#lines")


def _number(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise InvalidInput(field="counted", why=_("Write whole numbers of pieces."))
    return int(text)


def stocktake_scan(request: HttpRequest, number: str) -> HttpResponse:
    """A scanner types the SKU and presses Enter; each scan is one piece more, or as many as are written."""
    try:
        line = scan_line(by=actor_of(request), number=number, code=request.POST.get("code", ""), quantity=_number(request.POST.get("quantity", "")) or 1)
    except StocktakeUnknown:
        raise
    except MarketError as refusal:
        return _page(request, number, refusal=refusal, scans=True)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "seller/stock/_scan.html", {"row": stocktake_here(number), "scanned": line})
    return HttpResponseRedirect(f"{reverse('stocktake', args=[number])}?scanned={line.variant_id}#scan")


def stocktake_upload(request: HttpRequest, number: str) -> HttpResponse:
    """Counts from a file, or pasted: all of them, or none and the line that is wrong."""
    form = UploadForm(request.POST, request.FILES)
    row = stocktake_here(number)
    if form.is_valid():
        data = form.cleaned_data
        try:
            counted = typed_lines(text_of(data["file"]) if data["file"] else data["lines"], field="file" if data["file"] else "lines", least=0)
            if not counted:
                raise InvalidInput(field="lines", why=_("Choose a file, or write at least one line."))
            count_lines(by=actor_of(request), number=row.number, counted=dict(counted), at=data["counted_at"] or clock.now())
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("{n} counts are taken in.").format(n=len(counted)))
            return HttpResponseRedirect(f"{reverse('stocktake', args=[number])}?show=counted#lines")
    return _page(request, number, upload=form)


def stocktake_step(request: HttpRequest, number: str) -> HttpResponse:
    """Hand it in, approve it, have it counted again, or give it up."""
    by, then, why = actor_of(request), request.POST.get("then", ""), request.POST.get("why", "")
    try:
        if then == "book":
            book_stocktake(by=by, number=number)
            messages.success(request, _("Booked: the stock is as it was counted, and the ledger says why."))
        elif then == "again":
            count_again(by=by, number=number, why=why)
        elif then == "cancel":
            cancel_stocktake(by=by, number=number, why=why)
        else:
            hand_in_stocktake(by=by, number=number)
            messages.success(request, _("Handed in. Somebody looks at the differences and approves them."))
    except StocktakeUnknown:
        raise
    except MarketError as refusal:
        return _page(request, number, refusal=refusal)
    return HttpResponseRedirect(reverse("stocktake", args=[number]))


def stocktake_sheet(request: HttpRequest, number: str) -> HttpResponse:
    """To print and write on: what is counted, and, unless it is counted blind, how much should be there."""
    row = stocktake_here(number)
    lines = list(row.lines.select_related("variant__product").order_by("variant__sku")[:MOST_PRINTED])
    with_labels(line.variant for line in lines)
    context = {"title": _("Sheet of stocktake {number}").format(number=number), "row": row, "lines": lines, "left": row.lines.count() - len(lines)}
    return render(request, "seller/stock/sheet.html", context)


def shown_lines(request: HttpRequest, row: Stocktake) -> tuple[str, QuerySet[StocktakeLine]]:
    """The tab that is asked for, and its lines. Which of them differ is not told to who counts blind."""
    asked = request.GET.get("show", "")
    show = asked if asked in SHOWS and not (asked == "differences" and row.hides_figures) else ""
    return show, row.lines.filter(SHOWS.get(show, Q())).select_related("variant__product").order_by("variant__sku", "pk")


def _kept(data: Any) -> str:
    return "&".join(f"{name}={data[name]}" for name in ("show", "page") if str(data.get(name, "")).isalnum())


def _page(request: HttpRequest, number: str, *, refusal: MarketError | None = None, upload: UploadForm | None = None, scans: bool = False) -> HttpResponse:
    row = stocktake_here(number)
    if upload is None:
        upload = UploadForm()
    show, found = shown_lines(request, row)
    if text := request.GET.get("q", "").strip()[:100]:
        found = found.filter(found_by(text))
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    lines: list[Any] = list(page.object_list)
    with_labels(line.variant for line in lines)
    sums = row.lines.aggregate(n_all=Count("pk"), **{f"n_{name}": Count("pk", where) for name, where in SHOWS.items()})
    numbers = {name.removeprefix("n_"): n for name, n in sums.items()}
    hides = row.hides_figures
    for line in lines:
        now = "" if line.counted is None else line.counted
        line.typed, line.shown = (request.POST.get(f"{name}_{line.variant_id.hex}", now) for name in ("counted", "shown"))
    counters = counters_of(row) if row.status == S.WAITING else set()
    others = others_who_could(row) if request.user.pk in counters else []
    scanned = None
    with suppress(ValueError):
        scanned = row.lines.filter(variant_id=UUID(request.GET.get("scanned", ""))).select_related("variant__product").first()
    context = {
        "title": row.number,
        "row": row,
        "lines": lines,
        "page": page,
        "numbers": numbers,
        "show": show,
        "q": text,
        "hides": hides,
        "value": None if hides else _value(request, row),
        "category": Category.objects.filter(pk=row.category_id).first() if row.category_id else None,
        "upload": upload,
        "upload_is_open": bool(upload.errors),
        "scanned": scanned,
        "scans": scans or scanned is not None,
        "refusal": refusal,
        "may_book": request.user.pk not in counters or not others,
        "is_alone": request.user.pk in counters and not others,
    }
    return render(request, "seller/stock/stocktake.html", context, status=refusal.status if refusal else 422 if upload.errors else 200)


def _value(request: HttpRequest, row: Stocktake) -> dict[str, Any]:
    """What is more and what is missing, at the prices buyers pay now: what it cost is not known here."""
    currency = request.market.currency  # type: ignore[attr-defined]
    more = fewer = pieces_more = pieces_fewer = 0
    lines = list(row.lines.filter(SHOWS["differences"]))
    prices = dict(in_force().filter(variant_id__in=[line.variant_id for line in lines]).values_list("variant_id", "sale_minor"))
    for line in lines:
        difference = line.difference or 0
        worth = difference * prices.get(line.variant_id, 0)
        if difference > 0:
            pieces_more, more = pieces_more + difference, more + worth
        else:
            pieces_fewer, fewer = pieces_fewer - difference, fewer - worth
    return {"more": Money(more, currency), "fewer": Money(fewer, currency), "pieces_more": pieces_more, "pieces_fewer": pieces_fewer}


def waiting(user_id: Any) -> QuerySet[Stocktake]:
    """For this person to approve: handed in by somebody else, or by this one where nobody else could."""
    alone = [row.pk for row in Stocktake.objects.filter(status=S.WAITING, handed_in_by_id=user_id) if not others_who_could(row)]
    return Stocktake.objects.filter(~Q(handed_in_by_id=user_id) | Q(pk__in=alone), status=S.WAITING)
