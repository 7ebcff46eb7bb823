"""The shop's deposit: what is held, what is missing and by when, every movement, and objecting to a deduction."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel.errors import MarketError
from marketplace.kernel.formats import format_money
from marketplace.kernel.texts import localised
from marketplace.platform.deposits.access import evidence_of_merchant, move_of_merchant
from marketplace.platform.deposits.actions import can_object, object_to_deduction
from marketplace.platform.deposits.models import Deposit, DepositEvidence, DepositMove
from marketplace.platform.deposits.queries import deposit_of, reference_of, terms
from marketplace.web.overview import ToDo
from marketplace.web.seller.for_others import for_others
from tenants.access.actors import actor_of
from tenants.onboarding.papers import paper_response

SHOWN = 200


@for_others
def deposit(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, refusal: MarketError | None = None, about: str = "") -> HttpResponse:
    merchant, now = request.merchant, terms()  # type: ignore[attr-defined]
    moves = list(DepositMove.objects.filter(merchant=merchant).select_related("objection", "undoes", "undone").order_by("-at", "-pk")[:SHOWN])
    shown = {each.move_id: each for each in DepositEvidence.objects.filter(merchant=merchant)}
    context = {
        "title": _("Deposit"),
        "deposit": deposit_of(merchant.pk),
        "reference": reference_of(merchant),
        "pay_to": localised(now.pay_to),
        "days": now.days,
        "moves": [(move, shown.get(move.pk), can_object(move)) for move in moves],
        "refusal": refusal,
        "about": about,
        "text": request.POST.get("text", "")[:1000],
    }
    return render(request, "seller/deposit.html", context, status=refusal.status if refusal else 200)


def deposit_object(request: HttpRequest, number: str) -> HttpResponse:
    move = move_of_merchant(request.merchant.pk, number)  # type: ignore[attr-defined]
    try:
        object_to_deduction(by=actor_of(request), move=move, text=request.POST.get("text", ""))
    except MarketError as refusal:
        return _page(request, refusal, number)
    messages.success(request, _("Sent. The market looks at it and answers you."))
    return HttpResponseRedirect("/deposit/")


def evidence(request: HttpRequest, evidence_id: UUID) -> FileResponse:
    return paper_response(evidence_of_merchant(request.merchant.pk, evidence_id))  # type: ignore[attr-defined, arg-type]


def todos(merchant_id: UUID) -> list[ToDo]:
    """For the first page: what is missing, with its day."""
    row = Deposit.objects.filter(pk=merchant_id).first()
    if row is None or not row.short:
        return []
    label = ngettext("of the shop's deposit is missing", "of the shop's deposit are missing", 2)
    return [ToDo(format_money(row.short), label, "/deposit/", "danger" if row.is_overdue else "warn", due=row.due_at)]
