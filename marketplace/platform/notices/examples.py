"""Facts for the preview of words: invented, and written as real ones are in the language of the preview."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from marketplace.kernel import clock
from marketplace.kernel.formats import format_money, format_time
from marketplace.kernel.money import Money
from marketplace.platform.notices.kinds import Kind
from tenants.tenancy.models import Market

AT, MONEY = "(time)", "(money)"
GROUP, ORDER, RETURN, STATEMENT, REQUEST = "20260502-1042", "20260502-1042-1", "20260502-1042-1-R1", "S-20260430-7", "A-20260502-3"
SHOP, PRODUCT = _("Kiln"), _("Mug, glazed by hand")
GOODS = _("Mug, glazed by hand × 2")
CARRIER, TRACKING = _("SF Express"), "SF1234567890"
REASON = _("The glaze has a crack")
PERSON = _("Lin Xiaoming")


def examples(kind: Kind) -> dict[str, str]:
    """A fact for each place of the kind, in the active language."""
    market = Market.objects.get()
    made = {AT: format_time(clock.now() + timedelta(days=2)), MONEY: format_money(Money(12_166, market.currency))}
    return {name: made.get(value) or gettext(value) for name, value in kind.facts.items()}
