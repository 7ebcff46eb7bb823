"""How much of what a package limits a shop uses: counted where the things are."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.files.storage import Storage, default_storage
from django.db import transaction
from django.db.models import Func, IntegerField, Max
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.models import Listing
from tenants.accounts.models import Invitation, Membership
from tenants.domains.models import OwnDomain
from tenants.packages.models import Limit, PackageVersion, ServicePackage, StorageUse
from tenants.packages.queries import added, limits_of, storage_of, today
from tenants.tenancy.jobs import market_task
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema


@dataclass(frozen=True)
class Use:
    """One limit: how many there may be (None: as many as one likes), and how many are."""

    name: str
    label: str
    used: int
    limit: int | None

    @property
    def percent(self) -> int:
        """For a bar, up to 100."""
        if self.limit is None:
            return 0
        return min(100, self.used * 100 // self.limit) if self.limit else 100 * bool(self.used)

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.used > self.limit

    @property
    def is_near(self) -> bool:
        return self.limit is not None and self.used * 10 >= self.limit * 9


def products_of(merchant_id: UUID, but: UUID | None = None) -> int:
    """On sale, also those held back or sold out."""
    rows = Listing.objects.filter(merchant_id=merchant_id, is_listed=True)
    return (rows.exclude(pk=but) if but else rows).count()


def staff_of(merchant_id: UUID) -> int:
    """Who works there, and who is invited."""
    invited = Invitation.objects.filter(merchant_id=merchant_id, status=Invitation.Status.OPEN, expires_at__gt=clock.now())
    return Membership.objects.filter(merchant_id=merchant_id, is_active=True).count() + invited.count()


class _Pictures(Func):
    """How many pictures a listing has; its film stands among them and is none."""

    template, output_field = "jsonb_array_length(jsonb_path_query_array(%(expressions)s, '$[*] ? (!exists(@.film))'))", IntegerField()


def pictures_of(merchant_id: UUID) -> int:
    """Of the product on sale that has most."""
    most = Listing.objects.filter(merchant_id=merchant_id, is_listed=True).aggregate(most=Max(_Pictures("pictures")))["most"]
    return most or 0


def domains_of(merchant_id: UUID) -> int:
    return OwnDomain.objects.filter(merchant_id=merchant_id).count()


COUNTED = {
    Limit.PRODUCTS: products_of,
    Limit.STAFF: staff_of,
    Limit.STORAGE: storage_of,
    Limit.PICTURES: pictures_of,
    Limit.DOMAINS: domains_of,
}


def use_of(merchant_id: UUID) -> list[Use]:
    """What is counted, in the order of the page."""
    limits = limits_of(merchant_id)
    return [Use(str(name), str(name.label), count(merchant_id), limits[name]) for name, count in COUNTED.items()]


def too_much_for(merchant_id: UUID, version: PackageVersion) -> str:
    """What is more than a version and the add-ons of today hold, in words with how much; "" where all fits."""
    more, over = added(merchant_id, today()), []
    for name, count in COUNTED.items():
        limit = version.limit(name)
        if limit is None:
            continue
        used = count(merchant_id)
        if used > limit + more.get(name, 0):
            over.append(_("{what} {used} of {limit}").format(what=name.label, used=used, limit=limit + more.get(name, 0)))
    return _(", ").join(over)


# ── Storage ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def count_storage_of_all() -> None:
    """A duty, where packages limit storage: a job a shop."""
    if not ServicePackage.objects.exists():
        return
    with transaction.atomic():
        for merchant_id in Merchant.objects.exclude(status__in=[Merchant.Status.OPENING, Merchant.Status.CLOSED]).values_list("pk", flat=True):
            count_storage.request(merchant_id=str(merchant_id))


@market_task
def count_storage(*, merchant_id: str) -> None:
    """Job: how much a shop's public files take."""
    note_storage(by=SYSTEM, merchant_id=UUID(merchant_id))


@verb
def note_storage(*, by: Actor, merchant_id: UUID) -> int:
    """Count the bytes of a shop's public files, and keep them."""
    with merchant_schema(merchant_id):
        size = _size(default_storage, "")
    StorageUse.objects.update_or_create(pk=merchant_id, defaults={"bytes": size, "counted_at": clock.now()})
    return size


def _size(storage: Storage, folder: str) -> int:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return 0
    prefix = f"{folder}/" if folder else ""
    return sum(storage.size(prefix + name) for name in files) + sum(_size(storage, prefix + name) for name in folders)
