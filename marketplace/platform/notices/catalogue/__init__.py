"""Every kind of notice with our words for it. Operators write their own in the console; these are what one returns to."""

from __future__ import annotations

from marketplace.platform.notices import kinds
from marketplace.platform.notices.catalogue import accounts, buyers, closing, domains, evaluations, fees, market, papers, returns, shops, wished


def enter() -> None:
    """Once, when the app is ready; loading it twice changes nothing."""
    if not kinds.ALL:
        of_shops = [*shops.KINDS, *closing.KINDS, *domains.KINDS, *papers.KINDS, *fees.KINDS, *evaluations.KINDS]
        kinds.add([*buyers.KINDS, *of_shops, *market.KINDS, *accounts.KINDS, *returns.KINDS, *wished.KINDS])
