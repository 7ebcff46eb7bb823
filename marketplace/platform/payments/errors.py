from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class MovementExplained(MarketError):
    code, status = "movement_explained", 409
    message = _("This movement is explained already. Reload the page to see by what.")


class RefundNotFailed(MarketError):
    code, status = "refund_not_failed", 409
    message = _("This refund is not one that the provider refused, so there is nothing to try again. Reload the page to see how it stands.")


class RefundTooLarge(MarketError):
    code, status = "refund_too_large", 409
    message = _("More would go back for order {number} than was paid for it. Nothing was changed; look at what went back already.")


class AccountChangeUnknown(MarketError):
    code, status = "account_change_unknown", 404
    message = _("There is no such change of a payout account, or it is not yours to see.")


class AccountChangeWaits(MarketError):
    code, status = "account_change_waits", 409
    message = _("Another change of this account is on its way. Stop it first, or wait until it is in force.")


class AccountChangeEnded(MarketError):
    code, status = "account_change_ended", 409
    message = _("This change is no longer open: it was confirmed, stopped, refused, or has expired. Reload the page to see how it stands.")


class AccountSame(MarketError):
    code, status = "account_same", 409
    message = _("Payouts go to this account already. Nothing was changed.")


class HolderDiffers(MarketError):
    """`names` are those in the dossier."""

    code, status = "holder_differs", 422
    message = _("The account has to be in the name of {names}. If it is in another, say why; the market then looks at it.")
    field = "holder"


class HolderUnproven(MarketError):
    """`name_is`: how the name stands to the dossier, in words."""

    code, status = "holder_unproven", 422
    message = _("{name_is}. Say why the account may pass all the same, or refuse it.")
    field = "name_why"


class HolderMoved(MarketError):
    code, status = "holder_moved", 409
    message = _("The account is in another name than when you opened this page: “{holder}”. Compare it with the dossier and decide again.")


class ConfirmedByAsker(MarketError):
    code, status = "confirmed_by_asker", 403
    message = _("You asked for this change yourself. A colleague has to confirm it; you can stop it.")


class TooNewToConfirm(MarketError):
    code, status = "too_new_to_confirm", 403
    message = _("Only who has worked here for some days can confirm where the money goes. Ask another colleague, or the market.")
