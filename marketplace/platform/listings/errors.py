from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class NotOnSale(MarketError):
    code, status = "not_on_sale", 410
    message = _("This is no longer on sale. Search for something like it.")
