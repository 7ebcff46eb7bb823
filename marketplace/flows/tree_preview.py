"""What moving or merging a category, or merging a brand, would touch, asked before it is done. Nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, QuerySet

from marketplace.kernel import clock
from marketplace.platform.deposits.models import DepositRule
from marketplace.platform.deposits.queries import rules_in_force
from marketplace.platform.ledger.errors import NoCommissionRule
from marketplace.platform.ledger.queries import commission_rates
from marketplace.platform.listings.holding import paths_of
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.taxonomy.brands import check_brand_merge
from marketplace.platform.taxonomy.models import Attribute, Brand, Category, CategoryAttribute
from marketplace.platform.taxonomy.tree import check_merge, check_not_busy, check_place
from tenants.onboarding.brands import demanding_brands
from tenants.onboarding.models import Requirement
from tenants.onboarding.standing import standing_of

MOST_SHOPS = 200  # that are looked at one by one, for what would be held back

Paths = dict[int, list[int]]  # category → its path


@dataclass
class Touched:
    """How much hangs on a category and what lies below it."""

    below: int  # categories
    goods: int
    on_sale: int
    shops: int
    waiting: int  # goods that wait for review
    rules: int  # requirements that name one of them


@dataclass(kw_only=True)
class AskedOtherwise:
    """What is asked for goods otherwise than before, and what that does to those on offer."""

    requirements_new: list[Requirement] = field(default_factory=list)  # that the goods did not need before
    requirements_gone: list[Requirement] = field(default_factory=list)
    held: int = 0  # goods that could not be sold any more
    held_shops: int = 0
    freed: int = 0  # goods that could be sold again
    is_partly_counted: bool = False  # there are more shops than are looked at


@dataclass
class Preview(AskedOtherwise):
    touched: Touched
    widened: list[Requirement] = field(default_factory=list)  # asked for all goods of the other category from now on
    commission: tuple[Decimal, Decimal] | None = None  # before and after, where it differs
    deposits: list[DepositRule] = field(default_factory=list)  # that fit the goods from now on
    attributes_new: list[Attribute] = field(default_factory=list)
    attributes_gone: list[Attribute] = field(default_factory=list)


def touched_by(category: Category) -> Touched:
    """Three counts over public copies, and two of what is asked."""
    ids = set(Category.objects.filter(path__contains=[category.pk]).values_list("pk", flat=True))
    goods = Listing.objects.filter(category_id__in=ids)
    return Touched(
        below=Category.objects.filter(path__contains=[category.pk], merged_into=None).count() - 1,
        goods=goods.count(),
        on_sale=goods.filter(is_on_sale=True).count(),
        shops=goods.order_by().values("merchant_id").distinct().count(),
        waiting=ProductChange.objects.filter(status=ProductChange.Status.WAITING, proposed__category_id__in=list(ids)).count(),
        rules=sum(not ids.isdisjoint(one.categories) for one in Requirement.objects.filter(is_active=True)),
    )


def preview_move(category: Category, parent: Category | None) -> Preview:
    """Raises InvalidInput, TreeBusy, as the move would."""
    check_place(category, parent)
    check_not_busy(category)
    after = [*(parent.path if parent else []), category.pk]
    now = _paths(category)
    then = {key: [*after, *path[len(category.path) :]] for key, path in now.items()}
    found = Preview(touched_by(category))
    _compare(found, category.path, after)
    _count_held(found, Listing.objects.filter(category_id__in=now), now, then)
    return found


def preview_merge(category: Category, into: Category) -> Preview:
    """Raises InvalidInput, TreeBusy, as the merge would."""
    check_merge(category, into)
    check_not_busy(category)
    check_not_busy(into)
    now = _paths(category)
    then = {key: [*into.path, *path[len(category.path) :]] for key, path in now.items()}
    found = Preview(touched_by(category))
    own = [one for one in Requirement.objects.filter(is_active=True) if category.pk in one.categories]
    found.widened = [one for one in own if set(one.categories).isdisjoint(into.path)]
    _compare(found, category.path, into.path, carried=category.pk)
    both = {**_paths(into), **now}
    _count_held(found, Listing.objects.filter(category_id__in=both), both, {**_paths(into), **then}, carried=(category.pk, into.pk))
    return found


def preview_brand_merge(brand: Brand, into: Brand) -> AskedOtherwise:
    """Only goods of the one that goes are asked for something else. Raises InvalidInput, as the merge would."""
    check_brand_merge(brand, into)
    demanding = demanding_brands()
    found = AskedOtherwise(
        requirements_new=[demanding[key] for key in (into.pk,) if key in demanding],
        requirements_gone=[demanding[key] for key in (brand.pk,) if key in demanding],
    )
    if found.requirements_new:
        goods = Listing.objects.filter(brand=brand)
        paths = paths_of(goods.order_by().values_list("category_id", flat=True).distinct())
        _count_held(found, goods, paths, paths, brands=(brand.pk, into.pk))
    return found


def _paths(category: Category) -> Paths:
    return dict(Category.objects.filter(path__contains=[category.pk]).values_list("pk", "path"))


def _compare(found: Preview, before: Sequence[int], after: Sequence[int], carried: int | None = None) -> None:
    """By the path the goods have and the one they would have; what a category brings along (`carried`) does not go."""
    for one in Requirement.objects.filter(is_active=True).exclude(categories=[]):
        was, will = one.is_asked_for([before]), one.is_asked_for([after]) or carried in one.categories
        if will and not was:
            found.requirements_new.append(one)
        elif was and not will:
            found.requirements_gone.append(one)
    found.commission = other_commission(before, after)
    found.deposits = [rule for rule in rules_in_force().values() if rule.category_id in set(after) - set(before)]
    has = _attributes(before)
    will_have = _attributes(after) | (_attributes([carried]) if carried else set())
    names = Attribute.objects.in_bulk(has ^ will_have)
    found.attributes_new = [names[key] for key in sorted(will_have - has)]
    found.attributes_gone = [names[key] for key in sorted(has - will_have)]


def other_commission(before: Sequence[int], after: Sequence[int]) -> tuple[Decimal, Decimal] | None:
    """What new orders of a shop without a rate of its own would be charged on two paths, where it differs. Of all below it differs alike, or not at all."""
    try:
        rates = commission_rates()
    except NoCommissionRule:
        return None
    nobody = UUID(int=0)
    shares = rates.rate(nobody, before), rates.rate(nobody, after)
    return shares if shares[0] != shares[1] else None


def _attributes(path: Sequence[int]) -> set[int]:
    return set(CategoryAttribute.objects.filter(category_id__in=path).values_list("attribute_id", flat=True))


def _count_held(
    found: AskedOtherwise,
    goods: QuerySet[Listing],
    now: Paths,
    then: Paths,
    *,
    carried: tuple[int, int] | None = None,
    brands: tuple[int | None, int | None] = (None, None),
) -> None:
    """Goods that could be sold and could not any more, and the other way round, by the one rule of what a shop may sell (tenants/onboarding/standing.py)."""
    if not Requirement.objects.filter(is_active=True, check_by=Requirement.Check.DOCUMENT).exists():
        return
    offered: dict[UUID, dict[int, int]] = defaultdict(dict)
    rows = goods.filter(is_listed=True).order_by().values_list("merchant_id", "category_id").annotate(n=Count("pk"))
    for merchant_id, category_id, n in rows:
        offered[merchant_id][category_id] = n
    found.is_partly_counted = len(offered) > MOST_SHOPS
    at = clock.now()
    for merchant_id, counts in sorted(offered.items())[:MOST_SHOPS]:
        standing = standing_of(merchant_id, at)
        if standing.is_plain:
            continue
        later = copy(standing)
        later.asked = [_as_carried(one, carried) for one in standing.asked]
        held = 0
        for category_id, n in counts.items():
            was, will = bool(standing.of(now[category_id], brands[0]).lacks), bool(later.of(then[category_id], brands[1]).lacks)
            held += n if will and not was else 0
            found.freed += n if was and not will else 0
        found.held += held
        found.held_shops += bool(held)


def _as_carried(one: Requirement, carried: tuple[int, int] | None) -> Requirement:
    """A requirement as it would be after a merge; nothing is saved."""
    if carried is None or carried[0] not in one.categories:
        return one
    moved = copy(one)
    moved.categories = [*one.categories, carried[1]]
    return moved
