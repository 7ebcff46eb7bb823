"""A shop's own domains: wished for, proved by a record in DNS, made the shop's address, taken off."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.models import Site

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.errors import NotFound
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from tenants.domains.dns import Seen
from tenants.domains.errors import DomainNotReady, DomainTaken, TooManyDomains
from tenants.domains.events import DomainLookDue, DomainMoved
from tenants.domains.models import OwnDomain
from tenants.domains.names import as_host
from tenants.packages.limits import check_room
from tenants.packages.models import Limit
from tenants.tenancy.hosts import shop_host
from tenants.tenancy.life import locked_merchant
from tenants.tenancy.models import Domain, Merchant
from tenants.tenancy.schemas import merchant_schema

LOOK = "domain.look"  # kind of deadline: when DNS is asked again
MOST = 10  # own domains of a shop
# How long after it was wished for a record may come, and how often it is looked for meanwhile.
PATIENCE = timedelta(days=3)
EVERY = ((timedelta(hours=1), timedelta(minutes=5)), (timedelta(days=1), timedelta(minutes=30)), (PATIENCE, timedelta(hours=6)))
STILL_THERE = timedelta(days=1)  # how often a record that was found is looked for again
# How long a domain goes on answering after its record has gone, and how often it is looked for meanwhile.
GRACE, MISSED = timedelta(days=7), timedelta(hours=6)
S = OwnDomain.State


@verb
def add_domain(*, by: Actor, merchant_id: UUID, domain_id: UUID, host: str) -> OwnDomain:
    """A shop wants to answer on a domain of its own. The same `domain_id`, and the same host again, is one wish.

    Raises DomainUnusable, DomainTaken, TooManyDomains, LimitReached.
    """
    host = as_host(host)
    with transaction.atomic():
        locked_merchant(merchant_id)
        known = OwnDomain.objects.filter(merchant_id=merchant_id)
        if same := known.filter(pk=domain_id).first() or known.filter(host=host).first():
            return same
        if Domain.objects.filter(host=host).exists():
            raise DomainTaken(host=host)
        if known.count() >= MOST:
            raise TooManyDomains(most=MOST)
        check_room(merchant_id, Limit.DOMAINS, known.count)
        row = OwnDomain.objects.create(pk=domain_id, merchant_id=merchant_id, host=host)
        audit(by=by, action="domain.added", subject="domain", subject_id=row.pk, merchant_id=merchant_id, after={"host": host})
        record(DomainLookDue(domain_id=row.pk, merchant_id=merchant_id))
    return row


@verb
def ask_for_look(*, by: Actor, merchant_id: UUID, domain_id: UUID) -> None:
    """Ask DNS now. One that was given up is waited for anew. Raises NotFound."""
    with transaction.atomic():
        row = _locked(merchant_id, domain_id)
        before = row.state
        if row.state == S.GIVEN_UP:
            row.state, row.added_at, row.said = S.WAITING, clock.now(), ""
            row.save(update_fields=["state", "added_at", "said"])
        audit(
            by=by,
            action="domain.look_asked",
            subject="domain",
            subject_id=row.pk,
            merchant_id=merchant_id,
            before={"state": before, "looked_at": row.looked_at and row.looked_at.isoformat()},
            after={"state": row.state},
        )
        record(DomainLookDue(domain_id=row.pk, merchant_id=merchant_id))


@verb
def note_look(*, by: Actor, domain_id: UUID, seen: Seen) -> OwnDomain | None:
    """What DNS said, and what follows: it answers from now on, is missed, or does not answer any longer. None for one that is gone."""
    wish = OwnDomain.objects.filter(pk=domain_id).first()
    if wish is None:
        return None
    with transaction.atomic():
        locked_merchant(wish.merchant_id)
        row = OwnDomain.objects.select_for_update().filter(pk=domain_id).first()
        if row is None or row.state == S.GIVEN_UP:
            return row
        now, is_there = clock.now(), row.record_value in seen.texts
        row.looked_at, row.leads_here = now, seen.leads_here
        row.found = sorted(text[:200] for text in seen.texts)[:5]
        row.said = "" if is_there else "other_texts" if seen.texts else "nothing" if seen.is_sure else "no_answer"
        if is_there:
            _found(by, row, now)
        elif seen.is_sure:
            _missing(by, row, now)
        row.save()
        _look_again(row, now)
    return row


def _found(by: Actor, row: OwnDomain, now: datetime) -> None:
    """Raises nothing: one that another shop has proved meanwhile stays waiting, and says so."""
    if row.state == S.VERIFIED:
        return
    if row.state == S.WAITING:
        try:
            with transaction.atomic():
                Domain.objects.create(host=row.host, kind=Domain.Kind.SHOP, tenant_id=row.merchant_id, is_primary=False)
        except IntegrityError:
            row.said = "taken"
            return
        row.verified_at = now
    _move(by, row, S.VERIFIED)
    row.lost_at = None


def _missing(by: Actor, row: OwnDomain, now: datetime) -> None:
    if row.state == S.WAITING and now - row.added_at > PATIENCE:
        _move(by, row, S.GIVEN_UP)
    elif row.state == S.VERIFIED:
        row.lost_at = now
        _move(by, row, S.LOST)
    elif row.state == S.LOST and row.lost_at and now - row.lost_at > GRACE:
        _take_off(row)
        _move(by, row, S.GIVEN_UP)


def _move(by: Actor, row: OwnDomain, to: str) -> None:
    before, row.state = row.state, to
    audit(
        by=by,
        action="domain.moved",
        subject="domain",
        subject_id=row.pk,
        merchant_id=row.merchant_id,
        before={"state": before},
        after={"state": to, "host": row.host},
    )
    record(DomainMoved(domain_id=row.pk, merchant_id=row.merchant_id, host=row.host, state=to))


def _look_again(row: OwnDomain, now: datetime) -> None:
    if row.state == S.GIVEN_UP:
        meet(kind=LOOK, subject_id=row.pk)
        return
    waited = now - row.added_at
    pause = {S.VERIFIED: STILL_THERE, S.LOST: MISSED}.get(S(row.state)) or next((every for until, every in EVERY if waited < until), MISSED)
    set_deadline(kind=LOOK, subject_id=row.pk, due_at=now + pause, merchant_id=row.merchant_id)


@verb
def make_primary(*, by: Actor, merchant_id: UUID, host: str) -> None:
    """The shop's address from now on; all others lead there. `host` is one of its own domains, or its host at the market.

    Raises NotFound for a host that is not this shop's, DomainNotReady for one that does not lead here.
    """
    with transaction.atomic():
        merchant = locked_merchant(merchant_id)
        before = merchant.own_host or shop_host(merchant.slug)
        if host == before:
            return
        if not Domain.objects.filter(host=host, tenant=merchant, kind=Domain.Kind.SHOP).exists():
            raise NotFound
        own = OwnDomain.objects.filter(merchant_id=merchant_id, host=host).first()
        if own and (own.state != S.VERIFIED or not own.leads_here):
            raise DomainNotReady(host=own.readable, why=_("Look at what is said beside it, and check again."))
        set_primary(merchant, host)
        audit(
            by=by, action="domain.primary", subject="merchant", subject_id=merchant_id, merchant_id=merchant_id, before={"host": before}, after={"host": host}
        )


def set_primary(merchant: Merchant, host: str) -> None:
    """Hosts, the shop's row and Wagtail's site say the same."""
    hosts = Domain.objects.filter(tenant=merchant, kind=Domain.Kind.SHOP)
    hosts.filter(is_primary=True).update(is_primary=False)
    hosts.filter(host=host).update(is_primary=True)
    merchant.own_host = "" if host == shop_host(merchant.slug) else host
    merchant.save(update_fields=["own_host"])
    with merchant_schema(merchant.pk):
        Site.objects.update(hostname=host)


def _take_off(row: OwnDomain) -> None:
    """It answers no longer; were it the shop's address, the host at the market is again."""
    merchant = Merchant.objects.get(pk=row.merchant_id)
    if merchant.own_host == row.host:
        set_primary(merchant, shop_host(merchant.slug))
    Domain.objects.filter(host=row.host, tenant_id=row.merchant_id, kind=Domain.Kind.SHOP).delete()


@verb
def remove_domain(*, by: Actor, merchant_id: UUID, domain_id: UUID) -> None:
    """The shop answers on it no longer, and it can be anybody's. Safe to repeat."""
    with transaction.atomic():
        locked_merchant(merchant_id)
        row = OwnDomain.objects.select_for_update().filter(pk=domain_id, merchant_id=merchant_id).first()
        if row is None:
            return
        if row.answers:
            _take_off(row)
        meet(kind=LOOK, subject_id=row.pk)
        audit(by=by, action="domain.removed", subject="domain", subject_id=row.pk, merchant_id=merchant_id, before={"host": row.host, "state": row.state})
        row.delete()


def _locked(merchant_id: UUID, domain_id: UUID) -> OwnDomain:
    row = OwnDomain.objects.select_for_update().filter(pk=domain_id, merchant_id=merchant_id).first()
    if row is None:
        raise NotFound
    return row
