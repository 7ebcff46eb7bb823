from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class CartEmpty(MarketError):
    code, status = "cart_empty", 409
    message = _("There is nothing chosen in your cart. Put something in and choose it.")
