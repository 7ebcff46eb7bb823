from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class KindFixed(MarketError):
    code, status, field = "kind_fixed", 409, "kind"
    message = _("What kind of goods “{title}” is stays as it is: it was on sale, or is being reviewed. Make a new product for another kind.")


class KindInBundle(MarketError):
    code, status, field = "kind_in_bundle", 422, "kind"
    message = _("“{title}” is a bundle, or in one: bundles are shipped, so it cannot be virtual.")


class NotOfCodes(MarketError):
    code, status = "not_of_codes", 409
    message = _("“{title}” is not sold as codes, so none can be loaded. Choose “codes” as its kind while it is a draft.")
