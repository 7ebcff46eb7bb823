from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class ReturnUnknown(MarketError):
    code, status = "return_unknown", 404
    message = _("There is no return with this number, or it is not yours.")


class NotReturnable(MarketError):
    code, status = "not_returnable", 409
    message = _("These pieces of order {number} cannot come back: they have not been shipped, or are in a return already. Reload the page and choose again.")


class ReturnTooLate(MarketError):
    code, status = "return_too_late", 409
    message = _("The days in which order {number} could be returned are over since {until}. Write to the shop; it may still help.")


class StaysWithBuyer(MarketError):
    code, status, field = "stays_with_buyer", 409, "reason"
    message = _("What was handed out of order {number} can be given back only if it is faulty, or not what was sold. Choose such a reason and say what it is.")


class SameHands(MarketError):
    code, status = "same_hands", 403
    message = _("In this shop money goes back by two people, and you had a hand in this already. A colleague who may approve returns goes on: {who}.")


class NobodyElse(MarketError):
    code, status = "nobody_else", 409
    message = _("Nobody but you may approve returns here, so nothing could go back any more. First give a colleague the right “{right}”.")


class LookUnknown(MarketError):
    code, status = "look_unknown", 404
    message = _("There is no such request in this shop.")


class LookDecided(MarketError):
    code, status = "look_decided", 409
    message = _("This request no longer waits: it was decided, withdrawn, or has expired. Reload the page to see how it stands.")


class LookWaits(MarketError):
    code, status = "look_waits", 409
    message = _("A request about this waits for a colleague already. It has to be decided or withdrawn first.")
