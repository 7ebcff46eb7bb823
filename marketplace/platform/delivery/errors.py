from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class NoDelivery(MarketError):
    code, status = "no_delivery", 409
    message = _("{shop} does not deliver to {region}. Choose another address, or take its goods out of your selection; nothing was ordered.")
