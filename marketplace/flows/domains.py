"""Looking up shops' own domains: DNS is asked by a worker, outside a transaction, and what it says is noted."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.flows.letters_to_merchants import tell
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.outbox import record
from marketplace.platform.notices.letters import Message
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.domains.actions import GRACE, note_look
from tenants.domains.dns import look
from tenants.domains.events import DomainLookDue, DomainMoved
from tenants.domains.models import OwnDomain
from tenants.tenancy.hosts import shop_host, workbench_url
from tenants.tenancy.models import Merchant

S = OwnDomain.State


def look_up(event: DomainLookDue) -> None:
    """Outward reaction. Safe to repeat: what DNS says last counts."""
    row = OwnDomain.objects.filter(pk=event.domain_id).first()
    if row is not None:
        note_look(by=SYSTEM, domain_id=row.pk, seen=look(row.record_name, row.host, settings.BASE_HOST))


def look_when_due(event: DeadlineReached) -> None:
    """The outcome of the deadline `domain.look`."""
    if event.merchant_id is not None and OwnDomain.objects.filter(pk=event.subject_id).exists():
        record(DomainLookDue(domain_id=event.subject_id, merchant_id=event.merchant_id))


def domain_moved(event: DomainMoved) -> None:
    """Who looks after the shop's domains hears that one answers now, is missed, or answers no longer."""
    shop = Merchant.objects.get(pk=event.merchant_id)
    people = staff_with([shop.pk], Right.MANAGE_DOMAINS)[shop.pk]
    tell(people, lambda: _of_move(event, shop))


def _of_move(event: DomainMoved, shop: Merchant) -> Message:
    subject, lines = {
        S.VERIFIED: (_("“{host}” is verified"), [_("Your shop answers there now. In the workbench you can make it the shop's address.")]),
        S.LOST: (
            _("The record of “{host}” is gone"),
            [_("If it does not come back within {days} days, your shop answers there no longer."), _("The workbench shows which record is missing.")],
        ),
        S.GIVEN_UP: (_("Your shop does not answer on “{host}”"), [_("Its record was not found. Your shop's address at the market is {host_here}.")]),
    }[S(event.state)]
    facts = {"host": event.host, "days": GRACE.days, "host_here": shop_host(shop.slug)}
    return Message(
        "domain_moved", subject.format(**facts), [line.format(**facts) for line in lines], button=(_("To the domains"), workbench_url(shop, "/domains/"))
    )
