from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class NotReceivedYet(MarketError):
    code, status = "not_received_yet", 409
    message = _("Reviews are written once the goods have arrived. Confirm receipt of order {number} first.")


class AlreadyReviewed(MarketError):
    code, status = "already_reviewed", 409
    message = _("You have reviewed this before. You can add to your review under “My reviews”.")


class AlreadyAdded(MarketError):
    code, status = "already_added", 409
    message = _("You have added to this review before; that can be done once.")


class OwnShop(MarketError):
    code, status = "own_shop", 409
    message = _("You work for this shop, so its goods are for others to review.")


class NotBought(MarketError):
    code, status = "not_bought", 409
    message = _("Only the shop and people who have bought and received this can answer.")


class AlreadyAnswered(MarketError):
    code, status = "already_answered", 409
    message = _("You have answered this question before.")


class ReviewUnknown(MarketError):
    code, status = "review_unknown", 404
    message = _("There is no review like this.")


class QuestionUnknown(MarketError):
    code, status = "question_unknown", 404
    message = _("There is no question like this.")
