from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class ShopCategoryUnknown(MarketError):
    code, status = "shop_category_unknown", 404
    message = _("This shop category is not there any more. Go back to the list and choose again.")


class ShopCategoryChanged(MarketError):
    code, status = "shop_category_changed", 409
    message = _("Somebody has changed “{name}” meanwhile. Nothing was done; look at it again and decide anew.")


class ShopCategoryByRule(MarketError):
    code, status, field = "shop_category_by_rule", 409, "category"
    message = _("“{name}” finds its goods by a rule. Change the rule, or choose a category that is filled by hand.")
