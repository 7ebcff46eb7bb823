from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class NotOnSale(MarketError):
    code, status = "not_on_sale", 410
    message = _("This is no longer on sale. Search for something like it.")


class HeldBack(NotOnSale):
    """Its shop lacks a qualification for the moment, or the market has taken it off; why concerns the shop and the market alone."""

    code, status = "held_back", 404
    message = _("This is not for sale at the moment. Look in again later, or search for something like it.")


class ChangeUnknown(MarketError):
    code, status = "change_unknown", 404
    message = _("There is no submission like this.")


class ChangeDecided(MarketError):
    code, status = "change_decided", 409
    message = _("This submission no longer waits: it was decided or taken back. Reload the page to see how it stands.")


class ChangeOutdated(MarketError):
    code, status = "change_outdated", 409
    message = _("The shop has changed this product while you looked at it. Look it over again; nothing was decided.")


class WordForbidden(MarketError):
    """`field` is the one of the product form in which it stands."""

    code, status = "word_forbidden", 422
    message = _("The market does not allow “{word}” in texts of products. {note}")


class WordUnknown(MarketError):
    code, status = "word_unknown", 404
    message = _("This word is not on the list any more.")


class RefusedAsItIs(MarketError):
    code, status = "refused_as_it_is", 409
    message = _("The market has refused this product as it is. Change what it names, then submit it again.")
