"""The contract of an applicant whose reviews have passed: read and signed on screen, before the shop opens."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.kernel.errors import MarketError, NotFound
from tenants.access.actors import actor_of, person_of
from tenants.contracts.access import contract_of_applicant
from tenants.contracts.errors import ContractMoved
from tenants.contracts.forms import MerchantSignatureForm, show_offer
from tenants.contracts.queries import offer_to
from tenants.contracts.serving import paper_response
from tenants.contracts.signing import sign_contract
from tenants.onboarding.access import application_of
from tenants.tenancy.models import Merchant


def contract(request: HttpRequest, number: str) -> HttpResponse:
    """Read it, and sign it. Where there is nothing to sign, the application says how it stands."""
    row = application_of(person_of(request).pk, number)
    language = request.LANGUAGE_CODE  # type: ignore[attr-defined]
    back = HttpResponseRedirect(f"/sell/applications/{number}/")
    if row.merchant is None or row.merchant.status != Merchant.Status.OPENING:
        return back
    form, moved = MerchantSignatureForm(request.POST or None), False
    if request.method == "POST" and form.is_valid():
        try:
            sign_contract(by=actor_of(request), merchant_id=row.merchant.pk, language=language, **form.cleaned_data)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            moved = isinstance(refusal, ContractMoved)
        else:
            messages.success(request, _("Signed. The market signs next; then your shop opens, if nothing else is left."))
            return back
    offer = offer_to(row.merchant, language)
    if offer is None:
        return back
    show_offer(form, offer, row.representative, moved)
    context = {"application": row, "form": form, "offer": offer}
    return render(request, "sell/contract.html", context, status=422 if form.errors else 200)


def contract_paper(request: HttpRequest, number: str) -> HttpResponse:
    """The applicant's signed contract as PDF. Raises PaperBroken."""
    row = application_of(person_of(request).pk, number)
    found = contract_of_applicant(row)
    if found is None:
        raise NotFound
    return paper_response(by=actor_of(request), contract=found)
