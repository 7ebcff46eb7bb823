"""Refusals about what belongs to a person."""

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class TooManyKept(MarketError):
    code, status = "too_many_kept", 409
    message = _("You keep {most} already. Take some out first; nothing was changed.")
