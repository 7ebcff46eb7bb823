from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class MovementExplained(MarketError):
    code, status = "movement_explained", 409
    message = _("This movement is explained already. Reload the page to see by what.")


class RefundNotFailed(MarketError):
    code, status = "refund_not_failed", 409
    message = _("This refund is not one that the provider refused, so there is nothing to try again. Reload the page to see how it stands.")


class RefundTooLarge(MarketError):
    code, status = "refund_too_large", 409
    message = _("More would go back for order {number} than was paid for it. Nothing was changed; look at what went back already.")
