"""How an applicant who was approved pays the deposit, before the shop opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.kernel.texts import localised
from marketplace.platform.deposits.models import DepositMove
from marketplace.platform.deposits.queries import deposit_of, reference_of, required_of, terms
from tenants.access.actors import person_of
from tenants.onboarding.access import application_of


def deposit(request: HttpRequest, number: str) -> HttpResponse:
    """What is asked for and held, where to pay, what to write on it. Raises ApplicationUnknown, NotFound before it was approved."""
    row = application_of(person_of(request).pk, number)
    if row.merchant is None:
        raise NotFound
    required, held = required_of(row.merchant).amount, deposit_of(row.merchant.pk).held
    context = {
        "application": row,
        "required": required,
        "held": held,
        "short": max(required - held, Money.zero(required.currency)),
        "reference": reference_of(row.merchant),
        "pay_to": localised(terms().pay_to),
        "moves": list(DepositMove.objects.filter(merchant=row.merchant).order_by("-at", "-pk")[:20]),
    }
    return render(request, "sell/deposit.html", context)
