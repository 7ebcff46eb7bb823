"""Products out of files: handing one in, saying what its columns mean, looking at what is wrong, taking over, undoing."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.flows.product_files.columns import FIELDS, PREFIX, heading_of, shared_names
from marketplace.flows.product_files.receiving import assign_columns, meanings_of, receive_file
from marketplace.flows.product_files.words import Words
from marketplace.kernel.errors import InvalidInput, MarketError, NotFound
from marketplace.merchant.imports.access import import_of
from marketplace.merchant.imports.actions import start_import, stop_import, undo_import
from marketplace.merchant.imports.keeping import check_kept, kept_until
from marketplace.merchant.imports.models import ImportEffect, ImportRow, ProductImport
from marketplace.platform.taxonomy.models import Category
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.seller import import_tables
from marketplace.web.seller.product_form import category_rows
from tenants.access.actors import actor_of
from tenants.access.rights import Right

S, State = ProductImport.Status, ImportRow.State
SHOWN = 20  # rows to be mended, and products that could not be undone, on the page itself
MOST_COUNTED = 5_000  # rows to be mended, by column
SAMPLES = 3  # rows of the file beside its headings
TABS = {
    "open": Q(status__in=[S.UPLOADED, S.CHECKED, S.STOPPED, S.FAILED]),
    "running": Q(status__in=[S.CHECKING, S.APPLYING, S.UNDOING]),
    "done": Q(status=S.DONE),
    "undone": Q(status=S.UNDONE),
}


class ImportFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains")
    show = django_filters.ChoiceFilter(
        method="tab",
        choices=[("open", _lazy("Not finished")), ("running", _lazy("Running")), ("done", _lazy("Imported")), ("undone", _lazy("Undone"))],
    )
    since, until = Since("created_at"), Until("created_at")

    def tab(self, queryset: QuerySet[ProductImport], name: str, value: str) -> QuerySet[ProductImport]:
        return queryset.filter(TABS[value])


def _with_left(request: HttpRequest, rows: list[Any]) -> None:
    """How many rows of each are still to be mended."""
    wrong = Q(state__in=[State.BAD, State.HELD])
    counted = ImportRow.objects.filter(wrong, batch__in=[row.pk for row in rows]).values("batch").annotate(n=Count("pk")).values_list("batch", "n")
    left = dict(counted)
    for row in rows:
        row.to_mend = left.get(row.pk, 0)


imports = ListPage(
    title=_lazy("Imports"),
    name="imports",
    right=Right.EDIT_PRODUCTS,
    columns=[
        Column(_lazy("File"), "file", is_fixed=True),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Rows"), "rows", end=True),
        Column(_lazy("To be mended"), "mend", end=True),
        Column(_lazy("Products"), "products", end=True),
        Column(_lazy("Handed in"), "when", end=True, sort=("created_at", "pk")),
    ],
    row_template="seller/_import_row.html",
    rows=lambda request: ProductImport.objects.all(),
    filters=ImportFilter,
    search_hint=_lazy("Name of the file"),
    empty=_lazy("Nothing was imported yet. Hand in a table of products: CSV or Excel, in your own words."),
    prepare=_with_left,
    teach=Teach(_lazy("Import products"), "import-new", Right.EDIT_PRODUCTS),
    actions_template="seller/_imports_actions.html",
    export_name="imports",
    export_head=[_lazy("File"), _lazy("Status"), _lazy("Rows"), _lazy("To be mended"), _lazy("New"), _lazy("Changed"), _lazy("By"), _lazy("Handed in")],
    export=lambda row: [(row.name, row.get_status_display(), row.read, row.to_mend, row.entered, row.changed, row.by_label, row.created_at)],
)


class RowFilter(django_filters.FilterSet):
    of = django_filters.UUIDFilter(field_name="batch_id", widget=forms.HiddenInput, label=_lazy("Import"))
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(method="tab", choices=[("mend", _lazy("To be mended")), *State.choices])
    column = django_filters.NumberFilter(method="in_column", label=_lazy("Column"), min_value=-1, max_value=500, widget=forms.HiddenInput)

    def search(self, queryset: QuerySet[ImportRow], name: str, value: str) -> QuerySet[ImportRow]:
        text = value.strip()
        return queryset.filter(Q(code__istartswith=text) | Q(sku__istartswith=text))

    def tab(self, queryset: QuerySet[ImportRow], name: str, value: str) -> QuerySet[ImportRow]:
        return queryset.filter(state__in=[State.BAD, State.HELD]) if value == "mend" else queryset.filter(state=value)

    def in_column(self, queryset: QuerySet[ImportRow], name: str, value: Any) -> QuerySet[ImportRow]:
        return queryset.filter(problems__contains=[[int(value)]])


def _with_heads(request: HttpRequest, rows: list[Any]) -> None:
    """What is wrong, with the names of the columns; and what the row says in the first of them."""
    batches = ProductImport.objects.in_bulk({row.batch_id for row in rows})
    for row in rows:
        batch = batches[row.batch_id]
        row.wrong = [(_at(batch.heads, place), _at(row.cells, place), why) for place, why in row.problems]
        row.said = import_tables.remarks(batch, row) if row.state in (State.BAD, State.HELD) else ""


def _at(cells: list[str], place: int) -> str:
    """Empty for what is not about a column."""
    return cells[place] if 0 <= place < len(cells) else ""


import_rows = ListPage(
    title=_lazy("Rows of imports"),
    name="import-rows",
    right=Right.EDIT_PRODUCTS,
    columns=[
        Column(_lazy("Line"), "line", is_fixed=True),
        Column(_lazy("Product code"), "code"),
        Column(_lazy("SKU"), "sku"),
        Column(_lazy("Status"), "state"),
        Column(_lazy("What is to be mended"), "wrong"),
    ],
    row_template="seller/_import_line.html",
    rows=lambda request: ImportRow.objects.all(),
    filters=RowFilter,
    order=("batch_id", "line"),
    search_hint=_lazy("Beginning of a product code or SKU"),
    empty=_lazy("No row like this."),
    prepare=_with_heads,
    actions_template="seller/_import_rows_actions.html",
    export_name="import-rows",
    export_head=[_lazy("Line"), _lazy("Product code"), _lazy("SKU"), _lazy("Status"), _lazy("What is to be mended")],
    export=lambda row: [(row.line, row.code, row.sku, row.get_state_display(), row.said)],
)


class UploadForm(forms.Form):
    import_id = forms.UUIDField(widget=forms.HiddenInput)
    table = forms.FileField(
        label=_lazy("Table"),
        help_text=_lazy("CSV or Excel (XLSX), up to 60 MB and 200,000 rows; the first line holds the headings, in your own words."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        allow_empty_file=True,
    )
    archive = forms.FileField(
        label=_lazy("Pictures, if the table names files"),
        required=False,
        help_text=_lazy("A ZIP archive, up to 500 MB; folders in it do not matter."),
        widget=forms.FileInput(attrs={"accept": ".zip"}),
    )


def upload(request: HttpRequest) -> HttpResponse:
    """Hand in a file; or take a template of a category."""
    form = UploadForm(request.POST or None, request.FILES or None, initial={"import_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = receive_file(by=actor_of(request), import_id=data["import_id"], name=data["table"].name, table=data["table"], archive=data["archive"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return HttpResponseRedirect(reverse("import", args=[row.pk]))
    query = request.GET.get("category_query", "")
    context = {"title": _("Import products"), "form": form, "category_query": query, "found_categories": category_rows(query)}
    template = "seller/_import_templates.html" if request.htmx else "seller/import_new.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=422 if form.errors else 200)


def template(request: HttpRequest, category_id: int, form: str) -> HttpResponseBase:
    """The columns of a category, with an example and what may stand there."""
    category = Category.objects.filter(pk=category_id).first()
    if category is None or form not in ("csv", "xlsx"):
        raise NotFound
    return import_tables.template(category, form)


# ── one import ───────────────────────────────────────────────────────────────────────────────────────────────────────


def page(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """How an import stands, and what can be done next. While it runs, the page asks again for the part that moves."""
    return _page(request, import_of(import_id))


def _page(request: HttpRequest, row: ProductImport, refusal: MarketError | None = None) -> HttpResponse:
    row.left_in_words = _left(row)  # type: ignore[attr-defined]
    counts = dict(ImportRow.objects.filter(batch=row).values_list("state").annotate(n=Count("pk")).order_by())
    to_mend = counts.get(State.BAD, 0) + counts.get(State.HELD, 0)
    context: dict[str, Any] = {"title": row.name, "row": row, "counts": counts, "to_mend": to_mend, "refusal": refusal, "address": request.path}
    if row.is_running and request.htmx:  # type: ignore[attr-defined]
        return render(request, "seller/_import_running.html", context)
    if not row.is_running and request.htmx and request.method == "GET":  # type: ignore[attr-defined]
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"  # it has ended: the whole page is another
        return response
    context |= {
        "kept_until": kept_until(row),
        "may_assign": not row.cleared_at and row.status in (S.UPLOADED, S.CHECKED, S.STOPPED, S.FAILED) and not row.entered + row.changed,
        "may_start": row.status in (S.CHECKED, S.STOPPED, S.FAILED) and row.is_read and row.looked_at >= row.read and counts.get(State.GOOD, 0),
        "may_undo": row.status in (S.DONE, S.STOPPED, S.FAILED) and ImportEffect.objects.filter(batch=row, state=ImportEffect.State.DONE).exists(),
        "wrong": _first_wrong(request, row) if to_mend else [],
        "by_column": _by_column(row) if to_mend else [],
        "kept": list(ImportEffect.objects.filter(batch=row, state=ImportEffect.State.KEPT).order_by("pk")[: SHOWN * 10]),
        "shown": SHOWN,
    }
    if context["may_assign"]:
        context |= _columns(request, row)
    return render(request, "seller/import.html", context, status=422 if refusal else 200)


def _left(row: ProductImport) -> str:
    """How long it still takes, as one would say it; "" while nobody can."""
    if not row.is_running or row.left is None:
        return ""
    seconds = int(row.left.total_seconds())
    if seconds < 60:
        return _("less than a minute left")
    return ngettext("about {n} minute left", "about {n} minutes left", seconds // 60 + 1).format(n=seconds // 60 + 1)


def _first_wrong(request: HttpRequest, row: ProductImport) -> list[ImportRow]:
    rows = list(ImportRow.objects.filter(batch=row, state=State.BAD).order_by("line")[:SHOWN])
    _with_heads(request, rows)
    return rows


def _by_column(row: ProductImport) -> list[tuple[int, str, int]]:
    """(column, its heading, rows in which something is wrong there), most first; of the first rows, where there are very many."""
    found: dict[int, int] = {}
    for problems in ImportRow.objects.filter(batch=row, state=State.BAD).order_by("line").values_list("problems", flat=True)[:MOST_COUNTED]:
        for place in {place for place, _why in problems}:
            found[place] = found.get(place, 0) + 1
    return [(place, row.heads[place] if place >= 0 else _("The product as a whole"), n) for place, n in sorted(found.items(), key=lambda pair: -pair[1])]


def _columns(request: HttpRequest, row: ProductImport) -> dict[str, Any]:
    """The form of columns: each heading with some cells, and what it may mean."""
    words = Words()
    sent = request.POST if request.method == "POST" else None
    meanings = [sent.get(f"column_{n}", "") for n in range(len(row.heads))] if sent and "column_0" in sent else meanings_of(row, words)
    samples = _samples(row)
    attributes = sorted(words.attributes.values(), key=lambda attribute: (attribute.name, attribute.pk))
    shared = shared_names(attributes)
    category = words.categories.get(row.category_id or 0)
    return {
        "columns": [(n, head, meanings[n], [cells[n] for cells in samples if n < len(cells) and cells[n]]) for n, head in enumerate(row.heads)],
        "fields": [(field.key, str(field.label)) for field in FIELDS.values()],
        "attributes": [(f"{PREFIX}{attribute.pk}", heading_of(f"{PREFIX}{attribute.pk}", words.attributes, shared)) for attribute in attributes],
        "goes_choices": [(value, label) for value, label in ProductImport.Goes.choices if value != ProductImport.Goes.ON_SALE],
        "has_category": "category" in meanings,
        "category": category,
        "category_path": words.path(category.pk) if category else "",
    }


def _samples(row: ProductImport) -> list[list[str]]:
    """The first rows, from what was read or else from the file."""
    if there := list(ImportRow.objects.filter(batch=row).order_by("line").values_list("cells", flat=True)[:SAMPLES]):
        return there
    return import_tables.first_rows(row, SAMPLES)


def assign(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """What the columns mean; then the rows are looked at."""
    row = import_of(import_id)
    mapping = [request.POST.get(f"column_{n}", "") for n in range(len(row.heads))]
    try:
        assign_columns(
            by=actor_of(request),
            import_id=import_id,
            mapping=mapping,
            goes=request.POST.get("goes", ""),
            counts_stock=request.POST.get("counts_stock") == "1",
            category_id=_category(request.POST.get("category", ""), request.merchant.pk),  # type: ignore[attr-defined]
        )
    except MarketError as refusal:
        return _page(request, row, refusal)
    return HttpResponseRedirect(reverse("import", args=[import_id]))


def _category(text: str, merchant_id: UUID) -> int | None:
    """Raises InvalidInput."""
    text = text.strip()
    if not text:
        return None
    try:
        found = Words(merchant_id).category(text)
    except LookupError:
        found = None
    if found is None:
        raise InvalidInput(field="category", why=_("The market has no such category, or several. Write its whole path, like Home > Cups."))
    return found


def start(request: HttpRequest, import_id: UUID) -> HttpResponse:
    return _do(request, import_id, start_import)


def stop(request: HttpRequest, import_id: UUID) -> HttpResponse:
    return _do(request, import_id, stop_import)


def undo(request: HttpRequest, import_id: UUID) -> HttpResponse:
    return _do(request, import_id, undo_import)


def _do(request: HttpRequest, import_id: UUID, act: Any) -> HttpResponse:
    try:
        act(by=actor_of(request), import_id=import_id)
    except MarketError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("import", args=[import_id]))


def to_mend(request: HttpRequest, import_id: UUID) -> HttpResponseBase:
    """The rows that are to be mended, as a file with remarks."""
    row = import_of(import_id)
    check_kept(row)
    return import_tables.mended(row)
