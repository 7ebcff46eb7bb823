from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class ColourTooNear(MarketError):
    code, status = "colour_too_near", 422
    field = "brand"
    message = _("This red is the market's own for price reductions and errors: buyers would take your buttons for warnings. Choose another colour.")


class NoSuchRevision(MarketError):
    code, status = "no_such_revision", 404
    message = _("This earlier look is not kept any more. Reload the page and choose another.")
