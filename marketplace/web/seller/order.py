"""One order of the shop, with all that can be done with it now: parcels, money, the buyer, its history and private notes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.receive import RECEIPT
from marketplace.kernel import clock
from marketplace.kernel.masks import masked_phone
from marketplace.kernel.models import AuditEvent, Deadline
from marketplace.merchant.aftersales.second_looks import takes_two, waiting_about
from marketplace.merchant.bundles.queries import with_bundles
from marketplace.merchant.customising.queries import with_wishes
from marketplace.merchant.desk.actions import MOST_SIGNS, note_on_order, note_phone_shown
from marketplace.merchant.fulfilment.models import Package
from marketplace.merchant.inventory.queries import held_places
from marketplace.merchant.orders.access import order_for_staff
from marketplace.merchant.orders.models import Order
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus, PaymentStatus
from marketplace.merchant.pricing.queries import made_by
from marketplace.platform.ledger.models import StatementLine
from marketplace.platform.virtual.kinds import GoodsKind, last_day
from marketplace.platform.virtual.queries import codes_of_orders, vouchers_of_orders
from marketplace.web.overview import MOST_COUNTED, capped
from marketplace.web.seller.orders import SHOWS
from marketplace.web.seller.parcel_forms import CancelForm, HandoverForm, ParcelForm
from marketplace.web.seller.return_forms import ReturnForm, return_form
from marketplace.web.stages import Times, stages
from tenants.access.actors import actor_of
from tenants.access.rights import Right

SHOWN_FOR = timedelta(minutes=10)


class NoteForm(forms.Form):
    note_id = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(label=_lazy("Private note"), max_length=MOST_SIGNS, widget=forms.Textarea(attrs={"rows": 2}))


def order(request: HttpRequest, number: str) -> HttpResponse:
    return order_page(request, number)


def order_note(request: HttpRequest, number: str) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return order_page(request, number, note=form)
    note_on_order(by=actor_of(request), number=number, **form.cleaned_data)
    messages.success(request, _("The note is kept."))
    return HttpResponseRedirect(reverse("order", args=[number]) + "#history")


def order_phone(request: HttpRequest, number: str) -> HttpResponse:
    """The buyer's whole number; who looked is written down."""
    found = note_phone_shown(by=actor_of(request), number=number)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "seller/_buyer.html", {"order": found, "shows_phone": True, **_purchases(found)})
    return HttpResponseRedirect(reverse("order", args=[number]) + "?phone=shown#buyer")


def _has_looked(request: HttpRequest, number: str) -> bool:
    """Whether this person has had the number shown just now, and so sees it without asking again."""
    if request.GET.get("phone") != "shown":
        return False
    looks = AuditEvent.objects.filter(subject_type="order", subject_id=number, action="order.phone_shown", actor_id=request.user.pk)
    return looks.filter(at__gte=clock.now() - SHOWN_FOR).exists()


