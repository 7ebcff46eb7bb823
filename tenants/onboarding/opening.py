"""What is still lacking before the shop of an approved applicant opens: one list, to which other parts of the product add conditions.

Reviews that have passed make the merchant; its shop is born when nothing is lacking any more. A condition looks at how things are now,
answers None where it is fulfilled or not asked for, and is listed in marketplace/config/subscriptions.py, so that imports keep their
direction. Whoever fulfils one calls go_on_opening() in the same transaction; whether that was the last is seen after the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from marketplace.kernel.outbox import record
from tenants.onboarding.models import Application
from tenants.tenancy.events import ShopRequested
from tenants.tenancy.models import Merchant


@dataclass(frozen=True)
class Lack:
    """Something that has to be done first. `label` and `hint` in the reader's language, to the applicant.

    `href`: where the applicant does it, on the market's host; "" where the market has to act, and the applicant waits.
    """

    code: str
    label: str
    hint: str = ""
    href: str = ""

    @property
    def is_markets(self) -> bool:
        return not self.href


Condition = Callable[[Application], Lack | None]
_conditions: list[Condition] = []


def install(conditions: Iterable[Condition]) -> None:
    """In the order in which an applicant does them."""
    _conditions[:] = conditions


def lacks_of(merchant: Merchant) -> list[Lack]:
    """What is lacking before this shop opens, in the reader's language. A shop that the operator opens by hand waits for nothing."""
    if merchant.status != Merchant.Status.OPENING:
        return []
    row = Application.objects.select_related("applicant", "merchant").filter(merchant=merchant).first()
    if row is None:
        return []
    return [lack for condition in _conditions if (lack := condition(row)) is not None]


def go_on_opening(*, merchant_id: UUID) -> None:
    """Something that was lacking is there: look again after the commit. Safe to repeat; nothing happens for a shop that is open."""
    row = Application.objects.filter(merchant_id=merchant_id, merchant__status=Merchant.Status.OPENING).first()
    if row is not None:
        record(ShopRequested(merchant_id=merchant_id, owner_id=row.applicant_id))
