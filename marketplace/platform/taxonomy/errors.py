from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class NoTaxRate(MarketError):
    code, status = "no_tax_rate", 409
    message = _("The market has no tax rate for the class “{tax_class}” yet, so nothing of it can be sold. The operator sets one in the console.")


class CategoryUnknown(MarketError):
    code, status = "category_unknown", 404
    message = _("This category is not in the tree any more. Go back to the tree and choose again.")


class CategoryChanged(MarketError):
    code, status = "category_changed", 409
    message = _("Somebody has changed “{name}” meanwhile. Nothing was done; look at it again and decide anew.")


class CategoryInUse(MarketError):
    code, status = "category_in_use", 409
    message = _("“{name}” is not empty: {what}. Move it or merge it into another category instead.")


class TreeBusy(MarketError):
    code, status = "tree_busy", 409
    message = _("The goods of “{name}” are still on their way to their new place. Try again when that is done.")


class CannotUndo(MarketError):
    code, status = "cannot_undo", 409
    message = _("“{name}” has been changed since. Move it back by hand.")
