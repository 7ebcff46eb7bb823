"""What may stand in braces in a contract template, and what stands there in the contract of one merchant.

What only parts above know (commission, categories, a deposit) they add: `install()`, from marketplace/config/subscriptions.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext, pgettext_lazy

from marketplace.kernel.formats import full_day
from marketplace.kernel.texts import localised
from tenants.onboarding.models import Application, Dossier
from tenants.onboarding.standing import seller_of
from tenants.tenancy.models import Market, Merchant

IN_BRACES = re.compile(r"\{\s*([^{}]*?)\s*\}")


@dataclass(frozen=True)
class Facts:
    """Of one contract, while its text is filled in. The active language is that of the contract."""

    merchant: Merchant
    dossier: Dossier
    months: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Placeholder:
    """`example`: what a preview shows. `value`: the words for one contract, in the active language."""

    name: str
    label: str | Promise
    example: str | Promise
    value: Callable[[Facts], str]


def term(months: int) -> str:
    return ngettext("{n} month", "{n} months", months).format(n=months)


def _kind(facts: Facts) -> str:
    kind = seller_of(facts.merchant.pk)[0]
    return str(Application.Kind(kind).label) if kind else _("Merchant")


OWN = (
    Placeholder("market", _lazy("Name of the market"), "", lambda facts: Market.objects.get().name),
    Placeholder("company", _lazy("Company, as on the licence"), _lazy("Example Trading Co., Ltd"), lambda facts: facts.dossier.company),
    Placeholder("credit_code", _lazy("Licence number"), "91330106MA2CFKQ82L", lambda facts: facts.dossier.licence_number),
    Placeholder("representative", _lazy("Legal representative"), pgettext_lazy("example", "Wang Fang"), lambda facts: facts.dossier.representative),
    Placeholder("address", _lazy("Service address"), _lazy("1 Example Road, Shanghai"), lambda facts: facts.dossier.service_address or "–"),
    Placeholder("shop", _lazy("Name of the shop"), _lazy("Example shop"), lambda facts: localised(facts.dossier.names or facts.merchant.names).text),
    Placeholder("kind", _lazy("Kind of seller"), Application.Kind.MANUFACTURER.label, _kind),
    Placeholder("term", _lazy("Term"), "", lambda facts: term(facts.months)),
    Placeholder("start", _lazy("First day"), "", lambda facts: full_day(facts.starts_at)),
    Placeholder("end", _lazy("Last day"), "", lambda facts: full_day(facts.ends_at - timedelta(microseconds=1))),
)
_added: list[Placeholder] = []


def install(added: Iterable[Placeholder]) -> None:
    _added[:] = added


def placeholders() -> list[Placeholder]:
    return [*OWN, *_added]


def unknown_in(text: str) -> list[str]:
    """What stands in braces and means nothing, and single braces, as they are written."""
    known = {one.name for one in placeholders()}
    wrong = ["{" + name + "}" for name in IN_BRACES.findall(text) if name not in known]
    rest = IN_BRACES.sub("", text)
    return wrong + [sign for sign in "{}" if sign in rest]


def is_in(name: str, text: str) -> bool:
    return name in IN_BRACES.findall(text)


def filled(text: str, values: Mapping[str, str]) -> str:
    return IN_BRACES.sub(lambda found: values[found.group(1)], text)


def values_of(facts: Facts) -> dict[str, str]:
    return {one.name: one.value(facts) for one in placeholders()}


def examples(months: int, starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    """Invented values for a preview, in the active language; what does not depend on a merchant is true."""
    true = {
        "market": Market.objects.get().name,
        "term": term(months),
        "start": full_day(starts_at),
        "end": full_day(ends_at - timedelta(microseconds=1)),
    }
    return {one.name: str(one.example) for one in placeholders()} | true
