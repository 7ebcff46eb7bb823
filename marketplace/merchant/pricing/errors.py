from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class ReductionUnknown(MarketError):
    code, status = "reduction_unknown", 404
    message = _("There is no such reduction in this shop.")


class ReductionOver(MarketError):
    code, status = "reduction_over", 409
    message = _("This reduction is over or was called off. Plan a new one.")


class NoReduction(MarketError):
    """A price in a reduction is not below the regular one."""

    code, status, field = "no_reduction", 422, "price"
    message = _("“{sku}” costs {regular} then: {price} would be no reduction. Write a lower price, or leave it out.")


class PlanUnknown(MarketError):
    code, status = "plan_unknown", 404
    message = _("This planned price is not there any more: it has begun, or was called off. Load the page anew.")


class PriceListUnknown(MarketError):
    code, status = "price_list_unknown", 404
    message = _("There is no such price list in this shop.")


class GroupUnknown(MarketError):
    code, status = "customer_group_unknown", 404
    message = _("There is no such group of customers in this shop.")
