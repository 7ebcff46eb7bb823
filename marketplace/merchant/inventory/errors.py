from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class OutOfStock(MarketError):
    code, status = "out_of_stock", 409
    message = _("Only {left} left of “{title}”. Change the quantity in your cart; nothing was ordered.")


class StockHeld(MarketError):
    code, status, field = "stock_held", 409, "on_hand"
    message = _("{held} of “{sku}” are held for orders. Count at least that many, or cancel the orders first.")
