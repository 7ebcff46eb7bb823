from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class OrderUnknown(MarketError):
    code, status = "order_unknown", 404
    message = _("There is no order with this number, or it is not yours.")


class NotPaidYet(MarketError):
    code, status = "not_paid_yet", 409
    message = _("Order {number} is not paid. It can be shipped once the payment has arrived.")


class NothingToShip(MarketError):
    code, status = "nothing_to_ship", 409
    message = _("Nothing of order {number} is left to ship with these quantities. Reload the page to see what has gone out.")


class NothingIsShipped(MarketError):
    code, status = "nothing_is_shipped", 409
    message = _("Order {number} is of virtual goods: nothing of it is packed or shipped. Codes go out by themselves, vouchers are redeemed.")


class NotShippedYet(MarketError):
    code, status = "not_shipped_yet", 409
    message = _("Order {number} has not been shipped completely. You can confirm receipt when all of it is on its way.")


class NothingToGiveBack(MarketError):
    code, status = "nothing_to_give_back", 409
    message = _("Order {number} has changed: these pieces cannot be cancelled or returned any more. Reload the page to see how it stands.")


class AlreadyPacked(MarketError):
    code, status = "already_packed", 409
    message = _("The shop is packing order {number} already. Ask for a return once it has arrived, or cancel it if it is not shipped by {ship_by}.")
