"""What the operator does with attributes, values and brands that goods depend on, and how the goods follow.

Nothing that is decided here takes a product off sale unseen: an attribute that becomes required is asked for when a product is submitted next; a
kind changes only where what goods say stays readable; a value that became part of another is shown and counted as the other from the first commit
on, while the rows follow by a job. Goods of a brand that becomes part of one with authorisation only are held back where their shop has none for
that one: `tree_preview.preview_brand_merge` says beforehand how many.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from marketplace.flows.qualify import settle_listings
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.recategorise import Rewritten, rebrand_products, revalue_products
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.models import Listing
from marketplace.platform.listings.recategorise import rebrand_listings, revalue_listings
from marketplace.platform.taxonomy.attributes import keep_attribute
from marketplace.platform.taxonomy.brands import merge_brand
from marketplace.platform.taxonomy.merging import merge_value, note_merge
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Category, Merge
from tenants.tenancy.jobs import long_market_task
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema

AT_ONCE = 200  # goods of a transaction
# From one kind to another while goods say something: what they say is shown as before.
READABLE = {
    (Attribute.Kind.CHOICE, Attribute.Kind.CHOICES),
    (Attribute.Kind.CHOICES, Attribute.Kind.CHOICE),
    (Attribute.Kind.NUMBER, Attribute.Kind.TEXT),
    (Attribute.Kind.DATE, Attribute.Kind.TEXT),
    (Attribute.Kind.BOOLEAN, Attribute.Kind.TEXT),
}


@dataclass(frozen=True)
class Use:
    """How many goods say something, and in how many shops."""

    goods: int
    on_sale: int
    shops: int


def use_of_attribute(attribute_id: int) -> Use:
    return _use(_saying(attribute_id))


def use_of_value(value: AttributeValue) -> Use:
    rows = Listing.objects.filter(
        Q(attributes__contains=[[value.attribute_id, [value.pk]]]) | Q(variants__options__contains={str(value.attribute_id): value.pk})
    )
    return _use(Listing.objects.filter(pk__in=rows.values("pk")))


def goods_without(category: Category, attribute_id: int) -> Use:
    """Goods of a category and below that would have to say it when they are submitted next."""
    ids = list(Category.objects.filter(path__contains=[category.pk]).values_list("pk", flat=True))
    return _use(Listing.objects.filter(category_id__in=ids).exclude(pk__in=_saying(attribute_id).values("pk")))


def _saying(attribute_id: int) -> QuerySet[Listing]:
    return Listing.objects.filter(Q(attributes__contains=[[attribute_id]]) | Q(axes__contains=[attribute_id]))


def _use(rows: QuerySet[Listing]) -> Use:
    return Use(rows.count(), rows.filter(is_on_sale=True).count(), rows.order_by().values("merchant_id").distinct().count())


@verb
def keep_used_attribute(*, by: Actor, attribute_id: int | None, seen: int, fields: Mapping[str, Any]) -> Attribute:
    """Make an attribute or change one. Another kind or unit only where goods stay readable; search reads them anew if it becomes a filter or is none
    any more (what it is called stands in no index).

    Raises InvalidInput, AttributeUnknown, AttributeChanged.
    """
    with transaction.atomic():
        former = Attribute.objects.filter(pk=attribute_id).first() if attribute_id else None
        if former is not None:
            kind, unit = fields.get("kind", former.kind), fields.get("unit", former.unit)
            has_changed = (former.kind, kind) not in READABLE and former.kind != kind
            is_measured_anew = kind == former.kind == Attribute.Kind.NUMBER and unit != former.unit
            if (has_changed or is_measured_anew) and (n := use_of_attribute(former.pk).goods):
                field, why = ("kind", _("{n} products say it, and would no longer be readable. Make a new attribute instead."))
                if is_measured_anew:
                    field, why = ("unit", _("{n} products say it in the unit of before. Make a new attribute instead."))
                raise InvalidInput(field=field, why=why.format(n=n))
        row: Attribute = keep_attribute(by=by, attribute_id=attribute_id, seen=seen, fields=fields)
        if former is not None and former.is_facet != row.is_facet:
            refresh_saying.request(attribute_id=row.pk)
    return row


@verb
def merge_values(*, by: Actor, attribute_id: int, value_id: int, into_id: int, why: str) -> Merge:
    """One value becomes part of another of the same attribute, for good. Goods whose variants differ by just these two keep both.

    Raises InvalidInput, ReasonMissing, AttributeUnknown.
    """
    check_reason(why, field="why")
    with transaction.atomic():
        merge: Merge = merge_value(by=by, attribute_id=attribute_id, value_id=value_id, into_id=into_id, why=why.strip())
        follow_merge.request(merge_id=str(merge.pk))
    return merge


@verb
def merge_brands(*, by: Actor, brand_id: int, seen: int, into_id: int, seen_into: int, why: str) -> Merge:
    """One brand becomes part of another, for good: its goods, names, address and code are the other's.

    Raises InvalidInput, ReasonMissing, BrandUnknown, BrandChanged.
    """
    check_reason(why, field="why")
    with transaction.atomic():
        merge: Merge = merge_brand(by=by, brand_id=brand_id, seen=seen, into_id=into_id, seen_into=seen_into, why=why.strip())
        follow_merge.request(merge_id=str(merge.pk))
    return merge


# ── The goods follow ─────────────────────────────────────────────────────────────────────────────────────────────────


@long_market_task
def follow_merge(*, merge_id: str) -> None:
    """Job: shop by shop, in the order of their keys. Stopped anywhere and begun again it ends the same."""
    merge = Merge.objects.filter(pk=merge_id).first()
    if merge is None or merge.ended_at is not None:
        return
    done, left = merge.done, merge.left
    for merchant_id in Merchant.objects.exclude(status=Merchant.Status.OPENING).order_by("pk").values_list("pk", flat=True):
        if merge.place and str(merchant_id) <= merge.place:
            continue
        last: UUID | None = None
        while True:
            with transaction.atomic():
                found = _rewritten(merge, merchant_id, last)
            done, left, last = done + len(found.changed), left + found.left, found.last
            note_merge(by=SYSTEM, merge_id=merge.pk, done=done, left=left)
            if last is None:
                break
        settle_listings(by=SYSTEM, merchant_id=merchant_id)
        note_merge(by=SYSTEM, merge_id=merge.pk, done=done, left=left, place=str(merchant_id))
    note_merge(by=SYSTEM, merge_id=merge.pk, done=done, left=left, ended_at=clock.now())


def _rewritten(merge: Merge, merchant_id: UUID, last: UUID | None) -> Rewritten:
    """The next products of a shop, and their copies."""
    products: Callable[..., Rewritten]
    copies: Callable[..., object]
    if merge.kind == Merge.Kind.BRAND:
        products, copies, more = rebrand_products, rebrand_listings, {}
    else:
        products, copies, more = (
            revalue_products,
            revalue_listings,
            {"attribute_id": AttributeValue.objects.values_list("attribute_id", flat=True).get(pk=merge.key)},
        )
    with merchant_schema(merchant_id):
        found = products(by=SYSTEM, key=merge.key, into_key=merge.into_key, after=last, most=AT_ONCE, **more)
    copies(by=SYSTEM, merchant_id=merchant_id, listing_ids=found.changed, key=merge.key, into_key=merge.into_key, **more)
    return found


@long_market_task
def refresh_saying(*, attribute_id: int) -> None:
    """Job: search reads anew the goods that say an attribute which became a filter, or is none any more. Safe to repeat."""
    rows = _saying(attribute_id).order_by("merchant_id", "pk").values_list("merchant_id", "pk")
    by_shop: dict[UUID, list[UUID]] = {}
    for merchant_id, key in rows:
        by_shop.setdefault(merchant_id, []).append(key)
    for merchant_id, keys in by_shop.items():
        for start in range(0, len(keys), AT_ONCE):
            with transaction.atomic():
                announce(merchant_id, keys[start : start + AT_ONCE])
