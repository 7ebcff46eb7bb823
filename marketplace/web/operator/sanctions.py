"""Asking that a shop is suspended, reopened or closed, or gets an owner: a reason first, then a second person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.appoint_owner import APPOINT
from marketplace.flows.approvals import ask_for
from marketplace.flows.closing import GRACE
from marketplace.kernel.errors import MarketError
from marketplace.web.operator.approvals import asked
from tenants.access.actors import actor_of
from tenants.tenancy.errors import MerchantUnknown, NotForOwnShops
from tenants.tenancy.life import CLOSE, MOVES, REOPEN, SUSPEND, closing_of
from tenants.tenancy.models import Merchant, ShopChange
from tenants.tenancy.obligations import obligations_of


class SanctionForm(forms.Form):
    """The hidden key makes the same form sent twice one request."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)
    why = forms.CharField(label=_lazy("Reason; the owner reads it"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class SuspendForm(SanctionForm):
    kind = forms.ChoiceField(label=_lazy("What for"), choices=ShopChange.Kind.choices)
    field_order = ("request_id", "kind", "why")


class OwnerForm(SanctionForm):
    email = forms.EmailField(label=_lazy("E-mail address"), help_text=_lazy("Of their account at the market. Who has none registers first."))
    why = forms.CharField(label=_lazy("Reason; everybody who leads the shop reads it"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ("request_id", "email", "why")


def merchant_or_404(merchant_id: UUID) -> Merchant:
    """Raises MerchantUnknown."""
    found = Merchant.objects.filter(pk=merchant_id).first()
    if found is None:
        raise MerchantUnknown
    return found


def other_merchant_or_404(merchant_id: UUID) -> Merchant:
    """Of somebody else than the market. Raises MerchantUnknown, NotForOwnShops."""
    found = merchant_or_404(merchant_id)
    if found.is_own:
        raise NotForOwnShops(shop=found.name)
    return found


def merchant_suspend(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    return _asking(
        request,
        merchant_or_404(merchant_id),
        SuspendForm,
        SUSPEND,
        title=_("Suspend this shop"),
        what=[
            _("Nobody can order from it: its goods leave search and lists, and its pages say that it takes no orders."),
            _("What was ordered goes on; the shop keeps its workbench to ship and to answer returns."),
            _("Its owners get a letter with your reason, and read it in the workbench."),
        ],
    )


def merchant_reopen(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    return _asking(
        request,
        merchant_or_404(merchant_id),
        SanctionForm,
        REOPEN,
        title=_("Reopen this shop"),
        what=[_("Buyers find it again and can order from it, within seconds.")],
    )


def merchant_owner(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    """For a shop whose only owner is out of reach."""
    return _asking(
        request,
        merchant_or_404(merchant_id),
        OwnerForm,
        APPOINT,
        title=_("Give this shop an owner"),
        what=[
            _("For a shop whose owner is gone or out of reach. Look first at papers that show for whom this person speaks."),
            _("They may do everything in its workbench; whoever owned it stays its owner. Where the shop's money goes still takes two people and some days."),
            _("Everybody who gives roles there, and the shop's own address, gets a letter with your reason."),
        ],
    )


def merchant_close(request: HttpRequest, merchant_id: UUID) -> HttpResponse:
    """What is open of a shop, counted now; and, while it is not closing yet, asking for that."""
    merchant = merchant_or_404(merchant_id)
    may_begin = MOVES.allows(merchant.status, Merchant.Status.CLOSING)
    more = {
        "template": "operator/closing.html",
        "closing": closing_of(merchant.pk),
        "left": [] if merchant.closed_at else obligations_of(merchant),
        "may_begin": may_begin,
        "grace": GRACE.days,
    }
    return _asking(
        request,
        merchant,
        SanctionForm,
        CLOSE,
        title=_("Close this shop") if may_begin else _("End of the shop"),
        what=[
            _("Nobody can order from it: its goods leave search and lists, and its pages say that it is closing."),
            _("What is open is finished first: the shop ships, answers returns and is paid. The list above says what is left."),
            _("Once nothing is left it closes for good, within {days} days by itself. Its owners get a letter with your reason.").format(days=GRACE.days),
        ],
        more=more,
    )


def _asking(
    request: HttpRequest,
    merchant: Merchant,
    form_class: type[SanctionForm],
    kind: str,
    *,
    title: str,
    what: list[str],
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    form = form_class(request.POST or None, initial={"request_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        order: Mapping[str, Any] = {"merchant_id": str(merchant.pk), "kind": data.get("kind", ""), "email": data.get("email", "")}
        try:
            row = ask_for(by=actor_of(request), kind=kind, request_id=data["request_id"], order=order, why=data["why"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return asked(request, row)
    context = {"template": "operator/sanction.html", "title": title, "merchant": merchant, "form": form, "what": what, **(more or {})}
    return render(request, context["template"], context, status=422 if form.errors else 200)
