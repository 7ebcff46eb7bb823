from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class ReturnUnknown(MarketError):
    code, status = "return_unknown", 404
    message = _("There is no return with this number, or it is not yours.")


class NotReturnable(MarketError):
    code, status = "not_returnable", 409
    message = _("These pieces of order {number} cannot come back: they have not been shipped, or are in a return already. Reload the page and choose again.")


class ReturnTooLate(MarketError):
    code, status = "return_too_late", 409
    message = _("The days in which order {number} could be returned are over since {until}. Write to the shop; it may still help.")


class StaysWithBuyer(MarketError):
    code, status, field = "stays_with_buyer", 409, "reason"
    message = _("What was handed out of order {number} can be given back only if it is faulty, or not what was sold. Choose such a reason and say what it is.")
