"""The sandbox rail's own page: it stands for a payment provider, so it lets a tester choose the answer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.flows.sandbox import decide
from marketplace.kernel.actors import rail
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.platform.checkout.models import OrderGroup
from marketplace.platform.payments.models import PaymentAttempt

OUTCOMES = ("succeeded", "declined", "twice", "later")


def page(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    attempt = (
        PaymentAttempt.objects.select_related("payment__group").filter(pk=attempt_id, payment__rail="sandbox", payment__group__buyer_id=request.user.pk).first()
    )
    if attempt is None:
        raise NotFound
    group = attempt.payment.group
    if request.method == "POST":
        answer(attempt, request.POST.get("outcome", ""))
        return HttpResponseRedirect(f"/orders/{group.number}/")
    can_pay = group.status == OrderGroup.Status.AWAITING_PAYMENT and attempt.status == PaymentAttempt.Status.OPEN
    closed = _("This payment has ended: {status}.").format(status=attempt.get_status_display())
    return render(request, "checkout/sandbox.html", {"group": group, "can_pay": can_pay, "closed": closed})


def answer(attempt: PaymentAttempt, outcome: str) -> None:
    """Tell the market what "the provider" has decided, as a provider would: by a notice with an id of its own."""
    if outcome not in OUTCOMES:
        raise InvalidInput(field="outcome", why=_("Choose one of the four answers."))
    decide(by=rail("sandbox"), attempt=attempt, outcome=outcome)
