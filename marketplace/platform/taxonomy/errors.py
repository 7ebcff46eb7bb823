from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class NoTaxRate(MarketError):
    code, status = "no_tax_rate", 409
    message = _("The market has no tax rate for the class “{tax_class}” yet, so nothing of it can be sold. The operator sets one in the console.")
