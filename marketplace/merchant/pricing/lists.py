"""Price lists and the groups of customers they are for: verbs. They run in the merchant's schema; flows/price_lists.py copies what buyers read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.merchant.pricing.errors import GroupUnknown, PieceForEverybody, PiecesOnList, PriceListUnknown
from marketplace.merchant.pricing.models import CustomerGroup, ListBuyer, Price, PriceList
from marketplace.merchant.pricing.periods import lock
from tenants.tenancy.schemas import current_merchant_id

MOST_LISTS, MOST_GROUPS, MOST_TAGS, MOST_PIECES = 50, 50, 20, 999
HERE = "market"  # the one place a list can sell at
Entry = tuple[UUID, int]  # variant, from which quantity on


def list_here(list_id: UUID, *, locked: bool = False) -> PriceList:
    """A list of the open shop. Raises PriceListUnknown, also for another shop's."""
    rows = PriceList.objects.select_for_update(of=("self",)) if locked else PriceList.objects.select_related("group")
    row: PriceList | None = rows.filter(pk=list_id).first()
    if row is None:
        raise PriceListUnknown
    return row


def entries_of(row: PriceList) -> list[Price]:
    """What stands on a list now: the prices that hold, are to come, or held until its end."""
    return list(row.prices.filter(ends_at=row.ends_at).select_related("variant__product").order_by("variant__sku", "from_quantity"))


def begins_too_early(row: PriceList, quantity: int) -> bool:
    """What one piece costs everybody is its regular price or a reduction, whose history is kept; a list for everybody begins at two pieces.

    An entry from before that rule holds until it is taken off, and can only be taken off.
    """
    return row.for_everybody and quantity == 1


@verb
def save_group(*, by: Actor, group_id: UUID, name: str, tags: Sequence[str]) -> CustomerGroup:
    """A group of customers: those with one of these tags. The key says which; a new one makes a group. Raises InvalidInput."""
    name, kept = _named(name), list(dict.fromkeys(tag for tag in (" ".join(text.split()) for text in tags) if tag))
    if not kept or len(kept) > MOST_TAGS:
        raise InvalidInput(field="tags", why=_("Write the tags of these customers: at least one, at most {most}.").format(most=MOST_TAGS))
    with transaction.atomic():
        row: CustomerGroup | None = CustomerGroup.objects.select_for_update(of=("self",)).filter(pk=group_id).first()
        if row is None and CustomerGroup.objects.count() >= MOST_GROUPS:
            raise InvalidInput(field="name", why=_("A shop has at most {most} groups.").format(most=MOST_GROUPS))
        if CustomerGroup.objects.filter(name=name).exclude(pk=group_id).exists():
            raise InvalidInput(field="name", why=_("There is a “{name}” already. Choose another name.").format(name=name))
        before = {"name": row.name, "tags": row.tags} if row else None
        row = row or CustomerGroup(pk=group_id)
        row.name, row.tags = name, kept
        row.save()
        if before != {"name": name, "tags": kept}:
            _audit(by, row, "customer_group.saved", before=before, after={"name": name, "tags": kept})
    return row


