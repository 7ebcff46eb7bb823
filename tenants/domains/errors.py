from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError


class DomainUnusable(MarketError):
    code, status, field = "domain_unusable", 422, "host"
    message = _("“{host}” cannot be a shop's address: {why}")


class DomainTaken(MarketError):
    code, status, field = "domain_taken", 409, "host"
    message = _("“{host}” answers here already, for this shop or another.")


class DomainNotReady(MarketError):
    code, status = "domain_not_ready", 409
    message = _("“{host}” can be the shop's address once its record is found and it leads to the market. {why}")


class TooManyDomains(MarketError):
    code, status, field = "too_many_domains", 409, "host"
    message = _("A shop has at most {most} domains of its own. Remove one first.")
