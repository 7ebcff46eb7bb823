"""What rows say of a product in the shop's own terms: its kind of goods, its shop categories, its size table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from marketplace.flows.product_files.held import Held, find
from marketplace.flows.product_files.shop_words import goods_kinds, parts_of, plainly
from marketplace.flows.product_files.words import Words
from marketplace.kernel.errors import MarketError
from marketplace.kernel.exports import plain_cell
from marketplace.kernel.ids import new_id
from marketplace.merchant.shelves.errors import ShopCategoryByRule
from marketplace.merchant.shelves.filling import Filling
from marketplace.merchant.virtual.actions import Kind, check_kind
from marketplace.platform.virtual.kinds import LONGEST, SHORTEST, GoodsKind

if TYPE_CHECKING:
    from marketplace.flows.product_files.compiling import Line, Plan

MOST_SHOWN = 8
Shelves = dict[UUID, int | None]


class ShopCells:
    """Part of Compiling (compiling.py): reads cells in the shop's own terms, notes problems."""

    plan: Plan
    rows: Sequence[Line]
    there: Held | None
    words: Words
    wrong: Callable[[Line, str, str], None]
    said: Callable[[str], tuple[Line, str] | None]

    def kind(self) -> Kind | None:
        """None where it is what it was; what is new is shipped."""
        before: tuple[str, int | None] = (self.there.kind, self.there.valid_days) if self.there else (GoodsKind.GOODS.value, None)
        (kind, days), row = before, self.rows[0]
        if (said := self.said("kind")) is not None:
            row, cell = said
            if (found := goods_kinds().get(plainly(cell))) is None:
                allowed = _(", ").join(str(one.label) for one in GoodsKind)
                self.wrong(row, "kind", _("“{said}” is none of these: {allowed}").format(said=cell[:60], allowed=allowed))
                return None
            kind = found
        if (said := self.said("valid_days")) is not None:
            days = self._days(*said, kind)
        elif kind != GoodsKind.SERVICE:
            days = None
        elif days is None:
            self.wrong(row, "valid_days", _not_so_long())
        if (kind, days) == before:
            return None
        if self.there and kind != before[0]:
            try:
                check_kind(self.there.product, before[0], kind)
            except MarketError as refusal:
                self.wrong(row, "kind", str(refusal))
        return Kind(kind, days)

    def _days(self, row: Line, cell: str, kind: str) -> int | None:
        text = cell.removesuffix(".0")
        if kind != GoodsKind.SERVICE:
            self.wrong(row, "valid_days", _("Only a service has vouchers that are valid for so many days. Leave this cell empty, or make it a service."))
        elif not (text.isascii() and text.isdigit() and len(text) < 6 and SHORTEST <= int(text) <= LONGEST):
            self.wrong(row, "valid_days", _not_so_long())
        else:
            return int(text)
        return None

    def size_table(self) -> UUID | None:
        """The one it names."""
        current = self.there.product.size_table_id if self.there else None
        if (said := self.said("size_table")) is None:
            return current
        row, cell = said
        if (found := self.words.shop.table(cell)) is not None:
            return found
        some = _(", ").join(list(self.words.shop.tables.values())[:MOST_SHOWN])
        if some:
            why = _("The shop has no size table “{name}”. There are, for example: {some}. Write one of these, or make a new one under Size tables first.")
        else:
            why = _("The shop has no size table “{name}”, and none yet at all. Make it under Size tables first, or leave the cell empty.")
        self.wrong(row, "size_table", why.format(name=cell[:60], some=some))
        return current

    def shelves(self) -> Shelves | None:
        """The shop categories it is to stand in; None where they are those it stands in."""
        if (said := self.said("shop_categories")) is None:
            return None
        row, cell = said
        wanted: Shelves = {}
        for name in parts_of(cell):
            found = self.words.shop.called(name)
            if len(found) == 1 and found[0].is_picked:
                wanted[found[0].pk] = None
            else:
                self.wrong(row, "shop_categories", self._no_shelf(name[:60], [one.is_picked for one in found]))
        return wanted if self.there is None or set(wanted) != set(self.there.shelves) else None

    def _no_shelf(self, name: str, found: list[bool]) -> str:
        if len(found) > 1:
            return _("Several shop categories are called “{name}”. Write the end of its address behind the name, in square brackets.").format(name=name)
        if found:
            return str(ShopCategoryByRule(name=name))
        some = _(", ").join([row.name for row in self.words.shop.categories.values() if row.is_picked][:MOST_SHOWN])
        if some:
            why = _(
                "The shop has no category “{name}”. Filled by hand are, for example: {some}. Write one of these, or make a new one under Shop categories first."
            )
        else:
            why = _("The shop has no category “{name}”, and none yet that is filled by hand. Make it under Shop categories first, or leave the cell empty.")
        return why.format(name=name, some=some)

    def find_room(self, wanted: Shelves) -> None:
        """Whether they have room for it, beside the products that the file has put there above."""
        try:
            if self.plan.filling is not None:
                self.plan.filling.put(self.there.product.pk if self.there else new_id(), wanted)
        except MarketError as refusal:
            self.wrong(self.rows[0], "shop_categories", str(refusal))


def _not_so_long() -> str:
    return _("Write for how many days a voucher is valid, from {least} to {most}.").format(least=SHORTEST, most=LONGEST)


def filled_by(rows: Iterable[tuple[str, str, str | None]], words: Words) -> Filling:
    """Shop categories as these good rows (code, SKU, cell of shop categories) would fill them."""
    filling, good = Filling(), [(code, sku, cell) for code, sku, cell in rows if cell]
    by_code, by_sku = find({code for code, _sku, _cell in good}, {sku for _code, sku, _cell in good}) if good else ({}, {})
    for code, sku, cell in good:
        key = by_code.get(code) or (by_sku.get(sku) if code == sku else None) or new_id()
        with suppress(MarketError):
            filling.put(key, {row.pk: None for name in parts_of(plain_cell(cell)) for row in words.shop.called(name)})
    return filling
