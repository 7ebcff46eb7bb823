from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class BundleFixed(MarketError):
    code, status = "bundle_fixed", 409
    message = _("What is in “{title}” stays as it is: it was on sale, or is being reviewed. Make a new bundle for another set.")


class BundleHasOptions(MarketError):
    code, status, field = "bundle_has_options", 422, "variants"
    message = _("A bundle is sold as one thing, without options. Take the options away, or make a bundle for each.")
