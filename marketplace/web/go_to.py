"""“Go to”: a number or name leads where it belongs, or into the list that can search for it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.merchant.aftersales.models import Return
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.orders.models import Order
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from marketplace.platform.ledger.models import PayoutBatch, Statement
from tenants.access.rights import Right
from tenants.contracts.models import Contract
from tenants.onboarding.models import Application
from tenants.tenancy.models import Merchant

LONGEST = 100


def go_in_workbench(request: HttpRequest) -> HttpResponse:
    """To an order, a return, a statement or the product with an SKU; else to the list of orders or products, searched."""
    asked, merchant = _asked(request), request.merchant  # type: ignore[attr-defined]
    sees_orders, sees_products = _may(request, Right.VIEW_ORDERS), _may(request, Right.VIEW_PRODUCTS)
    if sees_orders:
        if Order.objects.filter(number=asked).exists():
            return _to("order", asked)
        if Return.objects.filter(number=asked).exists():
            return _to("return", asked)
    if _may(request, Right.VIEW_STATEMENTS) and Statement.objects.filter(merchant=merchant, number=asked).exists():
        return _to("statement", asked)
    if sees_products and asked:
        product_id = Variant.objects.filter(sku__iexact=asked, is_active=True).values_list("product_id", flat=True).first()
        if product_id:
            return _to("product", product_id)
    has_figure = any(sign.isdigit() for sign in asked)
    if asked and sees_orders and (has_figure or not sees_products):
        return _search("orders", asked)
    if asked and sees_products:
        return _search("products", asked)
    return _nowhere(request, asked)


def go_in_console(request: HttpRequest) -> HttpResponse:
    """To an order, a return's order, an application, a statement, a bank file or a shop; else to the list of orders or merchants, searched."""
    asked = _asked(request)
    if _may(request, Right.VIEW_MARKET_ORDERS):
        if OrderCopy.objects.filter(number=asked).exists():
            return _to("order", asked)
        if order := ReturnCopy.objects.filter(number=asked).values_list("order__number", flat=True).first():
            return _to("order", order)
    if _may(request, Right.REVIEW_MERCHANTS) and Application.objects.filter(number=asked, submitted_at__isnull=False).exists():
        return _to("application", asked)
    if _may(request, Right.REVIEW_MERCHANTS) and Contract.objects.filter(number=asked).exists():
        return _to("contract", asked)
    if _may(request, Right.VIEW_LEDGER):
        if Statement.objects.filter(number=asked).exists():
            return _to("statement", asked)
        if PayoutBatch.objects.filter(number=asked).exists():
            return _to("bank-file", asked)
    if _may(request, Right.VIEW_MERCHANTS) and (merchant_id := Merchant.objects.filter(slug=asked.lower()).values_list("pk", flat=True).first()):
        return _to("merchant", merchant_id)
    if asked and _may(request, Right.VIEW_MARKET_ORDERS) and any(sign.isdigit() for sign in asked):
        return _search("orders", asked)
    if asked and _may(request, Right.VIEW_MERCHANTS):
        return _search("merchants", asked)
    return _nowhere(request, asked)


def _asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]


def _may(request: HttpRequest, right: Right) -> bool:
    return bool(request.user.has_perm(right.full_name))


def _to(route: str, key: object) -> HttpResponse:
    return HttpResponseRedirect(reverse(route, args=[key]))


def _search(route: str, asked: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(route)}?{urlencode({'q': asked})}")


def _nowhere(request: HttpRequest, asked: str) -> HttpResponse:
    if asked:
        messages.error(request, _("Nothing here is called “{asked}”.").format(asked=asked))
    return HttpResponseRedirect(reverse("overview"))
