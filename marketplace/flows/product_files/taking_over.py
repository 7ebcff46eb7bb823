"""What is good in an import is taken over, batch by batch, with what is needed to undo it; and put back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from marketplace.flows.import_batch import ImportedProduct
from marketplace.flows.import_products import import_products
from marketplace.flows.product_files.held import Held, find, held
from marketplace.flows.product_files.looking import note_problems
from marketplace.flows.product_files.snapshots import mark, snapshot
from marketplace.flows.product_files.undoing import put_back
from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.imports.actions import end_import
from marketplace.merchant.imports.models import ImportEffect, ImportRow, ProductImport

if TYPE_CHECKING:
    from marketplace.flows.product_files.run import Turn

UNDONE_AT_ONCE = 50
S, State = ProductImport.Status, ImportRow.State


@verb
def take_over(*, by: Actor, turn: Turn, rows: list[ImportRow], refs: list[str], locks_stock: bool = False) -> bool:
    """The next products, with what is needed to undo it, in one transaction. What cannot be taken any more is noted in its rows.

    Raises BrandOutOfScope, and StockHeld where an order came between looking and counting: with `locks_stock` none can.
    """
    with transaction.atomic():
        if not turn.begins(S.APPLYING):
            return False
        if not rows:
            turn.leave(turn.locked(S.APPLYING), S.DONE)
            return False
        still = ImportRow.objects.filter(pk__in=[one.pk for one in rows], state=State.GOOD).order_by("pk").select_for_update()
        if len(still.values_list("pk")) < len(rows):
            return True  # the same turn, twice at once: the other was faster
        by_code, by_sku = find({one.code for one in rows}, {one.sku for one in rows})
        list(Product.objects.filter(pk__in={*by_code.values(), *by_sku.values()}).order_by("pk").select_for_update())
        turn.words.forget_scope()
        bad: list[ImportRow] = []
        held_back: list[UUID] = []
        wanted: dict[str, tuple[ImportedProduct, list[ImportRow]]] = {}
        before: dict[UUID, Held] = {}
        later: set[int] = set()
        for some, there, result in turn.compiled(rows, turn.plan(turn.pictures.fetched(refs)), locks_stock=locks_stock):
            if result.product is None:
                bad += note_problems(some, result.problems)
                held_back += [one.pk for one in some if one.line not in result.problems]
            elif result.product.ref in wanted:
                later.add(some[0].place)  # the same product under another code: after this one
            else:
                wanted[result.product.ref] = result.product, some
                if there is not None:
                    before[there.product.pk] = there
        taken = {key: snapshot(one) for key, one in before.items()}
        done = import_products(by=by, products=[one for one, _some in wanted.values()], goes=turn.batch.goes)
        for ref, why in done.refused:
            _one, some = wanted.pop(ref)
            bad += note_problems(some, {each.line: [[-1, why]] for each in some})
        after = held(Product.objects.filter(pk__in=[*done.ids_entered, *done.ids_changed]))
        kinds = {**dict.fromkeys(done.ids_entered, ImportEffect.Kind.ENTERED), **dict.fromkeys(done.ids_changed, ImportEffect.Kind.CHANGED)}
        keep_effects(turn.batch, [(after[key], kind, _with_counted(taken.get(key, {}), after[key])) for key, kind in kinds.items()])
        ImportRow.objects.filter(pk__in=[each.pk for _one, some in wanted.values() for each in some]).update(state=State.DONE)
        ImportRow.objects.filter(pk__in=held_back).update(state=State.HELD)
        ImportRow.objects.bulk_update(bad, ["state", "problems"], batch_size=200)
        row = turn.locked(S.APPLYING)
        row.settled += sum(1 for one in rows if one.place not in later)
        row.entered += done.entered
        row.changed += done.changed
        turn.place = min(later) - 1 if later else rows[-1].place
        return turn.end_batch(row)


def _with_counted(before: dict[str, Any], after: Held) -> dict[str, Any]:
    """And the stock that the import counted anew, as it is now, of variants that were there; and the shop categories, where it changed them."""
    if before:
        if (shelves := sorted(map(str, after.shelves))) != sorted(before.get("shelves", {})):
            before["shelved"] = shelves
        known = {key for key, *_rest in before["variants"]}
        moved = {str(key): number for key, number in after.on_hand.items() if str(key) in known and number != before["on_hand"].get(str(key), 0)}
        before["counted"] = moved
    return before


def keep_effects(row: ProductImport, effects: Sequence[tuple[Held, str, dict[str, Any]]]) -> None:
    """One a product: what a second batch does to the same product is undone with the first."""
    ImportEffect.objects.bulk_create(
        [
            ImportEffect(batch=row, product_id=one.product.pk, title=one.product.title.text[:200], kind=kind, before=before, after=mark(snapshot(one)))
            for one, kind, before in effects
        ],
        update_conflicts=True,
        unique_fields=["batch", "product_id"],
        update_fields=["after"],
    )


@verb
def put_some_back(*, by: Actor, turn: Turn) -> bool:
    """The next products, the last first."""
    with transaction.atomic():
        row = turn.locked(S.UNDOING)
        effects = list(ImportEffect.objects.filter(batch=row, state=ImportEffect.State.DONE).order_by("-pk")[:UNDONE_AT_ONCE])
        if not effects:
            end_import(by=by, row=row, status=S.UNDONE)
            return False
        put_back(by=by, effects=effects)
        row.undone += sum(effect.state == ImportEffect.State.UNDONE for effect in effects)
        row.kept += sum(effect.state == ImportEffect.State.KEPT for effect in effects)
        ImportEffect.objects.bulk_update(effects, ["state", "why"])
        return turn.end_batch(row)
