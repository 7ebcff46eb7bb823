"""Payment rails behind one port. A rail declares what it may do; the journal is the truth in all of them."""

from __future__ import annotations

from functools import cache
from typing import cast

from django.conf import settings

from marketplace.platform.payments.rails.port import Connect, Rail, RailUnknown

CODES = ("sandbox", "stripe")
# Where merchants of one platform can have accounts that separate charges pay to: https://docs.stripe.com/connect/separate-charges-and-transfers
ACCOUNT_COUNTRIES = (
    *("AT", "AU", "BE", "BG", "BR", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HK", "HR", "HU"),
    *("IE", "IT", "JP", "LI", "LT", "LU", "LV", "MT", "MX", "MY", "NL", "NO", "NZ", "PL", "PT", "RO", "SE", "SG", "SI", "SK", "TH", "US"),
)


@cache
def rail_named(code: str) -> Rail:
    """Raises RailUnknown. A provider's library is loaded when its rail is first asked for: not every market has every provider."""
    if code == "sandbox":
        from marketplace.platform.payments.rails.sandbox import RAIL as SANDBOX

        return SANDBOX
    if code == "stripe":
        from marketplace.platform.payments.rails.stripe import RAIL as STRIPE

        return STRIPE
    raise RailUnknown


def connect_rail(code: str = "stripe") -> Connect:
    """A rail at which merchants have accounts. Raises RailUnknown where it is not set up."""
    if not has_connect():
        raise RailUnknown
    return cast(Connect, rail_named(code))


def available_rails() -> list[str]:
    """What buyers can pay by here."""
    return [code for code in CODES if code != "stripe" or has_connect()]


def has_connect() -> bool:
    """Whether merchants can be paid at a rail here."""
    return bool(settings.STRIPE_SECRET_KEY)
