"""What a row of a file says of its variant: price, stock, barcode and weight."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from marketplace.flows.product_files.codes import barcode_of, weight_of
from marketplace.flows.product_files.held import Held
from marketplace.kernel.errors import MarketError
from marketplace.kernel.exports import plain_cell
from marketplace.kernel.money import Money
from marketplace.kernel.ungrouping import ungrouped
from marketplace.merchant.catalogue.barcodes import gtin, owners_of
from marketplace.merchant.catalogue.errors import BarcodeTaken
from marketplace.merchant.catalogue.models import Variant
from marketplace.merchant.inventory.errors import BundleHasNoStock, StockHeld

if TYPE_CHECKING:
    from marketplace.flows.product_files.compiling import Line, Plan

MOST_STOCK = 10_000_000


class VariantCells:
    """Part of Compiling (compiling.py): reads cells of variants, notes problems."""

    plan: Plan
    there: Held | None
    is_bundle: bool
    is_codes: bool  # it is sold as codes, and its stock is the number of unused ones
    wrong: Callable[[Line, str, str], None]

    def codes(self, row: Line, product_id: UUID | None) -> tuple[str | None, int | None]:
        """Barcode and weight; None for what the row does not say, or says wrongly."""
        barcode: str | None = None
        weight_g: int | None = None
        try:
            barcode = barcode_of(plain_cell(self.plan.cell(row, "barcode")))
            if barcode and (owner := owners_of([barcode], but=product_id).get(gtin(barcode))):
                raise BarcodeTaken(barcode=barcode, sku=owner.sku)
        except MarketError as refusal:
            self.wrong(row, "barcode", str(refusal))
        try:
            weight_g = weight_of(self.plan.cell(row, "weight"))
        except MarketError as refusal:
            self.wrong(row, "weight", str(refusal))
        return barcode, weight_g

    def price(self, row: Line, sku: str, held: Variant | None, prices: dict[str, Money], markets: dict[str, Money | None]) -> None:
        current = self.there.prices.get(held.pk) if self.there and held else None
        found: dict[str, Money | None] = {"price": current.sale if current else None, "market_price": current.market if current else None}
        is_said = False
        for meant in found:
            if not (cell := self.plan.cell(row, meant)):
                continue
            try:
                amount = Money.parse(cell, self.plan.currency)
            except MarketError as refusal:
                self.wrong(row, meant, str(refusal))
                return
            if amount.minor <= 0 and meant == "price":
                self.wrong(row, meant, _("A price is more than zero."))
                return
            found[meant], is_said = amount or None, True
        sale, market = found["price"], found["market_price"]
        if sale is None:
            if current is None and held is None:
                self.wrong(row, "price", _("Every variant needs a price above zero."))
            return
        if market is not None and market < sale:
            self.wrong(row, "market_price", _("The market price is not below the sale price; leave it empty if there is none."))
        elif is_said:
            prices[sku], markets[sku] = sale, market

    def stock(self, row: Line, sku: str, held: Variant | None, stock: dict[str, int]) -> None:
        if not (cell := self.plan.cell(row, "stock")):
            return
        text = ungrouped(cell.strip()).removesuffix(".0")
        if not (text.isascii() and text.isdigit() and int(text[:10]) <= MOST_STOCK and len(text) < 10):
            self.wrong(row, "stock", _("Stock is a whole number from 0 to 10,000,000."))
        elif self.is_codes:
            has = self.there.on_hand.get(held.pk, 0) if self.there and held else 0
            if int(text) != has and (held is None or self.plan.counts_stock):
                why = _("“{sku}” is sold as codes: its stock is the number of unused ones. Leave this cell empty, and load the codes on the product's page.")
                self.wrong(row, "stock", why.format(sku=sku))
        elif not self.is_bundle:
            stock[sku] = int(text)
            promised = self.there.promised.get(held.pk, 0) if self.there and held and self.plan.counts_stock else 0
            if stock[sku] < promised:
                self.wrong(row, "stock", str(StockHeld(held=promised, sku=sku)))
        elif int(text):
            self.wrong(row, "stock", str(BundleHasNoStock(sku=sku)))
