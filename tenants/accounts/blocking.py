"""Keeping somebody out of the market and letting them in again: verbs. Whoever is signed in for the market cannot be kept out."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address, ip_network
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.phones import parse_phone
from marketplace.kernel.verbs import verb
from tenants.accounts.addresses import checked_address
from tenants.accounts.blocks import KIND, changed, in_force
from tenants.accounts.errors import BlockedAlready, BlocksOwnPeople, BlockUnknown
from tenants.accounts.models import Block, User

MOST = 5000  # in force at once
WIDEST = {4: 16, 6: 32}  # the shortest prefix by IP version: wider than that is a region, not a caller


def parsed(kind: str, text: str) -> str:
    """How a value is kept: a network in CIDR form, an address and a domain in small letters, a phone number as E.164. Raises InvalidInput."""
    text = text.strip()
    if kind == KIND.EMAIL:
        return checked_address(text.lower(), "value")
    if kind == KIND.PHONE:
        return parse_phone(text, "CN", "value")
    if kind == KIND.DOMAIN:
        domain = text.lower().removeprefix("@")
        checked_address(f"anybody@{domain}", "value")
        return domain
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        why = _("“{text}” is not a network address. Write one like 203.0.113.7, 203.0.113.0/24 or 2001:db8::/48.").format(text=text)
        raise InvalidInput(field="value", why=why) from None
    if network.prefixlen < WIDEST[network.version]:
        why = _("“{text}” is too wide: it would keep out a whole region. Block /{bits} or narrower.").format(text=text, bits=WIDEST[network.version])
        raise InvalidInput(field="value", why=why)
    if network.is_loopback or network.is_unspecified:
        raise InvalidInput(field="value", why=_("“{text}” is the market’s own machine.").format(text=text))
    return str(network)


@verb
def block(*, by: Actor, kind: str, value: str, why: str, until: datetime | None = None) -> Block:
    """Keep somebody out, from now on and until a moment or for good. Raises InvalidInput, ReasonMissing, BlockedAlready, BlocksOwnPeople."""
    if kind not in KIND:
        raise InvalidInput(field="kind", why=_("Choose what is blocked."))
    kept = parsed(kind, value)
    check_reason(why, field="why")
    if until is not None and until <= clock.now():
        raise InvalidInput(field="until", why=_("This moment has passed already."))
    with transaction.atomic():
        current = list(Block.objects.select_for_update().filter(lifted_at=None, kind=kind, value=kept))
        for row in current:
            if row.is_in_force:
                raise BlockedAlready(value=kept)
            row.lifted_at = row.until  # it ended by itself
            row.save(update_fields=["lifted_at"])
        if Block.objects.filter(in_force()).count() >= MOST:
            raise InvalidInput(field="value", why=_("{most} blocks are in force, which is all there may be. Lift some first.").format(most=MOST))
        _check_own_people(by, kind, kept)
        row = Block.objects.create(kind=kind, value=kept, why=why.strip()[:500], made_by=by.label, until=until)
        audit(
            by=by,
            action="block.made",
            subject="block",
            subject_id=row.pk,
            before={"blocked": False},
            after={"blocked": True, "kind": kind, "value": kept, "until": until.isoformat() if until else None},
            why=row.why,
        )
        transaction.on_commit(changed)
    return row


@verb
def lift(*, by: Actor, block_id: UUID, why: str) -> Block:
    """End a block. Safe to repeat. Raises BlockUnknown, ReasonMissing."""
    check_reason(why, field="why")
    with transaction.atomic():
        row = Block.objects.select_for_update().filter(pk=block_id).first()
        if row is None:
            raise BlockUnknown
        if not row.is_in_force:
            return row
        row.lifted_at, row.lifted_by, row.lifted_why = clock.now(), by.label, why.strip()[:500]
        row.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
        audit(
            by=by,
            action="block.lifted",
            subject="block",
            subject_id=row.pk,
            before={"blocked": True, "kind": row.kind, "value": row.value},
            after={"blocked": False},
            why=row.lifted_why,
        )
        transaction.on_commit(changed)
    return row


def _check_own_people(by: Actor, kind: str, value: str) -> None:
    """Raises BlocksOwnPeople."""
    people = User.objects.filter(memberships__merchant_id=None, memberships__is_active=True)
    if kind == KIND.NETWORK:
        is_own = bool(by.address) and ip_address(by.address) in ip_network(value)
    elif kind == KIND.EMAIL:
        is_own = people.filter(email__iexact=value).exists()
    else:
        is_own = kind == KIND.DOMAIN and people.filter(email__iendswith=f"@{value}").exists()
    if is_own:
        raise BlocksOwnPeople(value=value)
