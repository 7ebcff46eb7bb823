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


class RateWouldChange(MarketError):
    code, status = "rate_would_change", 409
    message = _(
        "New orders in “{name}” would be charged {after} commission instead of {before}, and a rate changes by two people only."
        " First have the rate of one of the two places changed under “Settings”, then do this."
    )


class CannotUndo(MarketError):
    code, status = "cannot_undo", 409
    message = _("“{name}” has been changed since. Move it back by hand.")


class AttributeUnknown(MarketError):
    code, status = "attribute_unknown", 404
    message = _("This attribute is not there any more. Go back to the list and choose again.")


class AttributeChanged(MarketError):
    code, status = "attribute_changed", 409
    message = _("Somebody has changed “{name}” meanwhile. Nothing was done; look at it again and decide anew.")


class AttributeMissing(MarketError):
    code, status = "attribute_missing", 422
    message = _("{name}: goods of this category have to say it before they are reviewed. Fill it in, or keep the draft.")


class BrandUnknown(MarketError):
    code, status = "brand_unknown", 404
    message = _("This brand is not there any more. Go back to the list and choose again.")


class BrandChanged(MarketError):
    code, status = "brand_changed", 409
    message = _("Somebody has changed “{name}” meanwhile. Nothing was done; look at it again and decide anew.")


class BrandNotAllowed(MarketError):
    code, status, field = "brand_not_allowed", 409, "brand"
    message = _("“{brand}” is sold with authorisation only. Hand in your document under “Brands”; submit the product when the market has accepted it.")


class BrandOutOfScope(MarketError):
    code, status, field = "brand_out_of_scope", 409, "brand"
    message = _("Your shop was let in to sell one brand, and has goods of “{brand}” on sale or in review. Hand in under “Company data” that you sell several.")


class VirtualUnknown(MarketError):
    code, status = "virtual_unknown", 404
    message = _("This virtual category is not there any more. Go back to the list and choose again.")


class VirtualChanged(MarketError):
    code, status = "virtual_changed", 409
    message = _("Somebody has changed “{name}” meanwhile. Nothing was done; look at it again and decide anew.")
