"""Which package somebody has, at which price, and how much of what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models import Q

from marketplace.kernel import clock
from marketplace.kernel.money import Money
from tenants.packages.models import AddOn, Limit, OwnPrice, PackageVersion, ServicePackage, StorageUse, Subscription
from tenants.tenancy.models import Market
from tenants.tenancy.own import is_own

MB = 1024 * 1024


def today() -> date:
    """In the market's zone, as all days here."""
    return clock.day_of(clock.now(), Market.objects.get().tz)


def newest_version(package: ServicePackage) -> PackageVersion | None:
    """What somebody gets who chooses it now."""
    return package.versions.order_by("-number").first()


def version_for(package: ServicePackage, day: date) -> PackageVersion | None:
    """What somebody has on a day who has the package already: the newest that may reach them by then, or the first there ever was."""
    return package.versions.filter(existing_from__lte=day).order_by("-number").first() or package.versions.order_by("number").first()


def default_version() -> PackageVersion | None:
    """Of who has chosen nothing; None where nothing is limited."""
    package = ServicePackage.objects.filter(is_default=True).first()
    return version_for(package, today()) if package else None


def subscription_of(merchant_id: UUID) -> Subscription | None:
    return Subscription.objects.filter(pk=merchant_id).select_related("version__package", "next_package").first()


def version_of(merchant_id: UUID) -> PackageVersion | None:
    """None: nothing limits it, as it is with the market's own shop."""
    if is_own(merchant_id):
        return None
    found = subscription_of(merchant_id)
    return found.version if found else default_version()


def price_for(merchant_id: UUID, version: PackageVersion, day: date) -> Money:
    """What a month that begins on this day, or a change on it, counts by: the merchant's own price, or the version's."""
    own = OwnPrice.objects.filter(Q(until_day=None) | Q(until_day__gte=day), merchant_id=merchant_id, package_id=version.package_id, from_day__lte=day)
    found = own.order_by("-at", "-pk").first()
    return found.monthly if found else version.monthly  # type: ignore[no-any-return]


def added(merchant_id: UUID, day: date) -> dict[str, int]:
    """How many more add-ons give on a day."""
    more: dict[str, int] = {}
    for row in AddOn.objects.filter(merchant_id=merchant_id, from_day__lte=day, to_day__gt=day).select_related("extra"):
        for name, n in row.extra.adds.items():
            more[name] = more.get(name, 0) + int(n) * row.quantity
    return more


def limits_of(merchant_id: UUID) -> Mapping[str, int | None]:
    """How much of each a merchant may have now; None: as much as it likes."""
    version = version_of(merchant_id)
    if version is None:
        return dict.fromkeys(Limit.values)
    more = added(merchant_id, today())
    return {name: None if (n := version.limit(name)) is None else n + more.get(name, 0) for name in Limit.values}


def storage_of(merchant_id: UUID) -> int:
    """Whole MB, begun ones counted, as of the last count."""
    used = StorageUse.objects.filter(pk=merchant_id).values_list("bytes", flat=True).first() or 0
    return -(-used // MB)
