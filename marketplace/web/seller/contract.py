"""The shop's contracts with the market: the one that holds, those before, and signing the next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from marketplace.web.overview import ToDo
from marketplace.web.seller.for_others import for_others
from tenants.access.actors import actor_of
from tenants.contracts.access import contract_of_shop
from tenants.contracts.errors import ContractMoved
from tenants.contracts.forms import MerchantSignatureForm, show_offer
from tenants.contracts.models import Contract
from tenants.contracts.queries import contract_of, is_without, offer_to
from tenants.contracts.serving import paper_response
from tenants.contracts.signing import sign_contract
from tenants.onboarding.dossiers import dossier_of
from tenants.tenancy.models import Merchant


@for_others
def contract(request: HttpRequest) -> HttpResponse:
    """How it stands; where there is something to sign, its text and the form."""
    merchant, language = request.merchant, request.LANGUAGE_CODE  # type: ignore[attr-defined]
    form, moved = MerchantSignatureForm(request.POST or None), False
    if request.method == "POST" and form.is_valid():
        try:
            sign_contract(by=actor_of(request), merchant_id=merchant.pk, language=language, **form.cleaned_data)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            moved = isinstance(refusal, ContractMoved)
        else:
            messages.success(request, _("Signed. It is in force as soon as the market has signed too."))
            return HttpResponseRedirect("/contract/")
    offer, dossier = offer_to(merchant, language), dossier_of(merchant)
    if offer is not None:
        show_offer(form, offer, dossier.representative, moved)
    now = contract_of(merchant)
    context: dict[str, Any] = {
        "title": _("Contract"),
        "now": now,
        "offer": offer if dossier.is_complete else None,
        "lacks_dossier": offer is not None and not dossier.is_complete,
        "is_without": is_without(merchant),
        "form": form,
        "others": [row for row in merchant.contracts.order_by("-signed_at") if now is None or row.pk != now.pk],
    }
    return render(request, "seller/contract.html", context, status=422 if form.errors else 200)


def contract_paper(request: HttpRequest, number: str) -> HttpResponse:
    """Raises PaperBroken."""
    return paper_response(by=actor_of(request), contract=contract_of_shop(request.merchant.pk, number))  # type: ignore[attr-defined]


def todos(merchant: Merchant) -> list[ToDo]:
    """For the first page of whoever may sign: a contract to sign, or one that ends."""
    offer = offer_to(merchant, "")
    if offer is None:
        return []
    if is_without(merchant):
        return [ToDo("1", _("contract has ended: sign the next one, nothing new goes on sale until then"), "/contract/", "danger")]
    if offer.follows is not None:
        return [ToDo("1", _("contract to renew"), "/contract/", due=offer.follows.ends_at)]
    return [ToDo("1", _("contract with the market to read and sign"), "/contract/")]


def state_of(merchant_id: UUID) -> str:
    """For the guide: in_force, signed, or "" for none."""
    found = Contract.objects.filter(merchant_id=merchant_id, status__in=Contract.OPEN, ends_at__gt=clock.now()).order_by("-status").first()
    return found.status if found else ""
