"""What actions about products and their stock are called in the log."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

ABOUT_GOODS: dict[str, str | Promise] = {
    "custom_line.making": pgettext_lazy("log", "Customised article being made"),
    "custom_line.ready": pgettext_lazy("log", "Customised article ready"),
    "product.changed": pgettext_lazy("log", "Product changed"),
    "product.condition_set": pgettext_lazy("log", "Condition of sale set"),
    "product.customised": pgettext_lazy("log", "Wishes of buyers set up"),
    "product.draft": pgettext_lazy("log", "Product made a draft"),
    "product.entered": pgettext_lazy("log", "Product entered"),
    "product.off_by_condition": pgettext_lazy("log", "Taken off sale by its condition"),
    "product.off_sale": pgettext_lazy("log", "Product taken off sale"),
    "product.on_by_condition": pgettext_lazy("log", "Put on sale by its condition"),
    "product.on_sale": pgettext_lazy("log", "Product put on sale"),
    "product.review_approved": pgettext_lazy("log", "Product approved"),
    "product.review_none": pgettext_lazy("log", "Product review ended"),
    "product.review_refused": pgettext_lazy("log", "Product refused"),
    "product.review_sent_back": pgettext_lazy("log", "Product sent back"),
    "product.review_waiting": pgettext_lazy("log", "Product waits for review"),
    "product.submitted": pgettext_lazy("log", "Product submitted"),
    "products.imported": pgettext_lazy("log", "Products imported"),
    "products.removed": pgettext_lazy("log", "Drafts of an import removed"),
    "products.submitted": pgettext_lazy("log", "Products submitted"),
    "restock.ended": pgettext_lazy("log", "Rest of a supplier's order no longer expected"),
    "restock.ordered": pgettext_lazy("log", "Ordered from a supplier"),
    "restock.received": pgettext_lazy("log", "Goods from a supplier received"),
    "size_table.dropped": pgettext_lazy("log", "Size table removed"),
    "size_table.saved": pgettext_lazy("log", "Size table saved"),
    "stock.adjusted": pgettext_lazy("log", "Stock corrected"),
    "stock.counted": pgettext_lazy("log", "Stock counted"),
    "stock.packed_from": pgettext_lazy("log", "Parcel packed at a location"),
    "stock.safety_set": pgettext_lazy("log", "Safety stock set"),
    "stock_transfer.arrived": pgettext_lazy("log", "Transfer between locations arrived"),
    "stock_transfer.sent": pgettext_lazy("log", "Transfer between locations sent"),
    "stock_transfer.taken_back": pgettext_lazy("log", "Transfer between locations taken back"),
    "stocktake.begun": pgettext_lazy("log", "Stocktake begun"),
    "stocktake.booked": pgettext_lazy("log", "Stocktake approved and booked"),
    "stocktake.cancelled": pgettext_lazy("log", "Stocktake cancelled"),
    "stocktake.counted": pgettext_lazy("log", "Counted in a stocktake"),
    "stocktake.handed_in": pgettext_lazy("log", "Stocktake handed in"),
    "stocktake.sent_back": pgettext_lazy("log", "Stocktake to be counted again"),
    "variants.merged": pgettext_lazy("log", "Variants merged"),
}
