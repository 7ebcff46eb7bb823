"""An import at work, a turn at a time: read the file, look at its rows, take over what is good, or put back what it did.

Each batch is one transaction together with the note of how far it is. The last batch of a turn also asks for the next turn; so however a turn
ends (done, killed, twice at once) what it committed is done once, and the next goes on behind it. A large file is gone on with in lanes, by two
workers at once: batches of both run beside each other, and only the note at their end has them follow one another.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import groupby, islice
from pathlib import Path
from uuid import UUID

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Count, Min
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from marketplace.flows.product_files.compiling import Compiled, Plan, compile_rows
from marketplace.flows.product_files.held import Held, find, held
from marketplace.flows.product_files.lanes import LANES, may_divide, of_lane
from marketplace.flows.product_files.looking import keep_rows, look_at_rows
from marketplace.flows.product_files.picture_cells import APART
from marketplace.flows.product_files.pictures import AT_ONCE, Pictures
from marketplace.flows.product_files.reading import Layout, rows_of
from marketplace.flows.product_files.shop_cells import filled_by
from marketplace.flows.product_files.taking_over import put_some_back, take_over
from marketplace.flows.product_files.words import Words
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import MarketError
from marketplace.kernel.exports import plain_cell
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.imports.access import begin_batch, import_of, locked_import
from marketplace.merchant.imports.actions import ask_for_turn, end_import
from marketplace.merchant.imports.errors import ImportUnknown
from marketplace.merchant.imports.events import ImportDue
from marketplace.merchant.imports.models import ImportRow, ProductImport
from marketplace.merchant.inventory.errors import StockHeld
from marketplace.merchant.shelves.filling import Filling
from marketplace.platform.listings.models import ForbiddenWord
from marketplace.platform.listings.words import every_word
from marketplace.platform.taxonomy.errors import BrandOutOfScope
from tenants.access.rights import Right
from tenants.accounts.models import Membership, User
from tenants.packages.models import Limit
from tenants.packages.queries import limits_of
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import current_merchant_id, merchant_schema

TURN_S = 8.0  # well below the lease of a delivery
LANE_S = 3.0  # of two workers at once: what else is due waits no longer
ROWS_READ, PRODUCTS_AT_ONCE = 1_000, 250
S, State = ProductImport.Status, ImportRow.State


def run_import(event: ImportDue) -> None:
    """Reaction, outside a transaction: one turn of an import. A turn that is past has no effect."""
    with merchant_schema(event.merchant_id), suppress(ImportUnknown):
        try:
            Turn(event).run()
        except MarketError as refusal:
            fail(by=SYSTEM, import_id=event.import_id, turn=event.turn, why=str(refusal))


@verb
def fail(*, by: Actor, import_id: UUID, turn: int, why: str) -> None:
    """It stands still, with the reason; somebody may have it go on."""
    with transaction.atomic():
        row = locked_import(import_id, beside_batches=True)
        if turn in row.open_turns and row.is_running:
            end_import(by=by, row=row, status=S.FAILED, why=why)


class Moved(Exception):
    """It was stopped, or came to its end, while a batch was at work: the batch takes itself back."""


class Turn:
    """One turn: batches until the time is over or there is nothing left of this phase."""

    def __init__(self, event: ImportDue) -> None:
        self.batch = import_of(event.import_id)
        self.turn, self.lane, self.lanes = event.turn, event.lane, event.lanes
        self.until = time.monotonic() + (TURN_S if self.lanes == 1 else LANE_S)
        self.place = 0  # all products named up to this line are done with
        self._source: Iterator[tuple[int, list[str]]] | None = None

    def run(self) -> None:
        steps: dict[str, Callable[[], bool]] = {S.CHECKING: self.check, S.APPLYING: self.apply, S.UNDOING: self.undo}
        step = steps.get(self.batch.status)
        if step is None or self.turn not in self.batch.open_turns or not self.may_go_on():
            return
        if self.lanes == 1 and may_divide(self.batch):
            divide(by=self.by, turn=self)
            return
        with suppress(Moved):
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

    def begins(self, status: str) -> bool:
        """Whether a batch may begin: not where somebody stopped it, or another worker was faster."""
        return begin_batch(self.batch.pk, self.turn, status)

    def locked(self, status: str) -> ProductImport:
        """The import, locked, to note what a batch did. Raises Moved."""
        row = locked_import(self.batch.pk, beside_batches=True)
        if self.turn not in row.open_turns or row.status != status:
            raise Moved
        return row

    def end_batch(self, row: ProductImport, *, is_over: bool = False) -> bool:
        """Note how far it is; at the end of the turn ask for the next. Whether this turn goes on."""
        if is_over := is_over or self.is_over:
            ask_for_turn(row, after=self.turn, lane=self.lane, lanes=self.lanes)
        row.save()
        return not is_over

    def leave(self, row: ProductImport, status: str) -> None:
        """This lane has nothing left to do. The last one ends the phase."""
        if row.open_turns == [self.turn]:
            end_import(by=self.by, row=row, status=status)
        else:
            row.open_turns.remove(self.turn)
            row.save(update_fields=["open_turns"])

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
        return keep_rows(by=self.by, turn=self, some=some, is_last=len(some) < ROWS_READ)

    @cached_property
    def twice(self) -> frozenset[str]:
        """SKUs that the file names in several lines. The check refuses their rows, so none is among those that are taken over."""
        if self.batch.status != S.CHECKING:
            return frozenset()
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
        try:
            return take_over(by=self.by, turn=self, rows=rows, refs=refs)
        except (BrandOutOfScope, StockHeld):
            # Another brand was handed in, or an order holds more, while this batch was at work: now the rows are told so. Stock is locked before
            # it is looked at, so that the next order waits. Otherwise it is not: orders need not wait for a whole batch.
            return take_over(by=self.by, turn=self, rows=rows, refs=refs, locks_stock=True)

    def undo(self) -> bool:
        return put_some_back(by=self.by, turn=self)

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def next_rows(self, state: str, *, locks: bool = False) -> list[ImportRow]:
        """All rows of the next products that have rows of this state, in the order of the file."""
        waiting = of_lane(ImportRow.objects.filter(batch=self.batch, state=state, place__gt=self.place), self.lane, self.lanes)
        places = list(waiting.order_by("place").values_list("place", flat=True).distinct()[:PRODUCTS_AT_ONCE])
        if not places:
            return []
        rows = ImportRow.objects.filter(batch=self.batch, state=state, place__in=places).order_by("place", "line")
        return list(rows.select_for_update() if locks else rows)

    def compiled(self, rows: Sequence[ImportRow], plan: Plan, *, locks_stock: bool = False) -> Iterator[tuple[list[ImportRow], Held | None, Compiled]]:
        """Product by product: its rows, what the shop has of it, and what it would be."""
        self.pictures.know(refs_of(plan, rows))
        groups = [list(some) for _place, some in groupby(rows, key=lambda row: row.place)]
        by_code, by_sku = find({row.code for row in rows}, {row.sku for row in rows})
        found = {some[0].place: by_code.get(some[0].code) or (by_sku.get(some[0].sku) if some[0].code == some[0].sku else None) for some in groups}
        there = held(Product.objects.filter(pk__in=[key for key in found.values() if key]), locks_stock=locks_stock)
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
        turn.end_batch(turn.locked(turn.batch.status), is_over=True)
    return False


@verb
def divide(*, by: Actor, turn: Turn) -> None:
    """From here on several go on with it, each in its lane."""
    with transaction.atomic(), suppress(Moved):
        row = turn.locked(turn.batch.status)
        for lane in range(LANES):
            ask_for_turn(row, after=turn.turn, lane=lane, lanes=LANES)
        row.save()
