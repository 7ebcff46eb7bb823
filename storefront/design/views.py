"""The design system as a living page: every component in every state, as pages use it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.kernel.errors import NotFound
from storefront.design.samples import ORDERS, RETURNS, FieldsForm, Sample, listings, refused_form
from storefront.pages import Pages


def design(request: HttpRequest) -> HttpResponse:
    """In debug and in the demo: it is for those who build pages."""
    if not (settings.DEBUG or settings.DEMO_MAILBOX):
        raise NotFound
    currency = request.market.currency  # type: ignore[attr-defined]
    shown = listings(currency)
    context = {
        "listings": shown,
        "form": FieldsForm(initial={"kept": Sample.NUMBER}),
        "refused": refused_form(),
        "order_states": ORDERS,
        "return_states": RETURNS,
        "pages": Pages(3, 12),
        "amount": shown[0].price,
        "rows": range(3),
    }
    return render(request, "design/page.html", context)
