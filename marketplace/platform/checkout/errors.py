from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class CartChanged(MarketError):
    code, status = "cart_changed", 409
    message = _("Prices or goods have changed since you looked: the total is now {total}. Look it over and confirm once more; nothing was ordered.")


class AddressMissing(MarketError):
    code, status, field = "address_missing", 422, "address"
    message = _("Something of what you chose is sent to you. Choose an address; nothing was ordered.")


class ConsentMissing(MarketError):
    code, status, field = "consent_missing", 422, "waives"
    message = _("Codes are handed out as soon as they are paid, and do not come back. Tick that you agree, or take them out of your selection.")


class GroupUnknown(MarketError):
    code, status = "group_unknown", 404
    message = _("There is no order with this number, or it is not yours.")


class PaymentClosed(MarketError):
    code, status = "payment_closed", 409
    message = _("Order {number} can no longer be paid: {status}.")


class GroupNotUnpaid(MarketError):
    code, status = "group_not_unpaid", 409
    message = _("Order {number} no longer waits for its payment: {status}. Open it to see what can be done now.")
