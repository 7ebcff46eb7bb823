"""Codes of the shop: the list, loading them for a product, one of them with who looked at it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.flows.load_codes import load_codes, remove_code
from marketplace.kernel.encrypted import DOTS
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.virtual.queries import kind_of
from marketplace.platform.virtual.access import code_of_shop
from marketplace.platform.virtual.actions import SHOWN, show_code
from marketplace.platform.virtual.kinds import GoodsKind
from marketplace.platform.virtual.models import Code
from marketplace.platform.virtual.reading import MOST_CODES, decoded
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.revealing import Masked, last_looks, masked, reveal
from marketplace.web.seller.stock.shared import with_labels
from tenants.access.actors import actor_of
from tenants.access.rights import Right

MOST_BYTES = 2_000_000
S = Code.Status


def masked_code(row: Code) -> str:
    return f"{DOTS} {row.tail}".strip()


class CodeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="status", choices=S.choices)
    product = django_filters.UUIDFilter(field_name="product_id", label=_lazy("Product"), widget=forms.HiddenInput)

    def search(self, queryset: QuerySet[Code], name: str, value: str) -> QuerySet[Code]:
        """By last signs or order: whole codes are not searched for, so that they stand in no address."""
        text = value.strip()
        return queryset.filter(Q(tail=text[-4:]) | Q(order_number__startswith=text)) if text else queryset


def _with_goods(request: HttpRequest, rows: list[Any]) -> None:
    variants = {row.pk: row for row in Variant.objects.filter(pk__in={row.variant_id for row in rows}).select_related("product")}
    with_labels(list(variants.values()))
    for row in rows:
        row.variant, row.masked = variants.get(row.variant_id), masked_code(row)


codes = ListPage(
    title=_lazy("Codes"),
    name="codes",
    right=Right.VIEW_PRODUCTS,
    columns=[
        Column(_lazy("Code"), "code", is_fixed=True, sort=("loaded_at", "pk")),
        Column(_lazy("Goods"), "goods"),
        Column(_lazy("Status"), "status"),
        Column(_lazy("Order"), "order"),
        Column(_lazy("Loaded"), "loaded", end=True),
    ],
    row_template="seller/virtual/_code_row.html",
    rows=lambda request: Code.objects.filter(merchant_id=request.merchant.pk),  # type: ignore[attr-defined]
    filters=CodeFilter,
    order=("-loaded_at", "-pk"),
    search_hint=_lazy("Last four signs, or order"),
    empty=_lazy("No code yet. Choose “codes” as the kind of a new product; then load them on its page."),
    teach=Teach(_lazy("New product"), "product-new", Right.EDIT_PRODUCTS),
    export_name="codes",
    export_head=[_lazy("Code"), _lazy("SKU"), _lazy("Title"), _lazy("Status"), _lazy("Order"), _lazy("Loaded"), _lazy("By"), _lazy("Handed out")],
    export=lambda row: [
        (
            row.masked,
            row.variant.sku if row.variant else "",
            row.variant.product.title.text if row.variant else "",
            row.get_status_display(),
            row.order_number,
            row.loaded_at,
            row.loaded_by,
            row.handed_out_at,
        )
    ],
    prepare=_with_goods,
)


class LoadForm(forms.Form):
    variant = forms.ModelChoiceField(label=_lazy("Variant"), queryset=Variant.objects.none(), error_messages={"required": _lazy("Choose a variant.")})
    codes = forms.CharField(
        label=_lazy("Codes, one a line"),
        required=False,
        max_length=MOST_CODES * 210,
        help_text=_lazy("Number and password may stand on one line; buyers read the line as it is."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off", "class": "num"}),
    )
    file = forms.FileField(
        label=_lazy("Or a text file"),
        required=False,
        help_text=_lazy("TXT or CSV, one code a line, up to 2 MB"),
        widget=forms.FileInput(attrs={"accept": ".txt,.csv,text/plain,text/csv"}),
    )

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows: list[Any] = list(product.variants.filter(is_active=True).order_by("position", "pk"))
        with_labels(rows)
        field: Any = self.fields["variant"]
        field.queryset = product.variants.filter(is_active=True)
        names = {row.pk: f"{row.sku} · {row.label}" if row.label else row.sku for row in rows}
        field.label_from_instance = lambda row: names.get(row.pk, row.sku)
        if len(rows) == 1:
            field.initial, field.widget, field.empty_label = rows[0].pk, forms.HiddenInput(), None

    def text(self) -> str:
        """What was pasted, and what the file holds. Raises InvalidInput."""
        sent = self.cleaned_data.get("file")
        return "\n".join([self.cleaned_data["codes"], decoded(sent.read()) if sent else ""])

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if sent and sent.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB. Load it in several parts."))
        return sent


def product_codes(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """How many codes of each variant are unused, and the form that loads more."""
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise NotFound
    form = LoadForm(request.POST, request.FILES, product=product) if request.method == "POST" else LoadForm(product=product)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                loaded = load_codes(by=actor_of(request), product_id=product.pk, variant_id=form.cleaned_data["variant"].pk, text=form.text())
            except MarketError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
                status = refusal.status
            else:
                said = ngettext("{n} code is loaded.", "{n} codes are loaded.", loaded.new).format(n=loaded.new)
                if loaded.known:
                    said += " " + ngettext("{n} was loaded before and is left out.", "{n} were loaded before and are left out.", loaded.known).format(
                        n=loaded.known
                    )
                messages.success(request, said)
                return HttpResponseRedirect(reverse("product-codes", args=[product.pk]))
    context = {
        "title": _("Codes of “{title}”").format(title=product.title.text),
        "product": product,
        "form": form,
        "is_codes": kind_of(product.pk) == GoodsKind.CODES,
        "rows": _counted(request.merchant.pk, product),  # type: ignore[attr-defined]
        "most": MOST_CODES,
    }
    response = render(request, "seller/virtual/load.html", context, status=status)
    response.headers["Cache-Control"] = "no-store, private"  # a form that was refused holds what was pasted
    return response


def _counted(merchant_id: UUID, product: Product) -> list[Any]:
    rows: list[Any] = list(product.variants.filter(is_active=True).order_by("position", "pk"))
    with_labels(rows)
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    counts = Code.objects.filter(merchant_id=merchant_id, product_id=product.pk).order_by().values_list("variant_id", "status").annotate(n=Count("pk"))
    for variant_id, status, n in counts:
        found[variant_id][status] = n
    held = {level.variant_id: level.held for row in rows for level in row.levels.all()}
    for row in rows:
        row.free, row.handed_out, row.held = found[row.pk].get(S.FREE, 0), found[row.pk].get(S.HANDED_OUT, 0), held.get(row.pk, 0)
    return rows


class RemoveForm(forms.Form):
    reason = forms.CharField(label=_lazy("Why is it taken out?"), max_length=200)


def code(request: HttpRequest, code_id: UUID) -> HttpResponse:
    return _page(request, code_of_shop(request.merchant.pk, code_id))  # type: ignore[attr-defined]


def _page(request: HttpRequest, row: Any, *, secret: Masked | None = None, form: RemoveForm | None = None, status: int = 200) -> HttpResponse:
    _with_goods(request, [row])
    context = {
        "title": row.masked,
        "row": row,
        "secret": secret or _masked(request, row),
        "form": (form or RemoveForm()) if row.status == S.FREE else None,
    }
    return render(request, "seller/virtual/code.html", context, status=status)


def _masked(request: HttpRequest, row: Code) -> Masked:
    may = request.user.has_perm(Right.KEEP_STOCK.full_name)
    return masked(request, masked_code(row), action=reverse("code-show", args=[row.pk]), may_show=may, looks=last_looks("code", row.pk, SHOWN))


def code_show(request: HttpRequest, code_id: UUID) -> HttpResponse:
    """The whole code, in this answer only."""
    merchant_id = request.merchant.pk  # type: ignore[attr-defined]
    row = code_of_shop(merchant_id, code_id)
    shown = _masked(request, row)
    return reveal(
        request,
        shown,
        lambda by, why: show_code(by=by, merchant_id=merchant_id, code_id=code_id, why=why),
        lambda status: _page(request, row, secret=shown, status=status),
    )


def code_remove(request: HttpRequest, code_id: UUID) -> HttpResponse:
    row = code_of_shop(request.merchant.pk, code_id)  # type: ignore[attr-defined]
    form = RemoveForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form=form, status=422)
    try:
        remove_code(by=actor_of(request), code_id=code_id, reason=form.cleaned_data["reason"])
    except MarketError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _page(request, row, form=form, status=refusal.status)
    messages.success(request, _("The code is taken out of stock."))
    return HttpResponseRedirect(reverse("code", args=[code_id]))
