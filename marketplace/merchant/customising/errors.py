from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class NotMadeYet(MarketError):
    code, status = "not_made_yet", 409
    message = _("“{title}” is made to the buyer's wishes and is not ready. Mark it as ready, or write 0 pieces of it for this parcel.")


class MakingNotAccepted(MarketError):
    code, status, field = "making_not_accepted", 422, "accepts"
    message = _("“{title}” is made for you and cannot be sent back because you no longer want it. Tick that you agree, or take it out of your selection.")


class MadeForYou(MarketError):
    code, status, field = "made_for_you", 409, "reason"
    message = _("“{title}” was made to your wishes and cannot come back because you no longer want it. If something is wrong with it, choose that reason.")


class MakingBegun(MarketError):
    code, status = "making_begun", 409
    message = _(
        "The shop is making “{title}” to your wishes already, so order {number} cannot be cancelled any more. If it is not shipped by {ship_by}, it can."
    )


class CannotCustomise(MarketError):
    code, status = "cannot_customise", 409
    message = _("“{title}” is a bundle, or in one: buyers say nothing about single pieces there. Offer wishes for a product that is sold by itself.")


class CannotAsk(MarketError):
    code, status = "cannot_ask", 409
    message = _("“{title}” is being made, has left or is given up: ask the buyer before you begin to make it.")


class AskedTooLate(MarketError):
    code, status = "asked_too_late", 409
    message = _("Order {number} should have left already, so nothing more can be asked. Make it as it is wished, or give up what cannot be made.")


class QuestionOpen(MarketError):
    code, status = "question_open", 409
    message = _("The buyer has not answered your question about “{title}” yet. Wait for the answer, or go on without it.")


class QuestionEnded(MarketError):
    code, status = "question_ended", 409
    message = _("This question needs no answer any more: it was answered, or the shop has gone on without. Reload the page to see how it stands.")


class CustomLineUnknown(MarketError):
    code, status = "custom_line_unknown", 404
    message = _("There is no such customised order, or it is not yours.")
