"""Which contract a merchant has, which it is to sign, and what follows when there is none."""

from __future__ import annotations

import calendar
import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone, translation

from marketplace.kernel import clock
from tenants.contracts.models import Contract, ContractTemplate
from tenants.contracts.placeholders import Facts, filled, values_of
from tenants.onboarding.dossiers import dossier_of
from tenants.onboarding.standing import seller_of
from tenants.tenancy.models import Market, Merchant

REMINDED_AT = (30, 7, 1)  # days before the end
RENEWED_WITHIN = timedelta(days=30)  # before the end the next one may be signed


@dataclass(frozen=True)
class Offer:
    """A contract that a merchant may sign now, in one language."""

    template: ContractTemplate
    language: str
    text: str
    starts_at: datetime
    ends_at: datetime
    follows: Contract | None = None

    @property
    def sha256(self) -> str:
        return sha256_of(self.text)


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def months_later(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + year, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def template_for(merchant: Merchant) -> ContractTemplate | None:
    """The published one of its kind of seller, else that for all; None: the market makes no contracts, or the shop is its own."""
    if merchant.is_own:
        return None
    kind = seller_of(merchant.pk)[0]
    rows = {row.kind: row for row in ContractTemplate.objects.filter(status=ContractTemplate.Status.PUBLISHED, kind__in={kind, ""})}
    return rows.get(kind) or rows.get("")


def makes_contracts() -> bool:
    """Whether the market asks anybody to sign one."""
    return ContractTemplate.objects.filter(status=ContractTemplate.Status.PUBLISHED).exists()


def contract_of(merchant: Merchant) -> Contract | None:
    """The one that holds now, else the one that will, else the one that waits for the market."""
    now = clock.now()
    rows = [row for row in merchant.contracts.filter(status__in=Contract.OPEN).order_by("starts_at") if row.ends_at > now]
    return next((row for row in rows if row.holds(now)), None) or (rows[0] if rows else None)


def last_contract(merchant: Merchant) -> Contract | None:
    """The one of those both have signed that ends, or ended, last."""
    return merchant.contracts.filter(market_signed_at__isnull=False).order_by("-ends_at").first()


def is_without(merchant: Merchant) -> bool:
    """Whether it had a contract, and has none now: nothing new goes on sale then. Whoever never had one is only asked."""
    last = last_contract(merchant)
    return last is not None and last.ends_at <= clock.now()


def shops_without() -> QuerySet[Merchant]:
    """Shops that trade on after their last contract has ended; `ended_at` says when."""
    signed = Contract.objects.filter(merchant=OuterRef("pk"), market_signed_at__isnull=False)
    trading = Merchant.objects.exclude(status__in=[Merchant.Status.OPENING, Merchant.Status.CLOSED])
    return trading.annotate(ended_at=Subquery(signed.order_by("-ends_at").values("ends_at")[:1])).filter(ended_at__lte=clock.now())


def offer_to(merchant: Merchant, language: str) -> Offer | None:
    """What it may sign now; None where nothing is published, one waits for the market, or the present one runs on for a while."""
    template = template_for(merchant)
    if template is None or merchant.contracts.filter(status=Contract.Status.SIGNED).exists():
        return None
    now, market = clock.now(), Market.objects.get()
    last = last_contract(merchant)
    if last is not None and last.ends_at - now > RENEWED_WITHIN:
        return None
    follows = last if last is not None and last.ends_at > now else None
    starts_at = follows.ends_at if follows else datetime.combine(clock.day_of(now, market.tz), time(), market.tz)
    starts_at = starts_at.astimezone(market.tz)
    ends_at = months_later(starts_at, template.months)
    code = language if template.texts.get(language) else template.text.language
    with translation.override(code), timezone.override(market.tz):
        text = filled(template.texts[code], values_of(Facts(merchant, dossier_of(merchant), template.months, starts_at, ends_at)))
    return Offer(template, code, text, starts_at, ends_at, follows)
