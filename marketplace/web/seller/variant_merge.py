"""Two variants of a product that are the same thing: the page on which they become one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.merge_variants import merge_variants
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.inventory.models import StockLevel
from marketplace.web.seller.stock.shared import with_labels
from tenants.access.actors import actor_of


class MergeForm(forms.Form):
    variant = forms.ChoiceField(label=_lazy("This variant"), error_messages={"required": _lazy("Choose the variant that is the same as another.")})
    into = forms.ChoiceField(
        label=_lazy("is the same as"),
        help_text=_lazy("It stays, with its own SKU and price."),
        error_messages={"required": _lazy("Choose another variant of this product that is sold.")},
    )
    why = forms.CharField(label=_lazy("Reason"), max_length=200, help_text=_lazy("Kept in the log, for example: entered twice."))

    def __init__(self, *args: Any, rows: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["variant"].choices = [("", "—"), *((str(row.pk), row.said) for row in rows)]  # type: ignore[attr-defined]
        self.fields["into"].choices = [("", "—"), *((str(row.pk), row.said) for row in rows if row.is_active)]  # type: ignore[attr-defined]


def variants_of(product: Product | None) -> dict[str, bool]:
    """What the page of a product offers for its variants."""
    rows = list(product.variants.filter(merged_into=None)) if product else []
    return {
        "can_merge": len(rows) > 1 and any(row.is_active for row in rows),
        "has_barcodes": any(row.is_active and row.barcode for row in rows),
    }


def merge(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Choose two variants and why, and make one of them."""
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise NotFound
    rows = _rows(product)
    form = MergeForm(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved = merge_variants(by=actor_of(request), product_id=product_id, variant_id=UUID(data["variant"]), into_id=UUID(data["into"]), why=data["why"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            names = {str(row.pk): row.sku for row in rows}
            text = _("“{sku}” is now part of “{into}”.").format(sku=names[data["variant"]], into=names[data["into"]])
            if saved.review == Product.Review.WAITING:
                text = f"{text} {_('The market reviews the change.')}"
            messages.success(request, text)
            return HttpResponseRedirect(reverse("product", args=[product_id]))
    context = {
        "title": _("Merge variants"),
        "product": product,
        "form": form,
        "merged": _merged(product),
    }
    return render(request, "seller/product/merge.html", context, status=422 if form.errors else 200)


def _rows(product: Product) -> list[Any]:
    """Variants that are no part of another yet, each with what a choice says of it."""
    rows: list[Any] = list(product.variants.filter(merged_into=None).order_by("-is_active", "position", "pk"))
    with_labels(rows)
    lying = dict(StockLevel.objects.filter(variant__in=rows).values_list("variant").annotate(n=Sum("on_hand")))
    for row in rows:
        facts = [row.sku, _("{n} in stock").format(n=lying.get(row.pk, 0)), *([] if row.is_active else [_("off sale")])]
        row.said = f"{row.label} · {' · '.join(facts)}" if row.label else " · ".join(facts)
    return rows


def _merged(product: Product) -> list[Variant]:
    rows = list(product.variants.exclude(merged_into=None).select_related("merged_into").order_by("position", "pk"))
    with_labels(rows)
    return rows
