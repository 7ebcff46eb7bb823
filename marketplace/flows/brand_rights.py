"""Which brands a shop may sell: asking for one with a document, and what is refused when goods are submitted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import IO
from uuid import UUID

from django.db import connection, transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.taxonomy.attributes import lacking
from marketplace.platform.taxonomy.errors import AttributeMissing, BrandNotAllowed, BrandOutOfScope
from marketplace.platform.taxonomy.models import Brand, BrandClaim
from marketplace.platform.taxonomy.queries import category_row
from tenants.onboarding.brands import code_of_brand, demanding_brands
from tenants.onboarding.models import Paper
from tenants.onboarding.qualifications import hand_in_renewal
from tenants.onboarding.standing import seller_of, standing_of


@verb
def ask_for_brand(*, by: Actor, merchant_id: UUID, brand_id: int, role: str, name: str, upload: IO[bytes], ends_on: date | None) -> Paper:
    """A shop asks to sell a brand and hands in what shows that it may. The same document again is the same paper.

    Raises RequirementNotAsked where the brand demands nothing, InvalidInput.
    """
    with transaction.atomic():
        paper: Paper = hand_in_renewal(by=by, merchant_id=merchant_id, code=code_of_brand(brand_id), name=name, upload=upload, ends_on=ends_on)
        BrandClaim.objects.update_or_create(paper_id=paper.pk, defaults={"merchant_id": merchant_id, "brand_id": brand_id, "role": role})
    return paper


def brands_not_allowed(merchant_id: UUID, brand_ids: Iterable[int]) -> set[int]:
    """Of these brands those a shop may not sell now: sold with authorisation only, and it has shown none that holds."""
    demanding = demanding_brands()
    wanted = set(brand_ids) & demanding.keys()
    if not wanted:
        return set()
    standing = standing_of(merchant_id, clock.now())
    return {key for key in wanted if not standing.cover(demanding[key])[0]}


def is_of_one_brand(merchant_id: UUID) -> bool:
    """Whether a shop was let in for one brand."""
    kind, sells_many = seller_of(merchant_id)
    return bool(kind) and not sells_many


class BrandScope:
    """The brands of a shop that was let in for one: of its goods on sale, and of what it has handed in. Asked once for many goods."""

    def __init__(self, merchant_id: UUID, *, submits: bool = False) -> None:
        """`submits`: nobody else hands in goods of a shop of one brand until the transaction ends; the first that is handed in counts."""
        self.merchant_id = merchant_id
        self.is_one = is_of_one_brand(merchant_id)
        if self.is_one and submits:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('wanshang.one_brand'), hashtext(%s))", [str(merchant_id)])
        self._on_sale: set[int] = set()
        self._waiting: dict[UUID, int] = {}
        if self.is_one:
            listed = Listing.objects.filter(merchant_id=merchant_id, is_listed=True).exclude(brand=None)
            self._on_sale = set(listed.order_by().values_list("brand_id", flat=True).distinct())
            waiting = ProductChange.objects.filter(merchant_id=merchant_id, status=ProductChange.Status.WAITING)
            self._waiting = {key: brand for key, brand in waiting.values_list("product_id", "proposed__brand_id") if brand is not None}
        self._times = Counter(self._waiting.values())
        self._merged = dict(Brand.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into_id"))

    def take(self, brand_id: int, product_id: UUID | None) -> None:
        """Hand in a product of a brand. Raises BrandOutOfScope where others of the shop have another; None: it is new."""
        if not self.is_one:
            return
        mine = self._waiting.get(product_id) if product_id else None
        found = self._on_sale | {brand for brand, n in self._times.items() if n > (brand == mine)}
        others = {key for key in found if self._merged.get(key, key) != self._merged.get(brand_id, brand_id)}
        if others:
            raise BrandOutOfScope(brand=Brand.objects.get(pk=min(others)).name)
        if mine is not None:
            self._times[mine] -= 1
        self._times[brand_id] += 1
        if product_id:
            self._waiting[product_id] = brand_id


def check_submitted(
    scope: BrandScope, *, product_id: UUID | None, category_id: int, brand_id: int | None, attributes: list[list[object]], axes: list[int]
) -> None:
    """What somebody submits from now on has to say and may be. Raises AttributeMissing, BrandNotAllowed, BrandOutOfScope, each naming it.

    A shop that was let in for one brand sells one: that of its goods on sale and in review, or else the first that it hands in.
    """
    if missing := lacking(category_row(category_id), attributes, axes):
        raise AttributeMissing(field=f"attribute_{missing[0].pk}", name=missing[0].name)
    if brand_id is None:
        return
    if brands_not_allowed(scope.merchant_id, [brand_id]):
        raise BrandNotAllowed(brand=Brand.objects.get(pk=brand_id).name)
    scope.take(brand_id, product_id)
