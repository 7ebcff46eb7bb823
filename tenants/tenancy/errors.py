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
