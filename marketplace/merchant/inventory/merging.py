"""Stock of a variant that becomes part of another."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.actions import MOST
from marketplace.merchant.inventory.booking import Books
from marketplace.merchant.inventory.models import (
    Reservation,
    Restock,
    RestockLine,
    StockLevel,
    StockMovement,
    Stocktake,
    StocktakeLine,
    StockTransfer,
    TransferLine,
)

K = StockMovement.Kind


def what_keeps_apart(variant: Variant, into: Variant) -> Iterator[str]:
    """Why the stock of one cannot become the other's now, and what to do first; nothing where it can. The levels of both are locked."""
    held = StockLevel.objects.filter(variant=variant).aggregate(n=Sum("reserved") + Sum("allocated"))["n"] or 0
    if held:
        text = ngettext("{n} piece is held for orders. Ship or cancel them.", "{n} pieces are held for orders. Ship or cancel them.", held)
        yield text.format(n=held)
    open_counts = StocktakeLine.objects.filter(variant__in=[variant, into], stocktake__status__in=[Stocktake.Status.COUNTING, Stocktake.Status.WAITING])
    for number in open_counts.order_by("stocktake_id").values_list("stocktake__number", flat=True).distinct()[:3]:
        yield _("Stocktake {number} counts it. Book or cancel it.").format(number=number)
    under_way = TransferLine.objects.filter(variant=variant, transfer__status=StockTransfer.Status.SENT)
    for number in under_way.order_by("transfer_id").values_list("transfer__number", flat=True)[:3]:
        yield _("Transfer {number} is on the way. Take it in first.").format(number=number)
    expected = RestockLine.objects.filter(variant=variant, restock__status__in=[Restock.Status.ORDERED, Restock.Status.PART])
    for number in expected.order_by("restock_id").values_list("restock__number", flat=True)[:3]:
        yield _("Order {number} from a supplier names it. Receive it or give it up.").format(number=number)
    both = StockLevel.objects.filter(variant__in=[variant, into]).values("location").annotate(n=Sum("on_hand")).filter(n__gt=MOST)
    if both.exists():
        yield _("Together more would lie at one place than a stock can hold.")


@verb
def hand_over_stock(*, by: Actor, variant: Variant, into: Variant) -> int:
    """What lies of one lies from now on as the other, place by place, with a movement out and one in that name each other; how many pieces.

    Of orders that have shipped, what comes back goes to the other, too. The caller has asked what_keeps_apart() under the locks of lock_levels().
    """
    with transaction.atomic():
        books = lock_levels(by, variant, into)
        levels = {(level.variant_id, level.location_id): level for level in books.levels}
        pieces = 0
        for level in [level for level in books.levels if level.variant_id == variant.pk]:
            other = levels[into.pk, level.location_id]
            quantity = level.on_hand
            books.move(level, -quantity, K.MOVED_OUT, note=_("Became part of {sku}").format(sku=into.sku))
            books.move(other, quantity, K.MOVED_IN, note=_("Took over {sku}").format(sku=variant.sku))
            Reservation.objects.filter(level=level).update(level=other)
            pieces += quantity
        books.close()
    return pieces


def lock_levels(by: Actor, variant: Variant, into: Variant) -> Books:
    """The levels of both, locked in the order of their keys; the second has one wherever the first has one."""
    held = Reservation.objects.filter(level__variant=variant).order_by("level_id", "pk")  # before levels, as orders lock them
    list(held.select_for_update(of=("self",)).values_list("pk", flat=True))
    places = StockLevel.objects.filter(variant=variant).values_list("location_id", flat=True)
    there = set(StockLevel.objects.filter(variant=into).values_list("location_id", flat=True))
    StockLevel.objects.bulk_create([StockLevel(variant=into, location_id=place) for place in places if place not in there], ignore_conflicts=True)
    return Books(by, StockLevel.objects.filter(variant__in=[variant, into]))
