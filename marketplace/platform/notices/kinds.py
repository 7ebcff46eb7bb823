"""Kinds of notices: who reads one, what it says in our words, which of its places must stay, and what may be refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from django.utils.translation import pgettext_lazy


class Audience(Enum):
    """Whose notices they are, as choosing and the console group them."""

    BUYER = "buyer"
    SHOP = "shop"
    MARKET = "market"

    @property
    def label(self) -> str:
        return str(AUDIENCES[self])


AUDIENCES = {
    Audience.BUYER: pgettext_lazy("notices for", "Buyers"),
    Audience.SHOP: pgettext_lazy("notices for", "Shops"),
    Audience.MARKET: pgettext_lazy("notices for", "Market"),
}


@dataclass(frozen=True)
class Kind:
    """`subject`, `body` and `sms` are our words as gettext has them, with places in braces; `facts` an example for each place.

    A paragraph of the body in which a named place is empty is left out. `needed` places must stand in what an operator writes.
    A service notice cannot be refused. What is not urgent may wait for the daily letter or for the end of quiet hours.
    """

    code: str
    audience: Audience
    label: str
    subject: str
    body: Sequence[str]
    facts: Mapping[str, str] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    button: str = ""
    closing: Sequence[str] = ()
    sms: str = ""
    sms_needed: frozenset[str] = frozenset({"link"})
    is_service: bool = True
    is_urgent: bool = True
    is_secret: bool = False  # its link lets somebody in: it is kept nowhere but in the mail

    @property
    def may_refuse_mail(self) -> bool:
        return not self.is_service

    @property
    def places(self) -> frozenset[str]:
        """What may stand in braces."""
        return frozenset(self.facts) | {"market"}


ALL: dict[str, Kind] = {}


def add(kinds: Iterable[Kind]) -> None:
    """Enter kinds into the catalogue. Raises ValueError for a code that is taken, or a place without example."""
    for kind in kinds:
        if kind.code in ALL:
            raise ValueError(f"two kinds of notices are called {kind.code}")
        ALL[kind.code] = kind


def kind_of(code: str) -> Kind:
    """The kind, or, for a letter that has no words in the catalogue, a service notice of that name."""
    return ALL.get(code) or Kind(code, Audience.BUYER, "", "", ())
