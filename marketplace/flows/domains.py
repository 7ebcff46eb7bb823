"""Looking up shops' own domains: DNS is asked by a worker, outside a transaction, and what it says is noted."""

from __future__ import annotations

from django.conf import settings

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.outbox import record
from marketplace.platform.notices.messages import worded
from marketplace.platform.notices.telling import tell
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.domains.actions import GRACE, note_look
from tenants.domains.dns import look
from tenants.domains.events import DomainLookDue, DomainMoved
from tenants.domains.models import OwnDomain
from tenants.tenancy.hosts import shop_host, workbench_url
from tenants.tenancy.models import Merchant


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
    facts = {"host": event.host, "days": str(GRACE.days), "here": shop_host(shop.slug)}
    people = staff_with([shop.pk], Right.MANAGE_DOMAINS)[shop.pk]
    tell(people, lambda: worded(f"domain_{event.state}", facts, link=workbench_url(shop, "/domains/")))
