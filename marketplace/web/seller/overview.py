"""The workbench's first page: what must happen now, and what a new shop still lacks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel import clock
from marketplace.kernel.formats import format_count
from marketplace.merchant.aftersales.models import Return
from marketplace.merchant.aftersales.states import ReturnStatus
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.orders.models import Order
from marketplace.platform.delivery.models import FreightZone
from marketplace.platform.payments.models import PayoutAccount
from marketplace.web.lists.pages import capped_count
from marketplace.web.overview import Figure, ToDo
from marketplace.web.seller.order_list import SHOWS
from tenants.access.rights import Right
from tenants.tenancy.hosts import shop_url
from tenants.tenancy.models import Merchant


def overview(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant  # type: ignore[attr-defined]
    may = {right for right in Right if right.scope == "merchant" and request.user.has_perm(right.full_name)}
    context = {
        "title": merchant.name,
        "shop_address": shop_url(merchant),
        "figures": figures(may),
        "todos": todos(may, merchant),
        "oldest": list(Order.objects.filter(SHOWS["to_ship"]).order_by("paid_at")[:5]) if Right.VIEW_ORDERS in may else None,
    }
    return render(request, "seller/overview.html", context)


def figures(may: set[Right]) -> list[Figure]:
    found = []
    if Right.VIEW_ORDERS in may:
        found += [
            Figure(_("To ship"), capped_count(Order.objects.filter(SHOWS["to_ship"])), "/orders/?show=to_ship"),
            Figure(_("Waiting for payment"), capped_count(Order.objects.filter(SHOWS["unpaid"])), "/orders/?show=unpaid"),
        ]
    if Right.VIEW_PRODUCTS in may:
        found += [
            Figure(_("On sale"), capped_count(Product.objects.filter(status=Product.Status.ON_SALE)), "/products/?show=on_sale"),
            Figure(_("In review"), capped_count(Product.objects.filter(review=Product.Review.WAITING)), "/products/?show=waiting"),
        ]
    return found


def todos(may: set[Right], merchant: Merchant) -> list[ToDo]:
    """What waits for somebody with these rights, the most urgent first."""
    found = []

    def add(right: Right, n: int, text: str, href: str, tone: str = "warn") -> None:
        if right in may and n:
            found.append(ToDo(text.format(n=format_count(n)), href, tone))

    n = Order.objects.filter(SHOWS["to_ship"], ship_by__lt=clock.now()).count()
    add(
        Right.VIEW_ORDERS,
        n,
        ngettext("{n} order is late: the buyer may cancel it", "{n} orders are late: their buyers may cancel them", n),
        "/orders/?show=to_ship",
        "danger",
    )
    n = Return.objects.filter(status=ReturnStatus.REQUESTED).count()
    add(Right.HANDLE_RETURNS, n, ngettext("{n} return waits for your answer", "{n} returns wait for your answer", n), "/returns/?show=requested")
    n = Return.objects.filter(status__in=[ReturnStatus.SENT_BACK, ReturnStatus.INSPECTED]).count()
    add(
        Right.HANDLE_RETURNS,
        n,
        ngettext("{n} return is to be inspected or paid back", "{n} returns are to be inspected or paid back", n),
        "/returns/?show=sent_back",
    )
    n = Product.objects.filter(review=Product.Review.SENT_BACK).count()
    add(Right.EDIT_PRODUCTS, n, ngettext("The market sent {n} product back", "The market sent {n} products back", n), "/products/?show=sent_back")
    n = StockLevel.objects.filter(on_hand=0, variant__is_active=True, variant__product__status=Product.Status.ON_SALE).count()
    add(Right.VIEW_PRODUCTS, n, ngettext("{n} variant on sale is out of stock", "{n} variants on sale are out of stock", n), "/products/?show=on_sale")
    lacks_goods = Right.EDIT_PRODUCTS in may and not Product.objects.exists()
    add(Right.EDIT_PRODUCTS, int(lacks_goods), _("Enter your first product"), "/products/new/", "info")
    add(
        Right.MANAGE_DELIVERY,
        int(not FreightZone.objects.filter(merchant=merchant).exists()),
        _("Say what delivery costs; until then your parcels are free"),
        "/delivery/",
        "info",
    )
    add(
        Right.MANAGE_PAYOUTS,
        int(not PayoutAccount.objects.filter(merchant=merchant).exists()),
        _("Enter the account your money goes to"),
        "/payout-account/",
        "info",
    )
    return found
