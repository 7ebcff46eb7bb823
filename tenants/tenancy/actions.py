"""The market and its merchants: verbs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.outbox import record
from marketplace.kernel.verbs import verb
from tenants.tenancy.birth import load_merchant
from tenants.tenancy.errors import MarketExists, MerchantUnknown, OwnershipStays, SlugTaken
from tenants.tenancy.events import ShopOpened, ShopRequested
from tenants.tenancy.hosts import console_url, shop_host, workbench_host
from tenants.tenancy.models import (
    RESERVED_SLUGS,
    Domain,
    Market,
    Merchant,
    schema_name_of,
)
from tenants.tenancy.schemas import merchant_schema
from tenants.tenancy.versions import code_version


@verb
def open_market(
    *,
    by: Actor,
    names: Mapping[str, str],
    currency: str,
    zone: str,
    languages: list[str],
    contact_email: str,
    rail: str,
    hold_minutes: int = 30,
    receive_days: int = 10,
    settle_days: int = 7,
) -> Market:
    """Write the market and its two hosts. Raises MarketExists the second time."""
    with transaction.atomic():
        if Market.objects.exists():
            raise MarketExists
        market = Market.objects.create(
            names=dict(names),
            currency=currency,
            zone=zone,
            languages=languages,
            contact_email=contact_email,
            rail=rail,
            hold_minutes=hold_minutes,
            receive_days=receive_days,
            settle_days=settle_days,
        )
        Domain.objects.create(host=settings.BASE_HOST, kind=Domain.Kind.MARKET)
        Domain.objects.create(host=console_url("").split("//")[1].split(":")[0], kind=Domain.Kind.CONSOLE)
        _set_site(settings.BASE_HOST, names)
        audit(by=by, action="market.opened", subject="market", subject_id=market.pk, after={"names": market.names, "currency": currency, "zone": zone})
    return market


PERIODS = {
    "hold_minutes": (5, 1440),
    "ship_days": (1, 90),
    "receive_days": (1, 90),
    "return_days": (0, 90),
    "answer_days": (1, 30),
    "settle_days": (0, 90),
}


@verb
def set_periods(*, by: Actor, periods: Mapping[str, int], why: str) -> Market:
    """How long things wait, from now on; deadlines that run stay as they were set. Raises InvalidInput, ReasonMissing."""
    check_reason(why)
    for name, value in periods.items():
        least, most = PERIODS[name]
        if not least <= value <= most:
            raise InvalidInput(field=name, why=_("Choose from {least} to {most}.").format(least=least, most=most))
    with transaction.atomic():
        market = Market.objects.select_for_update().get()
        changed = {name: value for name, value in periods.items() if getattr(market, name) != value}
        if changed:
            before = {name: getattr(market, name) for name in changed}
            for name, value in changed.items():
                setattr(market, name, value)
            market.save(update_fields=list(changed))
            audit(by=by, action="market.periods_set", subject="market", subject_id=market.pk, before=before, after=changed, why=why.strip())
    return market


MOST_SAID = 200  # characters


@verb
def set_profile(*, by: Actor, run_by: str, positioning: str, stands_for: Mapping[str, str], why: str) -> Market:
    """Who runs the market and what it stands for, as merchants read it before they apply; each may be empty. Raises InvalidInput, ReasonMissing."""
    check_reason(why)
    said = {code: " ".join(text.split()) for code, text in stands_for.items() if text.strip()}
    if run_by and run_by not in Market.RunBy:
        raise InvalidInput(field="run_by", why=_("Choose one of the kinds."))
    if positioning and positioning not in Market.Positioning:
        raise InvalidInput(field="positioning", why=_("Choose one of the three."))
    for code, text in said.items():
        if len(text) > MOST_SAID:
            raise InvalidInput(field=f"stands_for_{code[:2]}", why=_("Write at most {most} characters.").format(most=MOST_SAID))
    with transaction.atomic():
        market = Market.objects.select_for_update().get()
        wanted = {"run_by": run_by, "positioning": positioning, "stands_for": said}
        changed = {name: value for name, value in wanted.items() if getattr(market, name) != value}
        if changed:
            before = {name: getattr(market, name) for name in changed}
            for name, value in changed.items():
                setattr(market, name, value)
            market.save(update_fields=list(changed))
            audit(by=by, action="market.profile_set", subject="market", subject_id=market.pk, before=before, after=changed, why=why.strip())
    return market


@verb
def request_merchant(
    *, by: Actor, merchant_id: UUID, slug: str, names: Mapping[str, str], contact_email: str, owner_id: UUID, is_own: bool = False
) -> Merchant:
    """Let a merchant in: the row is there at once, schema and shop follow within seconds by a worker. `is_own`: it is the market's own shop.

    `merchant_id` is made by the form, so the same form sent twice lets one merchant in. Raises SlugTaken, InvalidInput, OwnershipStays.
    """
    slug = slug.strip().lower()
    with transaction.atomic():
        if same := Merchant.objects.filter(pk=merchant_id).first():
            if same.is_own != is_own:
                raise OwnershipStays(shop=same.name)
            return same
        if slug in RESERVED_SLUGS or Merchant.objects.filter(slug=slug).exists():
            raise SlugTaken(slug=slug)
        merchant = Merchant(
            pk=merchant_id,
            schema_name=schema_name_of(merchant_id),
            slug=slug,
            names={k: v for k, v in names.items() if v},
            contact_email=contact_email,
            is_own=is_own,
            ordinal=(Merchant.objects.aggregate(last=Max("ordinal"))["last"] or 0) + 1,
        )
        try:
            merchant.clean_fields(exclude={field.name for field in Merchant._meta.fields} - {"slug", "names", "contact_email"})
        except ValidationError as wrong:
            field, messages = next(iter(wrong.message_dict.items()))
            raise InvalidInput(field=field, why=messages[0]) from wrong
        try:
            with transaction.atomic():
                merchant.save(force_insert=True)
        except IntegrityError as taken:
            raise SlugTaken(slug=slug) from taken
        about: dict[str, Any] = {"by": by, "subject": "merchant", "subject_id": merchant.pk, "merchant_id": merchant.pk}
        if is_own:
            audit(action="merchant.own_requested", **about, after={"slug": slug, "names": merchant.names})
        else:
            audit(action="merchant.requested", **about, after={"slug": slug, "names": merchant.names})
        record(ShopRequested(merchant_id=merchant.pk, owner_id=owner_id))
    return merchant


@verb
def bear_merchant(*, by: Actor, merchant_id: UUID) -> bool:
    """Schema, hosts and site of a merchant in one transaction. False if it was born before."""
    with transaction.atomic():
        merchant = Merchant.objects.select_for_update().filter(pk=merchant_id).first()
        if merchant is None:
            raise MerchantUnknown
        if merchant.status != Merchant.Status.OPENING:
            return False
        load_merchant(merchant.schema_name)
        Domain.objects.create(host=shop_host(merchant.slug), kind=Domain.Kind.SHOP, tenant=merchant)
        Domain.objects.create(host=workbench_host(merchant.slug), kind=Domain.Kind.WORKBENCH, tenant=merchant)
        with merchant_schema(merchant_id):
            _set_site(shop_host(merchant.slug), merchant.names)
        merchant.status, merchant.opened_at, merchant.schema_version = Merchant.Status.OPEN, clock.now(), code_version("merchant")
        merchant.save(update_fields=["status", "opened_at", "schema_version"])
        audit(
            by=by,
            action="merchant.opened",
            subject="merchant",
            subject_id=merchant_id,
            merchant_id=merchant_id,
            before={"status": "opening"},
            after={"status": "open"},
        )
    return True


def _set_site(host: str, names: Mapping[str, str]) -> None:
    """Wagtail finds its pages by the host of this schema's one site."""
    port = settings.BASE_PORT or (443 if settings.HTTPS else 80)
    title = names.get("zh-hans") or next(iter(names.values()))
    Site.objects.update(hostname=host, port=port, site_name=title[:255])
    Page.objects.filter(depth=2).update(title=title, draft_title=title)


def announce_opened(*, merchant_id: UUID, owner_id: UUID) -> None:
    """Record that the shop can trade, in the transaction of its birth."""
    record(ShopOpened(merchant_id=merchant_id, owner_id=owner_id))
