"""An import at work, a turn at a time: read the file, look at its rows, take over what is good, or put back what it did.

Each batch is one transaction together with the note of how far it is. The last batch of a turn also asks for the next turn; so however a turn
ends (done, killed, twice at once) what it committed is done once, and the next goes on behind it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import groupby, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Count, Min
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from marketplace.flows.import_batch import ImportedProduct
from marketplace.flows.import_products import import_products
from marketplace.flows.product_files.compiling import Compiled, Plan, compile_rows
from marketplace.flows.product_files.held import Held, find, held
from marketplace.flows.product_files.picture_cells import APART
from marketplace.flows.product_files.pictures import AT_ONCE, Pictures
from marketplace.flows.product_files.reading import MOST_ROWS, Layout, rows_of
from marketplace.flows.product_files.shop_cells import filled_by
from marketplace.flows.product_files.snapshots import mark, snapshot
from marketplace.flows.product_files.undoing import put_back
from marketplace.flows.product_files.words import Words
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import MarketError
from marketplace.kernel.exports import plain_cell
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.imports.access import import_of, locked_import
from marketplace.merchant.imports.actions import ask_for_turn, end_import
from marketplace.merchant.imports.errors import ImportUnknown, TableUnreadable
from marketplace.merchant.imports.events import ImportDue
from marketplace.merchant.imports.models import ImportEffect, ImportRow, ProductImport
from marketplace.merchant.shelves.filling import Filling
from marketplace.platform.listings.models import ForbiddenWord
from marketplace.platform.listings.words import every_word
from marketplace.platform.taxonomy.own_categories import note_own_categories
from tenants.access.rights import Right
from tenants.accounts.models import Membership, User
from tenants.packages.models import Limit
from tenants.packages.queries import limits_of
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import current_merchant_id, merchant_schema

TURN_S = 8.0  # well below the lease of a delivery
ROWS_READ, PRODUCTS_AT_ONCE, UNDONE_AT_ONCE = 1_000, 250, 50
S, State = ProductImport.Status, ImportRow.State


def run_import(event: ImportDue) -> None:
    """Reaction, outside a transaction: one turn of an import. A turn that is past has no effect."""
    with merchant_schema(event.merchant_id), suppress(ImportUnknown):
        try:
            Turn(event.import_id, event.turn).run()
        except MarketError as refusal:
            fail(by=SYSTEM, import_id=event.import_id, turn=event.turn, why=str(refusal))


@verb
def fail(*, by: Actor, import_id: UUID, turn: int, why: str) -> None:
    """It stands still, with the reason; somebody may have it go on."""
    with transaction.atomic():
        row = locked_import(import_id)
        if row.turn == turn and row.is_running:
            end_import(by=by, row=row, status=S.FAILED, why=why)


class Turn:
    """One turn: batches until the time is over or there is nothing left of this phase."""

    def __init__(self, import_id: UUID, turn: int) -> None:
        self.batch = import_of(import_id)
        self.turn, self.until = turn, time.monotonic() + TURN_S
        self.place = 0  # all products named up to this line are done with
        self._source: Iterator[tuple[int, list[str]]] | None = None

    def run(self) -> None:
        steps: dict[str, Callable[[], bool]] = {S.CHECKING: self.check, S.APPLYING: self.apply, S.UNDOING: self.undo}
        step = steps.get(self.batch.status)
        if step is None or self.batch.turn != self.turn or not self.may_go_on():
            return
        while step():
            pass

    def may_go_on(self) -> bool:
        """Whether who began it may still do so. Where not, it fails."""
        if self.batch.user_id is None:
            return True
        user = User.objects.filter(pk=self.batch.user_id, is_active=True).first()
        works_here = Membership.objects.filter(user_id=self.batch.user_id, is_active=True, merchant_id=current_merchant_id()).exists()
        if user is not None and works_here and user.has_perm(Right.EDIT_PRODUCTS.full_name):
            return True
        fail(by=SYSTEM, import_id=self.batch.pk, turn=self.turn, why=_("Who asked for this may no longer do it."))
        return False

    @cached_property
    def by(self) -> Actor:
        return Actor(kind="person", user_id=self.batch.user_id, label=self.batch.by_label) if self.batch.user_id else SYSTEM

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.until

    def locked(self, status: str) -> ProductImport | None:
        """The import, locked; None where somebody stopped it, or another worker was faster."""
        row = locked_import(self.batch.pk)
        return row if row.turn == self.turn and row.status == status else None

    def end_batch(self, row: ProductImport) -> bool:
        """Note how far it is; at the end of the turn ask for the next. Whether this turn goes on."""
        if is_over := self.is_over:
            ask_for_turn(row)
        row.save()
        return not is_over

    # ── reading and looking ──────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def layout(self) -> Layout:
        return Layout(self.batch.form, self.batch.heads, self.batch.encoding, self.batch.delimiter)

    @cached_property
    def words(self) -> Words:
        return Words(current_merchant_id())

    @cached_property
    def pictures(self) -> Pictures:
        return Pictures(self.batch)

    def plan(self, picture: Callable[[str], str], filling: Filling | None = None) -> Plan:
        row, most = self.batch, self.most_pictures
        return Plan(self.words, row.mapping, self.currency, picture, row.category_id, row.goes, row.counts_stock, most, filling, self.forbidden)

    @cached_property
    def filling(self) -> Filling | None:
        """What shop categories would hold after the rows that were found good; None where the file says nothing of them."""
        if "shop_categories" not in self.batch.mapping:
            return None
        cell = KeyTextTransform(self.batch.mapping.index("shop_categories"), "cells")
        rows = ImportRow.objects.filter(batch=self.batch, state=State.GOOD).annotate(said=cell).exclude(said="")
        return filled_by(rows.order_by("place", "line").values_list("code", "sku", "said"), self.words)

    @cached_property
    def forbidden(self) -> list[ForbiddenWord]:
        return every_word()

    @cached_property
    def most_pictures(self) -> int | None:
        return limits_of(current_merchant_id())[Limit.PICTURES]

    @cached_property
    def currency(self) -> str:
        return str(Market.objects.values_list("currency", flat=True).get())

    def check(self) -> bool:
        return self.look() if import_of(self.batch.pk).is_read else self.read()

    @cached_property
    def first_lines(self) -> dict[str, int]:
        """Code → the line it is first named in."""
        seen = ImportRow.objects.filter(batch=self.batch).values("code").annotate(first=Min("place"))
        return dict(seen.values_list("code", "first"))

    def read(self) -> bool:
        if self._source is None:
            last = ImportRow.objects.filter(batch=self.batch).order_by("-line").values_list("line", flat=True).first() or 1
            self._source = rows_of(Path(storages["papers"].path(self.batch.file)), self.layout, last)
        some = list(islice(self._source, ROWS_READ))
        return keep_rows(by=self.by, turn=self, some=some)

    @cached_property
    def twice(self) -> frozenset[str]:
        """SKUs that the file names in several lines."""
        seen = ImportRow.objects.filter(batch=self.batch).exclude(sku="").values("sku").annotate(times=Count("pk")).filter(times__gt=1)
        return frozenset(seen.values_list("sku", flat=True))

    def look(self) -> bool:
        return look_at_rows(by=self.by, turn=self)

    # ── taking over ──────────────────────────────────────────────────────────────────────────────────────────────────

    def apply(self) -> bool:
        rows = self.next_rows(State.GOOD)
        refs = refs_of(self.plan(self.pictures.look), rows)
        missing = self.pictures.missing(refs) if refs else []
        if missing:
            self.pictures.fetch(self.by, missing[:AT_ONCE])
            return not self.is_over or next_turn(by=self.by, turn=self)
        return take_over(by=self.by, turn=self, rows=rows, refs=refs)

    def undo(self) -> bool:
        return put_some_back(by=self.by, turn=self)

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def next_rows(self, state: str) -> list[ImportRow]:
        """All rows of the next products that have rows of this state, in the order of the file."""
        waiting = ImportRow.objects.filter(batch=self.batch, state=state, place__gt=self.place)
        places = list(waiting.order_by("place").values_list("place", flat=True).distinct()[:PRODUCTS_AT_ONCE])
        if not places:
            return []
        return list(ImportRow.objects.filter(batch=self.batch, state=state, place__in=places).order_by("place", "line"))

    def compiled(self, rows: Sequence[ImportRow], plan: Plan) -> Iterator[tuple[list[ImportRow], Held | None, Compiled]]:
        """Product by product: its rows, what the shop has of it, and what it would be."""
        self.pictures.know(refs_of(plan, rows))
        groups = [list(some) for _place, some in groupby(rows, key=lambda row: row.place)]
        by_code, by_sku = find({row.code for row in rows}, {row.sku for row in rows})
        found = {some[0].place: by_code.get(some[0].code) or (by_sku.get(some[0].sku) if some[0].code == some[0].sku else None) for some in groups}
        there = held(Product.objects.filter(pk__in=[key for key in found.values() if key]))
        for some in groups:
            one = there.get(key) if (key := found[some[0].place]) else None
            yield some, one, compile_rows(plan, some, one, some[0].code, by_sku, self.twice)


def refs_of(plan: Plan, rows: Sequence[ImportRow]) -> list[str]:
    """The pictures that these rows name, each once."""
    if plan.column("pictures") < 0:
        return []
    cells = (plain_cell(plan.cell(row, "pictures")) for row in rows)
    return list(dict.fromkeys(part.strip() for cell in cells if cell for part in APART.split(cell) if part.strip()))


@verb
def next_turn(*, by: Actor, turn: Turn) -> bool:
    """The time is over, and nothing else is to be noted."""
    with transaction.atomic():
        if (row := turn.locked(turn.batch.status)) is not None:
            turn.end_batch(row)
    return False


@verb
def keep_rows(*, by: Actor, turn: Turn, some: list[tuple[int, list[str]]]) -> bool:
    """Rows of the file, as they are. Raises TableUnreadable for more than an import may hold, and for an empty file."""
    plan = turn.plan(str)
    with transaction.atomic():
        if (row := turn.locked(S.CHECKING)) is None:
            return False
        rows = []
        for line, cells in some:
            one = ImportRow(batch=row, line=line, place=line, cells=cells)
            one.sku = plain_cell(plan.cell(one, "sku"))[:64]
            one.code = plain_cell(plan.cell(one, "code"))[:120] or one.sku
            if one.code:
                one.place = turn.first_lines.setdefault(one.code, line)
            rows.append(one)
        ImportRow.objects.bulk_create(rows)
        row.read += len(rows)
        if row.read > MOST_ROWS:
            raise TableUnreadable(why=_("it has more than {most} rows. Divide it.").format(most=f"{MOST_ROWS:,}"))
        if len(some) < ROWS_READ:
            if not row.read:
                raise TableUnreadable(why=_("below its headings it holds no rows."))
            row.is_read = True
        return turn.end_batch(row)


@verb
def look_at_rows(*, by: Actor, turn: Turn) -> bool:
    """What is wrong in the next products, and whether they would change anything. Nothing of the shop is touched."""
    with transaction.atomic():
        if (row := turn.locked(S.CHECKING)) is None:
            return False
        rows = turn.next_rows(State.READ)
        found: dict[str, list[UUID]] = {State.GOOD: [], State.SAME: [], State.HELD: []}
        bad: list[ImportRow] = []
        for some, _there, result in turn.compiled(rows, turn.plan(turn.pictures.look, turn.filling)):
            if result.problems:
                bad += note_problems(some, result.problems)
                found[State.HELD] += [one.pk for one in some if one.line not in result.problems]
            else:
                found[State.GOOD if result.differs else State.SAME] += [one.pk for one in some]
        note_own_words(by, turn, rows)
        for state, keys in found.items():
            ImportRow.objects.filter(pk__in=keys).update(state=state)
        ImportRow.objects.bulk_update(bad, ["state", "problems"], batch_size=200)
        row.looked_at += len(rows)
        row.settled += len(rows) - len(found[State.GOOD])
        turn.place = rows[-1].place if rows else turn.place
        if not rows or row.looked_at >= row.read:
            end_import(by=by, row=row, status=S.CHECKED)
            return False
        return turn.end_batch(row)


def note_own_words(by: Actor, turn: Turn, rows: Sequence[ImportRow]) -> None:
    """What the shop calls its categories: the console and the shop decide what it means."""
    if own := turn.words.open_words():
        plan = turn.plan(str)
        met = Counter(cell for row in rows if (cell := plain_cell(plan.cell(row, "category"))) in own)
        if met:
            note_own_categories(by=by, merchant_id=current_merchant_id(), names=met)


def note_problems(rows: Sequence[ImportRow], problems: dict[int, list[list[object]]]) -> list[ImportRow]:
    """The rows that something is wrong in, in memory."""
    bad = [row for row in rows if row.line in problems]
    for row in bad:
        row.state, row.problems = State.BAD, problems[row.line]
    return bad


@verb
def take_over(*, by: Actor, turn: Turn, rows: list[ImportRow], refs: list[str]) -> bool:
    """The next products, with what is needed to undo it, in one transaction. What cannot be taken any more is noted in its rows."""
    with transaction.atomic():
        if (row := turn.locked(S.APPLYING)) is None:
            return False
        if not rows:
            end_import(by=by, row=row, status=S.DONE)
            return False
        by_code, by_sku = find({one.code for one in rows}, {one.sku for one in rows})
        list(Product.objects.filter(pk__in={*by_code.values(), *by_sku.values()}).order_by("pk").select_for_update())
        bad: list[ImportRow] = []
        held_back: list[UUID] = []
        wanted: dict[str, tuple[ImportedProduct, list[ImportRow]]] = {}
        before: dict[UUID, Held] = {}
        later: set[int] = set()
        for some, there, result in turn.compiled(rows, turn.plan(turn.pictures.fetched(refs))):
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
        done = import_products(by=by, products=[one for one, _some in wanted.values()], goes=row.goes)
        for ref, why in done.refused:
            _one, some = wanted.pop(ref)
            bad += note_problems(some, {each.line: [[-1, why]] for each in some})
        after = held(Product.objects.filter(pk__in=[*done.ids_entered, *done.ids_changed]))
        kinds = {**dict.fromkeys(done.ids_entered, ImportEffect.Kind.ENTERED), **dict.fromkeys(done.ids_changed, ImportEffect.Kind.CHANGED)}
        keep_effects(row, [(after[key], kind, _with_counted(taken.get(key, {}), after[key])) for key, kind in kinds.items()])
        ImportRow.objects.filter(pk__in=[each.pk for _one, some in wanted.values() for each in some]).update(state=State.DONE)
        ImportRow.objects.filter(pk__in=held_back).update(state=State.HELD)
        ImportRow.objects.bulk_update(bad, ["state", "problems"], batch_size=200)
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
        if (row := turn.locked(S.UNDOING)) is None:
            return False
        effects = list(ImportEffect.objects.filter(batch=row, state=ImportEffect.State.DONE).order_by("-pk")[:UNDONE_AT_ONCE])
        if not effects:
            end_import(by=by, row=row, status=S.UNDONE)
            return False
        put_back(by=by, effects=effects)
        row.undone += sum(effect.state == ImportEffect.State.UNDONE for effect in effects)
        row.kept += sum(effect.state == ImportEffect.State.KEPT for effect in effects)
        ImportEffect.objects.bulk_update(effects, ["state", "why"])
        return turn.end_batch(row)
