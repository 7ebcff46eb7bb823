"""Price lists from a merchant's form to the buyer: prices, head and buyers are copied in the transaction of their change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from marketplace.flows.prices import copy_prices
from marketplace.kernel.actors import Actor
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.merchant.customers.actions import set_tags
from marketplace.merchant.customers.models import Customer
from marketplace.merchant.pricing import lists
from marketplace.merchant.pricing.models import CustomerGroup, ListBuyer, Price, PriceList
from marketplace.platform.prices.actions import put_offered_lists
from marketplace.platform.prices.models import OfferedList, OfferedListBuyer
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import current_merchant_id


@verb
def save_group(*, by: Actor, group_id: UUID, name: str, tags: Sequence[str]) -> CustomerGroup:
    """Raises InvalidInput."""
    with transaction.atomic():
        _hold_lists()
        row: CustomerGroup = lists.save_group(by=by, group_id=group_id, name=name, tags=tags)
        fit_lists(by=by)
    return row


@verb
def save_list(*, by: Actor, list_id: UUID, name: str, group_id: UUID | None, currency: str, starts_at: datetime | None, ends_at: datetime | None) -> PriceList:
    """Raises InvalidInput, GroupUnknown, PiecesOnList."""
    with transaction.atomic():
        _hold_lists()
        row: PriceList = lists.save_list(
            by=by,
            list_id=list_id,
            name=name,
            group_id=group_id,
            currency=currency,
            market_currency=Market.objects.get().currency,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        fit_lists(by=by)
        _copy(by, [row.pk])
    return row


@verb
def put_list_prices(*, by: Actor, list_id: UUID, prices: Mapping[lists.Entry, Money | None]) -> int:
    """Returns how many variants changed. Raises PriceListUnknown, PieceForEverybody, InvalidInput."""
    with transaction.atomic():
        changed = lists.put_list_prices(by=by, list_id=list_id, prices=prices)
        copy_prices(by=by, variant_ids=changed)
    return len(changed)


@verb
def move_list(*, by: Actor, list_id: UUID) -> None:
    """Raises PriceListUnknown."""
    with transaction.atomic():
        _hold_lists()
        lists.move_list(by=by, list_id=list_id)
        fit_lists(by=by)
        _copy(by, PriceList.objects.filter(for_everybody=True).values_list("pk", flat=True))


@verb
def switch_list(*, by: Actor, list_id: UUID, is_on: bool) -> PriceList:
    """Raises PriceListUnknown, PiecesOnList."""
    with transaction.atomic():
        _hold_lists()
        row: PriceList = lists.switch_list(by=by, list_id=list_id, is_on=is_on)
        fit_lists(by=by)
        _copy(by, [row.pk])
    return row


@verb
def tag_customer(*, by: Actor, customer_id: UUID, tags: Sequence[str]) -> Customer:
    """The shop's words for a customer, who buys from now on by the lists of their groups. Raises CustomerUnknown, InvalidInput."""
    with transaction.atomic():
        row: Customer = set_tags(by=by, customer_id=customer_id, tags=tags)
        fit_lists(by=by)
    return row


@verb
def fit_lists(*, by: Actor) -> None:
    """Who buys by which list follows from groups and tags; heads and buyers are copied. Does nothing where there are no lists. Safe to repeat."""
    _hold_lists()
    rows = list(PriceList.objects.select_related("group"))
    if not rows:
        return
    groups: dict[UUID, list[str]] = {row.group.pk: row.group.tags for row in rows if row.group is not None}
    members: dict[UUID, set[UUID]] = {key: set() for key in groups}
    if groups:
        for buyer_id, tags in Customer.objects.exclude(tags=[]).values_list("buyer_id", "tags"):
            for key, wanted in groups.items():
                if set(tags) & set(wanted):
                    members[key].add(buyer_id)
    lists.put_buyers(by=by, buyers={row.pk: members[row.group.pk] for row in rows if row.group is not None})
    merchant_id = current_merchant_id()
    put_offered_lists(
        by=by,
        merchant_id=merchant_id,
        lists=[OfferedList(id=row.pk, merchant_id=merchant_id, position=row.position, is_on=row.is_on, for_everybody=row.for_everybody) for row in rows],
        buyers=[OfferedListBuyer(price_list_id=key, user_id=user_id) for key, user_id in ListBuyer.objects.values_list("price_list_id", "user_id")],
    )


def _hold_lists() -> None:
    """One at a time in a shop: heads and buyers are written as a whole, so whoever comes second has to read what the first committed.

    Before lists and products are locked, of which the copies of prices lock more; after the customer, whom nobody locks who holds a list.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('wanshang.price_lists'), hashtext(%s))", [str(current_merchant_id())])


def _copy(by: Actor, list_ids: Collection[UUID]) -> None:
    """What buyers read of everything on these lists is written anew."""
    copy_prices(by=by, variant_ids=set(Price.objects.filter(price_list_id__in=list_ids).values_list("variant_id", flat=True)))
