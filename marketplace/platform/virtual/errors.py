from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class CodeUnknown(MarketError):
    code, status = "code_unknown", 404
    message = _("There is no such code in your shop.")


class CodeSpent(MarketError):
    code, status = "code_spent", 409
    message = _("This code is not unused any more: {status}. Reload the page to see how it stands.")


class CodesShort(MarketError):
    """The books say there are codes, and there are not: a reaction that meets it is given up and shown to the operator."""

    code, status = "codes_short", 409
    message = _("Too few unused codes are there for order {number}.")


class VoucherUnknown(MarketError):
    code, status, field = "voucher_unknown", 404, "code"
    message = _("No voucher of your shop has this code. Compare it with what the customer shows, sign by sign.")


class VoucherUsed(MarketError):
    code, status, field = "voucher_used", 409, "code"
    message = _("This voucher was used before: {at}, by {who}.")


class VoucherEnded(MarketError):
    code, status, field = "voucher_ended", 409, "code"
    message = _("This voucher cannot be used: {status}, {at}. The customer gets the money back.")


class VoucherHeld(MarketError):
    code, status, field = "voucher_held", 409, "code"
    message = _("This voucher cannot be used now: the customer's bank questions the payment.")
