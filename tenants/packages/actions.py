"""What is offered, and at which price: verbs. Changing what somebody has, and charging it, crosses apps: marketplace/flows/rent.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.money import Money
from marketplace.kernel.outbox import record
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from tenants.packages.errors import OfferUnknown
from tenants.packages.events import PackagePublished
from tenants.packages.models import Extra, Limit, OwnPrice, PackageVersion, ServicePackage, Subscription
from tenants.packages.queries import newest_version, today
from tenants.tenancy.errors import MerchantUnknown
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.own import check_not_own

SET_PRICE = "package.price"  # the kind of request for two people: versions, own prices, extras
NOTICE = timedelta(days=30)  # between announcing what is worse for who has a package, and its first month
MOST = 10**13
MOST_OF_ANYTHING = 10**7


def check_names(names: Mapping[str, str]) -> dict[str, str]:
    """Texts by language without those that are empty. Raises InvalidInput where all are."""
    kept = {code: text.strip()[:120] for code, text in names.items() if text.strip()}
    if not kept:
        raise InvalidInput(field="name_zh", why=_("Give it a name in at least one language."))
    return kept


def check_price(minor: int, field: str = "price") -> None:
    if not 0 <= minor < MOST:
        raise InvalidInput(field=field, why=_("Write an amount of zero or more."))


def check_limits(limits: Mapping[str, int | None], least: int = 0) -> dict[str, int]:
    kept = {name: int(n) for name, n in limits.items() if n is not None}
    for name, n in kept.items():
        if name not in Limit.values or not least <= n <= MOST_OF_ANYTHING:
            raise InvalidInput(field=name, why=_("Write a whole number, or nothing for as many as one likes."))
    return kept


def is_worse(former: PackageVersion, monthly_minor: int, limits: Mapping[str, int]) -> bool:
    """Whether who has the package pays more, or may have less."""
    return monthly_minor > former.monthly_minor or any(former.limit(name) is None or n < former.limit(name) for name, n in limits.items())  # type: ignore[operator]


def check_version(*, code: str, monthly_minor: int, limits: Mapping[str, int | None], existing_from: date, is_default: bool) -> dict[str, int]:
    """The limits as they are kept. Raises InvalidInput."""
    check_price(monthly_minor, "price")
    kept = check_limits(limits)
    if not code.replace("-", "").isalnum() or code != code.lower() or len(code) > 40:
        raise InvalidInput(field="code", why=_("Use small letters, digits and hyphens."))
    if is_default and monthly_minor:
        raise InvalidInput(field="price", why=_("The package of who has chosen none is free: nobody is charged for what they did not choose."))
    if existing_from < today():
        raise InvalidInput(field="existing_from", why=_("This day is past."))
    package = ServicePackage.objects.filter(code=code).first()
    former = newest_version(package) if package else None
    if former is not None and is_worse(former, monthly_minor, kept) and existing_from < today() + NOTICE:
        raise InvalidInput(
            field="existing_from", why=_("It costs more or holds less, so shops that have it are told at least {days} days before.").format(days=NOTICE.days)
        )
    return kept


@verb
def publish_version(
    *,
    by: Actor,
    code: str,
    names: Mapping[str, str],
    texts: Mapping[str, str],
    monthly_minor: int,
    limits: Mapping[str, int | None],
    existing_from: date,
    is_default: bool,
    why: str,
) -> PackageVersion:
    """A new package, or another version of one: for who chooses it from now on, for who has it with the first month from `existing_from` on.

    Raises SecondPersonNeeded, InvalidInput, ReasonMissing.
    """
    needs_two(by, SET_PRICE)
    check_reason(why)
    with transaction.atomic():
        kept = check_version(code=code, monthly_minor=monthly_minor, limits=limits, existing_from=existing_from, is_default=is_default)
        package, _made = ServicePackage.objects.select_for_update().get_or_create(code=code, defaults={"position": ServicePackage.objects.count()})
        former = newest_version(package)
        if is_default and not package.is_default:
            ServicePackage.objects.filter(is_default=True).update(is_default=False)
        package.is_default, package.is_offered = is_default, True
        package.save(update_fields=["is_default", "is_offered"])
        row = PackageVersion.objects.create(
            package=package,
            number=former.number + 1 if former else 1,
            names=check_names(names),
            texts={lang: text.strip()[:1000] for lang, text in texts.items() if text.strip()},
            currency=Market.objects.get().currency,
            monthly_minor=monthly_minor,
            limits=kept,
            existing_from=existing_from,
            by_label=by.label,
        )
        before = {"monthly": former.monthly_minor, "limits": former.limits} if former else None
        after = {"monthly": monthly_minor, "limits": kept, "for shops that have it from": existing_from.isoformat()}
        audit(by=by, action="package.published", subject="package", subject_id=code, before=before, after=after, why=why)
        record(PackagePublished(version_id=row.pk))
    return row


@verb
def offer_package(*, by: Actor, package_id: UUID, is_offered: bool, why: str) -> ServicePackage:
    """Whether it can be chosen; who has it keeps it. Raises OfferUnknown, ReasonMissing."""
    check_reason(why)
    with transaction.atomic():
        row = ServicePackage.objects.select_for_update().filter(pk=package_id).first()
        if row is None:
            raise OfferUnknown
        before, row.is_offered = row.is_offered, is_offered
        row.save(update_fields=["is_offered"])
        what: dict[str, Any] = {"before": {"offered": before}, "after": {"offered": is_offered}}
        audit(by=by, action="package.offered", subject="package", subject_id=row.code, why=why, **what)
    return row


def check_own_price(merchant_id: UUID, package_id: UUID, monthly_minor: int, from_day: date, until_day: date | None) -> None:
    """Raises InvalidInput, MerchantUnknown, OfferUnknown, NotForOwnShops."""
    check_price(monthly_minor)
    if not Merchant.objects.filter(pk=merchant_id).exists():
        raise MerchantUnknown
    check_not_own(merchant_id)
    if not ServicePackage.objects.filter(pk=package_id).exists():
        raise OfferUnknown
    if until_day is not None and until_day < from_day:
        raise InvalidInput(field="until", why=_("The last day comes after the first."))
    version = newest_version(ServicePackage.objects.get(pk=package_id))
    dearer = version is None or monthly_minor > version.monthly_minor
    if from_day < (today() + NOTICE if dearer else today()):
        raise InvalidInput(field="from", why=_("A lower price holds from today at the earliest, a higher one after {days} days.").format(days=NOTICE.days))


@verb
def set_own_price(*, by: Actor, merchant_id: UUID, package_id: UUID, monthly_minor: int, from_day: date, until_day: date | None, why: str) -> OwnPrice:
    """Another price for one merchant, for months that begin in this span. Raises SecondPersonNeeded, ReasonMissing, what check_own_price() does."""
    needs_two(by, SET_PRICE)
    check_reason(why)
    with transaction.atomic():
        check_own_price(merchant_id, package_id, monthly_minor, from_day, until_day)
        package = ServicePackage.objects.get(pk=package_id)
        row = OwnPrice.objects.create(
            merchant_id=merchant_id,
            package=package,
            currency=Market.objects.get().currency,
            monthly_minor=monthly_minor,
            from_day=from_day,
            until_day=until_day,
            reason=why.strip()[:500],
            by_label=by.label,
        )
        audit(
            by=by,
            action="package.own_price_set",
            subject="package",
            subject_id=package.code,
            merchant_id=merchant_id,
            before={"monthly": None},
            after={"monthly": monthly_minor, "from": from_day, "until": until_day},
            why=why,
        )
        Subscription.objects.filter(pk=merchant_id).update(changed_at=row.at)
    return row


@verb
def put_extra(
    *, by: Actor, code: str, kind: str, names: Mapping[str, str], texts: Mapping[str, str], adds: Mapping[str, int | None], price: Money, why: str
) -> Extra:
    """Offer an add-on (price a day) or a service (price once); another price stands instead of the former, which what is bought keeps.

    Raises SecondPersonNeeded, InvalidInput, ReasonMissing.
    """
    needs_two(by, SET_PRICE)
    check_reason(why)
    kept = check_extra(code, kind, adds, price.minor)
    with transaction.atomic():
        former = Extra.objects.select_for_update().filter(code=code, is_offered=True).first()
        if former is not None:
            former.is_offered = False
            former.save(update_fields=["is_offered"])
        row = Extra.objects.create(
            code=code,
            kind=kind,
            names=check_names(names),
            texts={lang: text.strip()[:1000] for lang, text in texts.items() if text.strip()},
            adds=kept,
            currency=price.currency,
            price_minor=price.minor,
            by_label=by.label,
        )
        before = {"price": former.price_minor, "adds": former.adds} if former else None
        audit(by=by, action="extra.put", subject="extra", subject_id=code, before=before, after={"price": price.minor, "adds": kept}, why=why)
    return row


def check_extra(code: str, kind: str, adds: Mapping[str, int | None], minor: int) -> dict[str, int]:
    """What it adds, as it is kept. Raises InvalidInput."""
    check_price(minor)
    if kind not in Extra.Kind.values:
        raise InvalidInput(field="kind", why=_("Choose what it is."))
    if not code.replace("-", "").isalnum() or code != code.lower() or len(code) > 40:
        raise InvalidInput(field="code", why=_("Use small letters, digits and hyphens."))
    kept = {name: n for name, n in check_limits(adds).items() if n} if kind == Extra.Kind.ADD_ON else {}
    if kind == Extra.Kind.ADD_ON and not kept:
        raise InvalidInput(field="products", why=_("Say what it adds, and how many."))
    return kept
