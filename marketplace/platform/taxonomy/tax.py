"""The tax that is in a price: rates by class, province and date, and one pure function. Consumer prices include it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from marketplace.kernel.money import Money
from marketplace.platform.taxonomy.errors import NoTaxRate
from marketplace.platform.taxonomy.models import TaxRate


@dataclass(frozen=True)
class TaxTable:
    """The rates in force at one moment, to ask for many lines at once."""

    rates: Mapping[tuple[str, str], Decimal]  # (class, province or "")

    def rate(self, tax_class: str, region: str) -> Decimal:
        """The province's own rate, else that for everywhere. Raises NoTaxRate: a missing rate is refused, never read as zero."""
        for place in (region[:2], ""):
            if (tax_class, place) in self.rates:
                return self.rates[tax_class, place]
        raise NoTaxRate(tax_class=tax_class)


def tax_table(at: datetime) -> TaxTable:
    """One query. The later rate of a class and province wins."""
    rows = TaxRate.objects.filter(since__lte=at).order_by("since", "pk").values_list("tax_class", "region", "rate")
    return TaxTable({(tax_class, region): rate for tax_class, region, rate in rows})


def tax_in(gross: Money, rate: Decimal) -> Money:
    """What of an amount is tax: gross × rate ÷ (1 + rate), rounded half up, once."""
    return gross.times(rate, 1 + rate)
