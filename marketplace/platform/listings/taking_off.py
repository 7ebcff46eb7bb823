"""Goods that the market itself takes off sale, with a reason, until it lets them go again. The shop's own wish (`is_listed`) stays as it is.

Kept beside what qualifications hold back (holding.py): neither writes the other, and nothing that a shop does writes either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, NotFound, check_reason
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.events import GoodsReleased, GoodsTakenOff
from marketplace.platform.listings.gaps import note_gaps
from marketplace.platform.listings.holding import lock
from marketplace.platform.listings.models import LONGEST_WHY, Listing
from tenants.access.other_hands import check_other_hands

SOLD_AGAIN = ExpressionWrapper(Q(is_listed=True, is_held=False), output_field=BooleanField())


@verb
def take_goods_off(*, by: Actor, listing_ids: Collection[UUID], why: str) -> int:
    """Take listings off the market, whatever their shops wish; those that are off already keep their reason. How many were taken off.

    Each shop is told once, with its goods and the reason. Raises ReasonMissing, InvalidInput, NotFound (none of them exists), OwnHands: then
    none is taken off.
    """
    with transaction.atomic():
        by_shop = _move(by, listing_ids, why, is_taken_off=True)
        for merchant_id, keys in by_shop.items():
            record(GoodsTakenOff(merchant_id=merchant_id, listing_ids=keys, why=why.strip()))
    return sum(map(len, by_shop.values()))


@verb
def release_goods(*, by: Actor, listing_ids: Collection[UUID], why: str) -> int:
    """Let listings go again: they are on sale where their shop wants that and has the papers for it. How many were let go. Raises the same."""
    with transaction.atomic():
        by_shop = _move(by, listing_ids, why, is_taken_off=False)
        for merchant_id, keys in by_shop.items():
            record(GoodsReleased(merchant_id=merchant_id, listing_ids=keys, why=why.strip()))
    return sum(map(len, by_shop.values()))


def _move(by: Actor, listing_ids: Collection[UUID], why: str, *, is_taken_off: bool) -> dict[UUID, list[UUID]]:
    """Shop → its listings that have changed. In a transaction."""
    why = why.strip()
    check_reason(why, field="why")
    if len(why) > LONGEST_WHY:
        raise InvalidInput(field="why", why=_("Write at most {most} characters.").format(most=LONGEST_WHY))
    wanted = Listing.objects.filter(pk__in=listing_ids)
    merchants = sorted(set(wanted.order_by().values_list("merchant_id", flat=True)))
    if not merchants:
        raise NotFound
    for merchant_id in merchants:
        check_other_hands(by, merchant_id)
        lock(merchant_id)
    rows = wanted.exclude(is_taken_off=is_taken_off).order_by("pk").select_for_update(of=("self",))
    by_shop: dict[UUID, list[UUID]] = defaultdict(list)
    for key, merchant_id in rows.values_list("pk", "merchant_id"):
        by_shop[merchant_id].append(key)
    for merchant_id, keys in by_shop.items():
        _write(by, merchant_id, keys, why, is_taken_off=is_taken_off)
    return dict(by_shop)


def _write(by: Actor, merchant_id: UUID, keys: list[UUID], why: str, *, is_taken_off: bool) -> None:
    now = clock.now()
    said = (
        {"taken_off_at": now, "taken_off_why": why, "is_on_sale": False}
        if is_taken_off
        else {"taken_off_at": None, "taken_off_why": "", "is_on_sale": SOLD_AGAIN}
    )
    before = dict(Listing.objects.filter(pk__in=keys).values_list("pk", "taken_off_why"))
    Listing.objects.filter(pk__in=keys).update(is_taken_off=is_taken_off, changed_at=now, **said)
    note_gaps(keys)
    for key in keys:
        audit(
            by=by,
            action="listing.taken_off" if is_taken_off else "listing.released",
            subject="product",
            subject_id=key,
            merchant_id=merchant_id,
            before={"is_taken_off": not is_taken_off, "taken_off_why": before[key]},
            after={"is_taken_off": is_taken_off, "taken_off_why": why if is_taken_off else ""},
            why=why,
        )
    announce(merchant_id, keys)
