from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class FormGone(MarketError):
    code, status = "form_gone", 404
    message = _("This form is not on the page any more. Go back, reload the page and look again.")


class NothingToUndo(MarketError):
    code, status = "nothing_to_undo", 409
    message = _("There is no earlier version of this page to go back to.")
