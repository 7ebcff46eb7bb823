from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class ConditionHolds(MarketError):
    code, status = "condition_holds", 409
    message = _("Its condition keeps it off sale: {n} can be sold, and at {most} or fewer it is not on sale. Add stock, or change the condition.")
