"""What will happen in the open shop by itself: goods that go on and off sale, prices, price lists, documents that end, holidays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Q

from marketplace.flows.prices import what_will_happen
from marketplace.kernel import clock
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.pricing.models import PriceList
from marketplace.platform.listings.models import Listing
from tenants.tenancy.models import Holiday
from tenants.tenancy.schemas import current_merchant_id

MOST = 1000  # of a kind, the nearest first


class Kind(StrEnum):
    ON_SALE = "on_sale"
    OFF_SALE = "off_sale"
    REDUCTION_BEGINS = "reduction_begins"
    REDUCTION_ENDS = "reduction_ends"
    PRICE_BEGINS = "price_begins"
    LIST_BEGINS = "list_begins"
    LIST_ENDS = "list_ends"
    PAPER_ENDS = "paper_ends"
    HOLIDAY_BEGINS = "holiday_begins"
    HOLIDAY_ENDS = "holiday_ends"


@dataclass(frozen=True)
class Coming:
    """Something that happens at a moment. `number`: of variants or products it is about; `key`: of the product, reduction or price list."""

    at: datetime
    kind: Kind
    name: str = ""
    number: int = 1
    key: UUID | None = None
    waits: bool = False  # for the market's review first


def coming(since: datetime, until: datetime) -> list[Coming]:
    """Everything from one moment (now at the earliest) until before another, in order. A number of statements that does not grow."""
    since = max(since, clock.now())
    found = [*_goods(since, until), *_prices(since, until), *_price_lists(since, until), *_papers(since, until), *_holidays(since, until)]
    return sorted(found, key=lambda one: (one.at, one.kind, one.name))


def _goods(since: datetime, until: datetime) -> Iterator[Coming]:
    """What is off sale and will be on, and what is on, or will be, and goes off. What still has to pass review says so."""
    R = Product.Review
    named = ("pk", "titles", "review")
    begins = Product.objects.filter(listed_from__gte=since, listed_from__lt=until, status__in=[Product.Status.OFF_SALE, Product.Status.DRAFT])
    for row in begins.filter(review__in=[R.APPROVED, R.WAITING]).order_by("listed_from", "pk").only(*named, "listed_from")[:MOST]:
        if row.listed_from is not None:
            yield Coming(row.listed_from, Kind.ON_SALE, row.title.text, key=row.pk, waits=row.review != R.APPROVED)
    on_sale = Q(status=Product.Status.ON_SALE) | Q(listed_from__gte=clock.now(), review__in=[R.APPROVED, R.WAITING])
    ends = Product.objects.filter(on_sale, listed_until__gte=since, listed_until__lt=until)
    for row in ends.order_by("listed_until", "pk").only(*named, "listed_until")[:MOST]:
        if row.listed_until is not None:
            yield Coming(row.listed_until, Kind.OFF_SALE, row.title.text, key=row.pk)


def _prices(since: datetime, until: datetime) -> Iterator[Coming]:
    for one in what_will_happen(since, until):
        yield Coming(one["at"], Kind(one["kind"]), one["name"], one["variants"], one["reduction_id"] or one.get("product_id"))


def _price_lists(since: datetime, until: datetime) -> Iterator[Coming]:
    for row in PriceList.objects.filter(is_on=True):
        for kind, at in ((Kind.LIST_BEGINS, row.starts_at), (Kind.LIST_ENDS, row.ends_at)):
            if at is not None and since <= at < until:
                yield Coming(at, kind, row.name, key=row.pk)


def _papers(since: datetime, until: datetime) -> Iterator[Coming]:
    """Moments from which goods can no longer be sold, because a document ends or one is asked for from then on."""
    mine = Listing.objects.filter(merchant_id=current_merchant_id(), is_on_sale=True, sellable_until__gte=since, sellable_until__lt=until)
    for at, number in mine.order_by().values_list("sellable_until").annotate(n=Count("pk")):
        if at is not None:
            yield Coming(at, Kind.PAPER_ENDS, number=number)


def _holidays(since: datetime, until: datetime) -> Iterator[Coming]:
    for row in Holiday.objects.filter(merchant_id=current_merchant_id()).exclude(status=Holiday.Status.OVER):
        for kind, at in ((Kind.HOLIDAY_BEGINS, row.starts_at), (Kind.HOLIDAY_ENDS, row.ends_at)):
            if since <= at < until and not (kind == Kind.HOLIDAY_BEGINS and row.status == Holiday.Status.RUNNING):
                yield Coming(at, kind)
