from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class RefundTooLarge(MarketError):
    code, status = "refund_too_large", 409
    message = _("More would go back for order {number} than was paid for it. Nothing was changed; look at what went back already.")
