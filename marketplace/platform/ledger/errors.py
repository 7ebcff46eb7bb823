from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class NoCommissionRule(MarketError):
    code, status = "no_commission_rule", 409
    message = _("The market has no general commission rate yet, so nothing can be sold. The operator sets one in the console.")


class StatementUnknown(MarketError):
    code, status = "statement_unknown", 404
    message = _("There is no statement with this number, or it is not yours.")


class NothingToSettle(MarketError):
    code, status = "nothing_to_settle", 409
    message = _("No completed order has waited long enough to be settled. The next becomes due by itself; look again later.")


class PayoutClosed(MarketError):
    code, status = "payout_closed", 409
    message = _("A payout has moved on in the meantime. Reload the page to see how it stands; nothing was changed.")


class AccountMissing(MarketError):
    code, status = "account_missing", 409
    message = _("These shops have given no bank account yet: {shops}. Leave them out, or ask them to enter one in their workbench.")


class PayoutUnknown(MarketError):
    code, status = "payout_unknown", 404
    message = _("There is no payout or bank file with this number.")
