"""Where rails speak to us, and where buyers come back from them."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from marketplace.kernel.actors import rail
from marketplace.kernel.errors import NotFound
from marketplace.platform.checkout.access import group_of_buyer
from marketplace.platform.payments.actions import come_back, take_notice
from marketplace.platform.payments.models import PaymentAttempt
from marketplace.platform.payments.rails import connect_rail, has_connect
from marketplace.platform.payments.rails.port import BadNotice
from tenants.access.actors import actor_of, person_of

RAIL_NAMES: dict[str, str | Promise] = {
    "sandbox": _("Test payment (sandbox): no money moves"),
    "stripe": _("Card, Alipay or WeChat Pay: you pay on Stripe's own page"),
}


def stripe_hook(*, of_accounts: bool) -> Callable[[HttpRequest], HttpResponse]:
    """The address for events on the market's account, or for those on merchants' accounts: each has its secret.

    What is not signed, or was signed more than five minutes ago, is refused with 400, and nothing of it is kept.
    """

    def hook(request: HttpRequest) -> HttpResponse:
        if not has_connect() or not (settings.STRIPE_CONNECT_WEBHOOK_SECRET if of_accounts else settings.STRIPE_WEBHOOK_SECRET):
            raise NotFound
        try:
            notice = connect_rail("stripe").read_notice(request.body, request.headers.get("Stripe-Signature", ""), of_accounts=of_accounts)
        except BadNotice:
            return HttpResponse("bad signature", status=400, content_type="text/plain")
        body = {"kind": notice.kind, "object": notice.object_id, "account": notice.account}
        take_notice(by=rail("stripe"), rail="stripe", notice_id=notice.id, body=body)
        return HttpResponse("ok", content_type="text/plain")

    return csrf_exempt(hook)


def back(request: HttpRequest, number: str) -> HttpResponse:
    """The buyer comes back from the rail's page. That decides nothing: a worker asks the rail, and the order's page waits for it."""
    group = group_of_buyer(person_of(request).pk, number)
    session = request.GET.get("session", "")
    attempt = PaymentAttempt.objects.filter(payment__group=group, rail_session=session).exclude(rail_session="").first()
    if attempt is not None:
        come_back(by=actor_of(request), attempt=attempt)
    return HttpResponseRedirect(f"/orders/{group.number}/")
