"""The personal centre: orders and addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.flows.custom_lines import answer_shop
from marketplace.flows.receive import RECEIPT, confirm_receipt
from marketplace.kernel.deadlines import due_at
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.merchant.customising.errors import CustomLineUnknown
from marketplace.merchant.customising.questions import STANDS_STILL
from marketplace.merchant.orders.states import FulfilmentStatus, OrderStatus
from marketplace.platform.checkout.access import copy_of_buyer, group_of_buyer
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from marketplace.platform.customising.wishes import is_asked
from marketplace.platform.delivery.queries import children
from marketplace.platform.members.access import address_of, addresses_of
from marketplace.platform.members.actions import remove_address, save_address
from marketplace.platform.payments.models import PaymentAttempt
from marketplace.platform.virtual.kinds import GoodsKind
from storefront.account.aftersales import may_cancel, may_return, moment_of
from storefront.account.forms import AddressForm
from storefront.account.tracking import LONGEST_SEARCH, is_late, orders_with, sentence_of, steps_of
from storefront.account.virtual import with_handed
from storefront.reviews.parts import mark_reviewable
from tenants.access.actors import actor_of, person_of

GROUPS_A_PAGE = 10


# ── Addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────


def addresses(request: HttpRequest) -> HttpResponse:
    return render(request, "account/addresses.html", {"section": "addresses", "addresses": addresses_of(person_of(request).pk)})


def address(request: HttpRequest, address_id: UUID | None = None) -> HttpResponse:
    if request.method == "POST":
        form = AddressForm(request.POST)
        if save_form(request, form):
            return HttpResponseRedirect("/account/addresses/")
    else:
        form = AddressForm.of(address_of(person_of(request).pk, address_id)) if address_id else AddressForm.fresh()
    return render(request, "account/address.html", {"section": "addresses", "form": form, "is_new": address_id is None}, status=422 if form.errors else 200)


def address_default(request: HttpRequest, address_id: UUID) -> HttpResponse:
    """Have things sent here from now on."""
    known = address_of(person_of(request).pk, address_id)
    save_address(by=actor_of(request), address_id=known.pk, fields=known.as_kept(), is_default=True)
    return HttpResponseRedirect("/account/addresses/")


def regions(request: HttpRequest) -> HttpResponse:
    """Cities of a province and districts of a city, to choose from while typing; nothing where nobody imported them."""
    cities = children(request.GET.get("region", "")[:12])
    city = next((row for row in cities if request.GET.get("city", "") in row.names.values()), None)
    return render(request, "account/_regions.html", {"cities": cities, "districts": children(city.code) if city else []})


def save_form(request: HttpRequest, form: AddressForm) -> bool:
    """Save what was entered; False with the errors in the form."""
    if not form.is_valid():
        return False
    try:
        save_address(by=actor_of(request), address_id=form.cleaned_data["address_id"], fields=form.kept_fields(), is_default=form.cleaned_data["is_default"])
    except MarketError as refusal:
        field = {"province": "region"}.get(refusal.field or "", refusal.field)
        form.add_error(field if field in form.fields else None, str(refusal))
        return False
    return True


def address_remove(request: HttpRequest, address_id: UUID) -> HttpResponse:
    remove_address(by=actor_of(request), address_id=address_id)
    messages.success(request, _("The address is removed. Orders on their way keep theirs."))
    return HttpResponseRedirect("/account/addresses/")


# ── Orders ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Tab:
    name: str
    href: str
    is_now: bool


def order_filters() -> dict[str, tuple[str, dict[str, Any]]]:
    return {
        "": (_("All"), {}),
        "unpaid": (_("To pay"), {"status": OrderGroup.Status.AWAITING_PAYMENT}),
        "coming": (_("On the way"), {"status": OrderGroup.Status.PAID, "orders__status": OrderStatus.CONFIRMED, "orders__kind": GoodsKind.GOODS}),
        "to_use": (pgettext("order", "To be used"), {"orders__status": OrderStatus.CONFIRMED, "orders__kind": GoodsKind.SERVICE}),
        "done": (_("Completed"), {"orders__status": OrderStatus.COMPLETED}),
        "after_sales": (_("After-sales"), {"orders__open_returns__gt": 0}),
    }


def orders(request: HttpRequest) -> HttpResponse:
    """The buyer's groups, newest first, by keyset: one query for groups and one for their orders."""
    filters = order_filters()
    chosen = request.GET.get("show", "")
    name = chosen if chosen in filters else ""
    words = " ".join(request.GET.get("q", "").split())[:LONGEST_SEARCH]
    matching = orders_with(OrderGroup.objects.filter(buyer_id=person_of(request).pk, **filters[name][1]), words)
    groups = OrderGroup.objects.filter(pk__in=matching.values("pk")).order_by("-placed_at", "-pk")
    if after := moment_of(request.GET.get("after", "")):
        groups = groups.filter(placed_at__lt=after)
    page = list(groups[: GROUPS_A_PAGE + 1])
    shown = page[:GROUPS_A_PAGE]
    by_group: dict[UUID, list[OrderCopy]] = {group.pk: [] for group in shown}
    for copy in OrderCopy.objects.filter(group__in=shown).select_related("merchant").order_by("number"):
        copy.sentence, copy.is_late = sentence_of(copy), is_late(copy)  # type: ignore[attr-defined]
        by_group[copy.group_id].append(copy)
    for group in shown:
        group.shown_orders = by_group[group.pk]  # type: ignore[attr-defined]
    tabs = [Tab(label, "?" + urlencode({k: v for k, v in (("show", key), ("q", words)) if v}), key == name) for key, (label, _which) in filters.items()]
    older = shown[-1].placed_at.isoformat() if len(page) > GROUPS_A_PAGE else ""
    return render(request, "orders/list.html", {"section": "orders", "groups": shown, "tabs": tabs, "older": older, "words": words, "show": name})


