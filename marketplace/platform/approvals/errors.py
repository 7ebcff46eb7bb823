from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class RequestUnknown(MarketError):
    code, status = "request_unknown", 404
    message = _("There is no request with this number.")


class RequestDecided(MarketError):
    code, status = "request_decided", 409
    message = _("This request no longer waits: it was decided, withdrawn, or has expired. Reload the page to see how it stands.")


class SamePerson(MarketError):
    code, status = "same_person", 403
    message = _("You asked for this yourself. Somebody else has to approve it; you can withdraw it.")


class NotYourRequest(MarketError):
    code, status = "not_your_request", 403
    message = _("Only who asked for this can withdraw it. You can refuse it, with a reason.")


class RequestOutdated(MarketError):
    code, status = "request_outdated", 409
    message = _("Things have changed since this was asked for, so it can no longer be carried out as it stands. Refuse it and have it asked for anew.")


class AlreadyAsked(MarketError):
    code, status = "already_asked", 409
    message = _("This is asked for already and waits for a second person: {number}.")
