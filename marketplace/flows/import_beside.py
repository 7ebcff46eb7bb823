"""What an imported product is beside its texts, prices and stock: its kind of goods, what is in a bundle, and the shop categories it stands in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marketplace.flows.import_batch import Batch, Imported, ImportedProduct
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import MarketError
from marketplace.merchant.bundles.actions import check_parts, is_fixed, put_parts
from marketplace.merchant.bundles.errors import BundleFixed
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.shelves.actions import fill_shop_categories
from marketplace.merchant.shelves.filling import Filling
from marketplace.merchant.virtual.actions import Kind, check_kind, note_kinds, set_kind
from marketplace.merchant.virtual.models import VirtualProduct
from marketplace.merchant.virtual.queries import virtual_of
from marketplace.platform.virtual.kinds import GoodsKind


class Beside:
    """Drops of a batch what cannot be of its kind, and what has no room in its shop categories. Lives for one transaction."""

    def __init__(self, batch: Batch, done: Imported) -> None:
        self.batch = batch
        self.held = virtual_of([row.pk for ref, row in batch.there.items() if batch.wanted[ref].kind is not None])
        self.filling = Filling(locks=True) if any(one.shelves is not None for one in batch.wanted.values()) else None
        self.of_other_kind: list[Product] = []  # it has to be reviewed anew
        self.refilled: dict[UUID, int] = {}  # new bundles, and their version
        self.of_other_days: set[UUID] = set()
        self.moved: set[UUID] = set()  # stands in other shop categories
        for ref, one in list(batch.wanted.items()):
            try:
                self._check(ref, one)
            except MarketError as refusal:
                batch.drop(ref, refusal, done)

    def _check(self, ref: str, one: ImportedProduct) -> None:
        row = self.batch.there.get(ref)
        if one.kind is not None and row is not None and (before := self._kind(row)) != one.kind.name:
            check_kind(row, before, one.kind.name)
        if one.parts is not None:
            if row is not None and is_fixed(row):
                raise BundleFixed(title=row.title.text)
            check_parts(one.parts)
        if one.shelves is not None and self.filling is not None and self.filling.put(self.batch.key_of(ref), one.shelves):
            self.moved.add(self.batch.key_of(ref))

    def _kind(self, row: Product) -> str:
        held = self.held.get(row.pk)
        return held.kind if held else str(GoodsKind.GOODS.value)

    @property
    def entered_kinds(self) -> dict[str, Any]:
        """New products that are not shipped, for the log."""
        kinds = {str(row.product_id): row.kind for row in self._new()}
        return {"kinds": kinds} if kinds else {}

    def _new(self) -> list[VirtualProduct]:
        new = [(self.batch.keys[ref], one.kind) for ref, one in self.batch.wanted.items() if one.kind and ref not in self.batch.there]
        return [VirtualProduct(product_id=key, kind=kind.name, valid_days=kind.valid_days) for key, kind in new if kind.name != GoodsKind.GOODS]

    def write(self, by: Actor) -> None:
        """Products that are new have been written; stock has not been counted yet, for what is sold as codes has none to count."""
        if new := self._new():
            note_kinds(by=by, rows=new)
        for ref, row in self.batch.there.items():
            kind: Kind | None = self.batch.wanted[ref].kind
            if kind is not None and set_kind(by=by, product_id=row.pk, kind=kind.name, valid_days=kind.valid_days):
                self.of_other_days.add(row.pk)
                if self._kind(row) != kind.name:
                    self.of_other_kind.append(row)
        for ref, one in self.batch.wanted.items():
            if one.parts is not None:
                row = put_parts(by=by, product_id=self.batch.keys[ref], parts=one.parts)
                if ref in self.batch.there:
                    self.of_other_kind.append(self.batch.there[ref])
                else:
                    self.refilled[row.pk] = row.version
        if self.filling is not None:
            fill_shop_categories(by=by, wanted=self.filling.changed())
