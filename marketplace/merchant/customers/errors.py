from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class CustomerUnknown(MarketError):
    code, status = "customer_unknown", 404
    message = _("Nobody like this has bought in this shop.")
