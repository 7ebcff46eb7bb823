"""Whether an applicant has to say what it will sell: where something that is asked of it depends on that.

Requirements by category are known here; other parts of the product add theirs, listed in marketplace/config/subscriptions.py, so that imports
keep their direction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tenants.onboarding.models import Application, Requirement

Asks = Callable[[], bool]
_asks: list[Asks] = []


def install(asks: Iterable[Asks]) -> None:
    """Each says whether something else is asked by category."""
    _asks[:] = asks


def depends_on_goods(row: Application) -> bool:
    requirements = Requirement.objects.filter(is_active=True)
    by_category = any(one.categories and one.is_asked_of(row.kind, row.sells_many_brands) for one in requirements)
    return by_category or any(ask() for ask in _asks)
