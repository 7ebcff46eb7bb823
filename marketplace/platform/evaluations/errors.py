from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class DecidedBefore(MarketError):
    code, status = "evaluation_decided", 409
    message = _("Somebody has decided on this evaluation already. Reload the page to see how.")
