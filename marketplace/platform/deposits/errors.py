from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class DepositTooSmall(MarketError):
    code, status = "deposit_too_small", 409
    message = _("So much is not there to take: at most {most}. Nothing was changed; look at what the deposit holds now.")
    field = "amount"


class DepositOverdue(MarketError):
    code, status = "deposit_overdue", 409
    message = _(
        "{short} of the shop's deposit is missing, and the day to pay it has passed. Pay it as “Deposit” in the workbench says; then goods go on sale again."
    )


class DeductionFinal(MarketError):
    code, status = "deduction_final", 409
    message = _("This deduction can no longer be objected to: the days for it have passed, or it was objected to before. Reload the page to see how it stands.")


class ObjectionAnswered(MarketError):
    code, status = "objection_answered", 409
    message = _("This objection has been answered already. Reload the page to see how.")