@verb
def save_list(
    *,
    by: Actor,
    list_id: UUID,
    name: str,
    group_id: UUID | None,
    currency: str,
    market_currency: str,
    channel: str = HERE,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> PriceList:
    """A list for a group of customers, or (no group) for everybody; a new one stands last. Its prices hold in its time.

    Raises InvalidInput (also for a currency or a place the market does not sell in), GroupUnknown, PiecesOnList.
    """
    name = _named(name)
    if currency != market_currency:
        raise InvalidInput(field="currency", why=_("This market sells in {currency} only.").format(currency=market_currency))
    if channel != HERE:
        raise InvalidInput(field="channel", why=_("A list holds in this market; there is no other place to sell at yet."))
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise InvalidInput(field="ends_at", why=_("It ends after it begins."))
    with transaction.atomic():
        row = PriceList.objects.select_for_update(of=("self",)).filter(pk=list_id).first()
        if row is None and PriceList.objects.count() >= MOST_LISTS:
            raise InvalidInput(field="name", why=_("A shop has at most {most} price lists.").format(most=MOST_LISTS))
        if PriceList.objects.filter(name=name).exclude(pk=list_id).exists():
            raise InvalidInput(field="name", why=_("There is a “{name}” already. Choose another name.").format(name=name))
        if group_id is not None and not CustomerGroup.objects.filter(pk=group_id).exists():
            raise GroupUnknown(field="group")
        before = _facts(row) if row else None
        if row is None:
            row = PriceList(pk=list_id, currency=currency, channel=channel, position=(PriceList.objects.aggregate(last=Max("position"))["last"] or 0) + 1)
        entries = entries_of(row) if before else []
        has_moved = before is not None and (row.starts_at, row.ends_at) != (starts_at, ends_at)
        ends_earlier = starts_at == row.starts_at and ends_at is not None and (row.ends_at is None or ends_at < row.ends_at)
        if group_id is None and (row.group_id is not None or (has_moved and not ends_earlier)):
            _check_begin(entries)
        row.name, row.group_id, row.for_everybody, row.starts_at, row.ends_at = name, group_id, group_id is None, starts_at, ends_at
        row.save()
        if has_moved:
            lock({entry.variant_id for entry in entries})
            _end(entries, clock.now())
            _begin(row, {(entry.variant_id, entry.from_quantity): entry.sale for entry in entries}, clock.now())
        if before != _facts(row):
            _audit(by, row, "price_list.saved", before=before, after=_facts(row))
    return row


@verb
def put_list_prices(*, by: Actor, list_id: UUID, prices: Mapping[Entry, Money | None]) -> set[UUID]:
    """What variants cost by a list from a quantity on; None takes one off. What is not named stays. Returns the variants that changed.

    Raises PriceListUnknown, PieceForEverybody, InvalidInput: above zero, from 1 to 999 pieces, and more pieces never cost more a piece.
    """
    for (variant_id, quantity), sale in prices.items():
        if not 1 <= quantity <= MOST_PIECES:
            raise InvalidInput(field="quantity", why=_("A quantity is from 1 to {most}.").format(most=MOST_PIECES), variant_id=variant_id)
        if sale is not None and sale.minor <= 0:
            raise InvalidInput(field="price", why=_("A price is more than zero."), variant_id=variant_id)
    with transaction.atomic():
        row = list_here(list_id, locked=True)
        variants = lock({variant_id for variant_id, _quantity in prices})
        if missing := {variant_id for variant_id, _quantity in prices} - variants.keys():
            raise InvalidInput(field="prices", why=_("One of these variants does not exist. Load the page anew."), variant_id=min(missing))
        held = {(entry.variant_id, entry.from_quantity): entry for entry in entries_of(row)}
        changed = {key: sale for key, sale in prices.items() if (held[key].sale if key in held else None) != sale}
        for (variant_id, quantity), sale in changed.items():
            if sale is not None and begins_too_early(row, quantity):
                raise PieceForEverybody(variant_id=variant_id)
        now = clock.now()
        ended = [held[key] for key in changed if key in held]
        _end(ended, now)
        # On a list whose time is over: what stood there until its very end would come back with a later one.
        Price.objects.filter(pk__in=[price.pk for price in ended], ends_at=row.ends_at).update(ends_at=F("ends_at") - timedelta(microseconds=1))
        _begin(row, {key: sale for key, sale in changed.items() if sale is not None}, now)
        _check_steps(row, {variant_id for variant_id, _quantity in changed}, {key: variant.sku for key, variant in variants.items()})
        if changed:
            _audit(
                by,
                row,
                "price_list.priced",
                before={f"{variants[key].sku} × {n}": held[key, n].sale_minor for key, n in changed if (key, n) in held},
                after={f"{variants[key].sku} × {n}": sale.minor if sale else None for (key, n), sale in changed.items()},
            )
    return {variant_id for variant_id, _quantity in changed}


@verb
def move_list(*, by: Actor, list_id: UUID) -> None:
    """One place up: it counts before the one it stood behind. The first stays. Raises PriceListUnknown."""
    with transaction.atomic():
        rows = list(PriceList.objects.select_for_update(of=("self",)).order_by("position", "pk"))
        at = next((n for n, row in enumerate(rows) if row.pk == list_id), None)
        if at is None:
            raise PriceListUnknown
        row = rows[at]
        before = [one.name for one in rows]
        if at:
            rows[at - 1], rows[at] = rows[at], rows[at - 1]
        for n, one in enumerate(rows, start=1):
            one.position = n
        PriceList.objects.bulk_update(rows, ["position"])
        if at:
            _audit(by, row, "price_list.moved", before={"order": before}, after={"order": [one.name for one in rows]})


@verb
def switch_list(*, by: Actor, list_id: UUID, is_on: bool) -> PriceList:
    """Off: nobody buys by it until it is on again. Raises PriceListUnknown, PiecesOnList."""
    with transaction.atomic():
        row = list_here(list_id, locked=True)
        if row.is_on != is_on:
            if is_on and row.for_everybody:
                _check_begin(entries_of(row))
            row.is_on = is_on
            row.save(update_fields=["is_on"])
            _audit(by, row, "price_list.switched", before={"is_on": not is_on}, after={"is_on": is_on})
    return row


@verb
def put_buyers(*, by: Actor, buyers: Mapping[UUID, Collection[UUID]]) -> None:
    """Who buys by which list: these, and nobody else. It follows from groups and tags, and stands in no log."""
    wanted = {(list_id, user_id) for list_id, users in buyers.items() for user_id in users}
    rows = {(row.price_list_id, row.user_id): row.pk for row in ListBuyer.objects.all()}
    ListBuyer.objects.filter(pk__in=[key for pair, key in rows.items() if pair not in wanted]).delete()
    ListBuyer.objects.bulk_create([ListBuyer(price_list_id=list_id, user_id=user_id) for list_id, user_id in sorted(wanted - rows.keys())], batch_size=1000)


def _end(entries: Collection[Price], now: datetime) -> None:
    """What has begun ends now; what has not is gone; what is over stays as it was."""
    Price.objects.filter(pk__in=[row.pk for row in entries if row.starts_at >= now]).delete()
    Price.objects.filter(pk__in=[row.pk for row in entries if row.starts_at < now and (row.ends_at is None or row.ends_at > now)]).update(ends_at=now)


def _begin(row: PriceList, prices: Mapping[Entry, Money], now: datetime) -> None:
    """In the list's time, from now on at the earliest; nothing where that is over."""
    starts_at = max(row.starts_at or now, now)
    if row.ends_at is not None and row.ends_at <= starts_at:
        if prices:
            raise InvalidInput(field="ends_at", why=_("The time of this list is over: give it a later end first."))
        return
    Price.objects.bulk_create(
        [
            Price(
                variant_id=key,
                price_list=row,
                from_quantity=quantity,
                currency=sale.currency,
                sale_minor=sale.minor,
                starts_at=starts_at,
                ends_at=row.ends_at,
            )
            for (key, quantity), sale in prices.items()
        ],
        batch_size=1000,
    )


def _check_begin(entries: Collection[Price]) -> None:
    """Raises PiecesOnList, with the first of them by name."""
    if found := [entry.variant.sku for entry in entries if entry.from_quantity == 1]:
        raise PiecesOnList(skus=", ".join(found[:5]) + (", …" if len(found) > 5 else ""))


def _check_steps(row: PriceList, variant_ids: Collection[UUID], skus: Mapping[UUID, str]) -> None:
    """Raises InvalidInput: more pieces never cost more a piece."""
    steps: dict[UUID, list[tuple[int, int]]] = defaultdict(list)
    for entry in row.prices.filter(ends_at=row.ends_at, variant_id__in=variant_ids).order_by("from_quantity"):
        steps[entry.variant_id].append((entry.from_quantity, entry.sale_minor))
    for key, found in steps.items():
        for (_less, dear), (more, cheap) in pairwise(found):
            if cheap > dear:
                why = _("“{sku}” would cost more a piece from {n} pieces on than below. More pieces never cost more a piece.")
                raise InvalidInput(field="price", why=why.format(sku=skus[key], n=more), variant_id=key)


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise InvalidInput(field="name", why=_("Write a name of at most {most} characters.").format(most=60))
    return name


def _facts(row: PriceList) -> dict[str, object]:
    return {"name": row.name, "group": str(row.group_id or ""), "starts_at": row.starts_at, "ends_at": row.ends_at}


def _audit(by: Actor, row: PriceList | CustomerGroup, action: str, *, before: dict[str, object] | None, after: dict[str, object]) -> None:
    subject = "price_list" if isinstance(row, PriceList) else "customer_group"
    audit(by=by, action=action, subject=subject, subject_id=row.pk, merchant_id=current_merchant_id(), before=before, after=after)
