from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class OutOfStock(MarketError):
    code, status = "out_of_stock", 409
    message = _("Only {left} left of “{title}”. Change the quantity in your cart; nothing was ordered.")


class StockHeld(MarketError):
    code, status, field = "stock_held", 409, "on_hand"
    message = _("{held} of “{sku}” are held for orders. Count at least that many, or cancel the orders first.")


class HeldElsewhere(MarketError):
    code, status, field = "held_elsewhere", 409, "origin"
    message = _("“{place}” does not hold so many pieces for this order. Pack what is held there, and the rest where it lies.")


class LocationUnknown(MarketError):
    code, status = "location_unknown", 404
    message = _("There is no such location.")


class LocationInUse(MarketError):
    code, status = "location_in_use", 409
    message = _("“{name}” still has stock or holds goods for orders. Move the goods and ship the orders first.")


class LocationAwaits(MarketError):
    code, status = "location_awaits", 409
    message = _("“{name}” cannot be closed while this is open there: {what}. Receive or give up what was ordered, and book or cancel what is counted, first.")


class LocationClosed(MarketError):
    code, status, field = "location_closed", 409, "location"
    message = _("“{name}” is closed, and nothing can be put there any more. End or cancel this here, and do it anew at a location that is open.")


class TransferUnknown(MarketError):
    code, status = "transfer_unknown", 404
    message = _("There is no such transfer.")


class NotEnoughThere(MarketError):
    code, status, field = "not_enough_there", 409, "quantity"
    message = _("Of “{sku}” only {left} are free at “{place}”: the others are held for orders or not there. Take fewer.")


class StocktakeUnknown(MarketError):
    code, status = "stocktake_unknown", 404
    message = _("There is no such stocktake.")


class CountedBySame(MarketError):
    code, status = "counted_by_same", 409
    message = _("You counted this or handed it in. Somebody else who keeps the stock has to approve it.")


class LevelUnknown(MarketError):
    code, status = "level_unknown", 404
    message = _("There is no such stock.")


class RestockUnknown(MarketError):
    code, status = "restock_unknown", 404
    message = _("There is no such order from a supplier.")


class BundleHasNoStock(MarketError):
    code, status, field = "bundle_has_no_stock", 422, "on_hand"
    message = _("“{sku}” is a bundle and has no stock of its own: it can be had as often as what is in it. Leave its stock at 0.")


class CodesAreTheStock(MarketError):
    code, status, field = "codes_are_the_stock", 422, "on_hand"
    message = _("“{sku}” is sold as codes: its stock is the number of unused ones. Load or remove codes instead.")
