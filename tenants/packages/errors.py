from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class LimitReached(MarketError):
    code, status = "limit_reached", 409
    message = _("{what}: your package holds {limit}, and so many are there. Take a larger package, or more for some days, under “Package” in the workbench.")


class TooMuchForPackage(MarketError):
    code, status = "too_much_for_package", 409
    message = _("More is used than this package holds: {what}. Use less first, or keep the larger one.")


class OfferUnknown(MarketError):
    code, status = "offer_unknown", 404
    message = _("There is no such package, or it is no longer offered. Reload the page to see what is.")


class SamePackage(MarketError):
    code, status = "same_package", 409
    message = _("The shop has this package already.")


class ServiceMoved(MarketError):
    code, status = "service_moved", 409
    message = _("This service was accepted, done or ended in the meantime. Reload the page to see how it stands.")


class AddOnOver(MarketError):
    code, status = "add_on_over", 409
    message = _("This add-on has ended already. Reload the page to see how it stands.")
