"""The console's first page: how the market stands, and what waits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.flows.settle import preview
from marketplace.kernel.models import DeadLetter
from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.listings.models import Listing
from marketplace.web.lists.pages import capped_count
from tenants.access.rights import Right
from tenants.tenancy.models import Merchant


def overview(request: HttpRequest) -> HttpResponse:
    may = request.user.has_perm
    context = {"title": request.market.name}  # type: ignore[attr-defined]
    if may(Right.VIEW_MERCHANTS.full_name):
        context |= {"shops": capped_count(Merchant.objects.filter(status=Merchant.Status.OPEN)), "goods": capped_count(Listing.objects.filter(is_on_sale=True))}
    if may(Right.VIEW_MARKET_ORDERS.full_name):
        context["orders"] = capped_count(OrderCopy.objects.all())
    if may(Right.SETTLE.full_name):
        context["due"] = preview()
    if may(Right.VIEW_MARKET_LOG.full_name):
        context["dead_letters"] = DeadLetter.objects.filter(replayed_at=None).count()
    return render(request, "operator/overview.html", context)
