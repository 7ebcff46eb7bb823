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


class PieceForEverybody(MarketError):
    """A list for everybody would make the price of one piece, of which no earlier price could be named beside a reduction."""

    code, status, field = "piece_for_everybody", 422, "quantity"
    message = _(
        "For everybody, prices on a list begin at 2 pieces. What one piece costs everybody is its regular price or a reduction: "
        "set it there, or choose a group of customers for this list."
    )


class PiecesOnList(MarketError):
    """A list with prices from one piece on is to hold for everybody."""

    code, status, field = "pieces_on_list", 422, "group"
    message = _(
        "For everybody, prices on a list begin at 2 pieces, and these stand on it from 1 piece: {skus}. "
        "Take those prices off first, or choose a group of customers. What one piece costs everybody is its regular price or a reduction."
    )


class GroupUnknown(MarketError):
    code, status = "customer_group_unknown", 404
    message = _("There is no such group of customers in this shop.")
