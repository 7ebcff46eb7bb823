"""A return that the shop opens for a buyer who has called."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from marketplace.flows.return_goods import open_for_buyer
from marketplace.kernel.errors import MarketError
from marketplace.merchant.orders.access import order_for_staff
from marketplace.web.seller.order import order_page
from marketplace.web.seller.return_forms import return_form
from tenants.access.actors import actor_of


def open_one(request: HttpRequest, number: str) -> HttpResponse:
    form = return_form(order_for_staff(number), request.POST)
    if form is None:
        raise RuntimeError("a form that was sent is always there")
    if form.is_valid():
        data = form.cleaned_data
        try:
            row = open_for_buyer(
                by=actor_of(request), number=number, return_id=data["return_id"], pieces=form.pieces(), reason=data["cause"], note=data["note"]
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The return is open; the buyer is told and may withdraw it."))
            return HttpResponseRedirect(f"/returns/{row.number}/")
    return order_page(request, number, back=form)
