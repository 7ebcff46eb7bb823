from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class SlugTaken(MarketError):
    code, status, field = "slug_taken", 409, "slug"
    message = _("The address “{slug}” is taken or reserved. Choose another.")


class MarketExists(MarketError):
    code, status = "market_exists", 409
    message = _("This installation has its market already. A second one needs a database of its own.")


class MerchantUnknown(MarketError):
    code, status = "merchant_unknown", 404
    message = _("There is no such merchant.")


class OwnershipStays(MarketError):
    """Whose a shop is never changes: its money would go to somebody else."""

    code, status = "ownership_stays", 409
    message = _("“{shop}” cannot become the market's own shop, or stop being it: its money would change hands. Open another shop, and close this one.")


class NotForOwnShops(MarketError):
    """What the market agrees with others, it does not agree with itself."""

    code, status = "not_for_own_shops", 409
    message = _("“{shop}” is the market's own shop: contract, deposit, commission, package and payout account are not for own shops. Nothing was changed.")


class ShopNotOpen(MarketError):
    code, status = "shop_not_open", 409
    message = _("This does not go with how the shop stands: {status}. Reload the page to see what can be done.")


class NotSelling(MarketError):
    """What is asked for can be looked at, and not be bought: its shop takes no orders."""

    code, status = "not_selling", 409
    message = _("{shops} takes no orders at the moment. Everything else can be bought as usual.")


class ShopClosed(MarketError):
    code, status = "shop_closed", 410
    message = _("{shop} has closed. Orders that were placed there stay in your account.")


class ObligationsLeft(MarketError):
    """A shop cannot close while something of it is open."""

    code, status = "obligations_left", 409
    message = _("{shop} cannot close yet. What is left: {left}.")


class NotYourClosing(MarketError):
    """The operator closes the shop, or it was suspended before: its owner alone cannot take that back."""

    code, status = "not_your_closing", 409
    message = _("The market has begun to close this shop, so only the market can take it back. Write to {contact}.")


class OwnersOnly(MarketError):
    code, status = "owners_only", 403
    message = _("Only an owner of the shop may do this. Ask {who}.")


class ShopExportGone(MarketError):
    code, status = "shop_export_gone", 404
    message = _("This file is no longer kept. Have everything packed anew; that takes some minutes.")


class ShopExportOver(MarketError):
    """The shop has been closed for so long that its data are no longer handed out."""

    code, status = "shop_export_over", 410
    message = _("The data of a closed shop can be fetched for {days} days; that time is over. Write to {contact}.")