def order_page(
    request: HttpRequest,
    number: str,
    *,
    parcel: ParcelForm | None = None,
    handover: HandoverForm | None = None,
    cancel: CancelForm | None = None,
    note: NoteForm | None = None,
    back: ReturnForm | None = None,
) -> HttpResponse:
    """The order with all that can be done with it now; a form that was refused is shown as it was filled in."""
    found = order_for_staff(number)
    lines = with_wishes(with_bundles(list(found.lines.order_by("position"))))
    made = made_by(found.pk)
    may_ship = request.user.has_perm(Right.SHIP_ORDERS.full_name)
    is_paid = found.status == OrderStatus.CONFIRMED and found.payment_status in (PaymentStatus.PAID, PaymentStatus.PART_REFUNDED)
    is_live = may_ship and is_paid and not found.is_virtual
    has_left = any(line.to_pack for line in lines)
    packages = list(found.packages.order_by("packed_at", "pk").prefetch_related("lines__line"))
    for package in packages:
        if is_live and package.status == Package.Status.PACKED:
            form = handover if handover and handover.package_id == package.pk else HandoverForm(package_id=package.pk)
            package.form = form  # type: ignore[attr-defined]
    refused: list[forms.Form] = [each for each in (parcel, handover, cancel, note, back) if each and each.errors]
    history: list[Any] = [*found.changes.order_by("at", "pk"), *found.desk_notes.order_by("at")]
    waits = found.ship_by and found.fulfilment_status == FulfilmentStatus.NONE and found.status == OrderStatus.CONFIRMED
    vouchers: list[Any] = vouchers_of_orders([found.pk]) if found.kind == GoodsKind.SERVICE else []
    for row in vouchers:
        row.until = last_day(row.expires_at, request.market.tz)  # type: ignore[attr-defined]
    context = {
        "title": found.number,
        "form": refused[0] if refused else None,
        "order": found,
        "lines": lines,
        "made_prices": [(line, made[line.pk]) for line in lines if line.pk in made],
        "packages": packages,
        "stages": stages(_times(found)),
        "returns": list(found.returns.order_by("requested_at")),
        "history": sorted(history, key=lambda row: row.at),
        "note_form": note or NoteForm(initial={"note_id": uuid4()}),
        "can_accept": is_live and found.accepted_at is None,
        "parcel_form": (parcel or ParcelForm(lines=lines, places=held_places(found.pk), initial={"package_id": uuid4()})) if is_live and has_left else None,
        "pieces_left": sum(line.to_pack for line in lines),
        "cancel_form": (cancel or CancelForm(lines=lines)) if may_ship and is_paid and has_left else None,
        "given": codes_of_orders([found.pk]) if found.kind == GoodsKind.CODES else [],
        "vouchers": vouchers,
        "cancel_is_open": bool(cancel and cancel.errors),
        "look": waiting_about(found.pk),
        "takes_two": takes_two(),
        "me": request.user.pk,
        "back_form": back or return_form(found),
        "back_is_open": bool(back),
        "waits": waits,
        "is_asked": any(line.making and line.making.is_asked for line in lines),  # type: ignore[attr-defined]
        "is_late": waits and found.ship_by and clock.now() > found.ship_by,
        "kept_commission": found.commission - found.commission_returned,
        "settled": StatementLine.objects.filter(order_id=found.pk, kind=StatementLine.Kind.SALE).select_related("statement").first(),
        "shows_phone": _has_looked(request, found.number),
        "show": request.GET.get("show", "") if request.GET.get("show", "") in SHOWS else "",
        **_purchases(found),
        **_neighbours(found, request.GET.get("show", "")),
    }
    return render(request, "seller/order.html", context, status=422 if refused else 200)


def _times(order: Order) -> Times:
    receive_by = None
    if order.shipped_at and not order.completed_at and not order.cancelled_at:
        waiting = Deadline.objects.filter(kind=RECEIPT, subject_id=order.pk, status=Deadline.Status.WAITING)
        receive_by = waiting.values_list("due_at", flat=True).first()
    return Times(
        order.placed_at,
        order.paid_at,
        order.accepted_at,
        order.shipped_at,
        order.completed_at,
        order.cancelled_at,
        order.ship_by,
        receive_by,
        is_virtual=order.is_virtual,
        is_all_shipped=order.fulfilment_status in (FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED),
    )


def _purchases(order: Order) -> dict[str, Any]:
    """How often this buyer has bought here, and the number with its middle hidden."""
    n = Order.objects.filter(buyer=order.buyer_id, paid_at__isnull=False).order_by()[: MOST_COUNTED + 1].count()
    return {"purchases": n, "purchases_shown": capped(n), "masked_phone": masked(order.address.get("phone", ""))}


def masked(phone: str) -> str:
    """138 •••• 2046: enough to tell two apart. Of an order that keeps none, dots alone."""
    return masked_phone(phone) or "••••"


def _neighbours(order: Order, show: str) -> dict[str, str]:
    """The addresses of the order before and the one after in the list, newest first, within the tab one came from."""
    rows = Order.objects.filter(SHOWS.get(show, Q()))
    at, key = order.placed_at, order.pk
    newer = rows.filter(Q(placed_at__gt=at) | Q(placed_at=at, pk__gt=key)).order_by("placed_at", "pk")
    older = rows.filter(Q(placed_at__lt=at) | Q(placed_at=at, pk__lt=key)).order_by("-placed_at", "-pk")

    def address(of: Any) -> str:
        number = of.values_list("number", flat=True).first()
        query = f"?show={show}" if show in SHOWS else ""
        return reverse("order", args=[number]) + query if number else ""

    return {"newer": address(newer), "older": address(older)}
