"""The workbench's first page: what must happen now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.inventory.models import StockLevel
from marketplace.merchant.orders.models import Order
from marketplace.web.lists.pages import capped_count
from marketplace.web.seller.orders import SHOWS
from tenants.access.rights import Right
from tenants.tenancy.hosts import shop_url


def overview(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant  # type: ignore[attr-defined]
    context = {"title": merchant.name, "shop_address": shop_url(merchant)}
    if request.user.has_perm(Right.VIEW_ORDERS.full_name):
        context |= {"to_ship": capped_count(Order.objects.filter(SHOWS["to_ship"])), "unpaid": capped_count(Order.objects.filter(SHOWS["unpaid"]))}
        context["oldest"] = list(Order.objects.filter(SHOWS["to_ship"]).order_by("paid_at")[:5])
    if request.user.has_perm(Right.VIEW_PRODUCTS.full_name):
        context |= {
            "on_sale": capped_count(Product.objects.filter(status=Product.Status.ON_SALE)),
            "drafts": capped_count(Product.objects.filter(status=Product.Status.DRAFT)),
            "sold_out": capped_count(StockLevel.objects.filter(on_hand=0, variant__is_active=True, variant__product__status=Product.Status.ON_SALE)),
        }
    return render(request, "seller/overview.html", context)