@dataclass(frozen=True)
class Answering:
    """An answer to a question of a shop that could not be taken: what was typed, and why not."""

    question: str
    typed: str
    error: str


def group(request: HttpRequest, number: str) -> HttpResponse:
    """One decision and its orders; while a rail's answer is awaited, the page asks again."""
    return _group_page(request, number)


def answer(request: HttpRequest, number: str) -> HttpResponse:
    """What the buyer says to a question of the shop about their wishes."""
    copy = copy_of_buyer(person_of(request).pk, number)
    typed = request.POST.get("answer", "")
    try:
        question_id = UUID(request.POST.get("question", ""))
    except ValueError:
        raise CustomLineUnknown from None
    try:
        answer_shop(by=actor_of(request), copy=copy, question_id=question_id, text=typed)
    except InvalidInput as refusal:
        return _group_page(request, copy.group.number, Answering(str(question_id), typed, str(refusal)))
    messages.success(request, _("The shop has your answer and can go on."))
    return HttpResponseRedirect(f"/orders/{copy.group.number}/#order-{copy.number}")


def _group_page(request: HttpRequest, number: str, answering: Answering | None = None) -> HttpResponse:
    found = group_of_buyer(person_of(request).pk, number)
    copies = list(OrderCopy.objects.filter(group=found).select_related("merchant").order_by("number"))
    returns: dict[UUID, list[ReturnCopy]] = {copy.pk: [] for copy in copies}
    for row in ReturnCopy.objects.filter(order__in=copies).order_by("requested_at"):
        returns[row.order_id].append(row)
    for copy in copies:
        copy.group = found
        copy.sentence, copy.is_late, copy.steps = sentence_of(copy), is_late(copy), steps_of(copy)  # type: ignore[attr-defined]
        copy.shown_returns = returns[copy.pk]  # type: ignore[attr-defined]
        copy.can_cancel = may_cancel(copy)  # type: ignore[attr-defined]
        copy.can_return = may_return(copy)  # type: ignore[attr-defined]
        copy.can_receive = not copy.is_virtual and copy.status == OrderStatus.CONFIRMED and copy.fulfilment_status == FulfilmentStatus.SHIPPED  # type: ignore[attr-defined]
        copy.receipt_due = due_at(kind=RECEIPT, subject_id=copy.pk) if copy.can_receive else None  # type: ignore[attr-defined]
    mark_reviewable(copies)
    has_handed = with_handed(copies, request.market.tz)  # type: ignore[attr-defined]
    attempt = PaymentAttempt.objects.filter(payment__group=found).order_by("-n").first()
    waits = found.status == OrderGroup.Status.AWAITING_PAYMENT and attempt is not None and attempt.status == PaymentAttempt.Status.SENT
    context = {
        "section": "orders",
        "group": found,
        "orders": copies,
        "all_complete": all(copy.status == OrderStatus.COMPLETED for copy in copies),
        "none_left": all(copy.status == OrderStatus.CANCELLED for copy in copies),
        "is_virtual": all(copy.is_virtual for copy in copies),
        "is_asked": any(copy.status == OrderStatus.CONFIRMED and is_asked(copy.lines) for copy in copies),
        "has_virtual": any(copy.is_virtual for copy in copies),
        "waits_for_codes": any(copy.status == OrderStatus.CONFIRMED and copy.is_virtual and not copy.handed for copy in copies),  # type: ignore[attr-defined]
        "waits_for_rail": waits,
        "failed": attempt is not None and attempt.status == PaymentAttempt.Status.FAILED,
        "stands_still_days": STANDS_STILL.days,
        "answering": answering,
    }
    template = "orders/_group.html" if request.htmx else "orders/group.html"  # type: ignore[attr-defined]
    response = render(request, template, context, status=422 if answering else 200)
    if has_handed:
        response.headers["Cache-Control"] = "no-store, private"  # codes are in it
    return response


def receive(request: HttpRequest, number: str) -> HttpResponse:
    copy = copy_of_buyer(person_of(request).pk, number)
    confirm_receipt(by=actor_of(request), copy=copy)
    return HttpResponseRedirect(f"/orders/{copy.group.number}/#order-{copy.number}")
