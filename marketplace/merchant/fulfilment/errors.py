from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class PackageUnknown(MarketError):
    code, status = "package_unknown", 404
    message = _("This parcel is not there any more. Reload the page to see how the order stands.")


class PackageGone(MarketError):
    code, status = "package_gone", 409
    message = _("This parcel has left already; it cannot be opened again. When the goods come back, take them in as a return.")
