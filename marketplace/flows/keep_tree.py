"""The operator moves and merges categories, and everything that hangs on them follows.

The tree itself, what sellers are asked for and what they said change in one transaction. The goods follow by a job that commits as it goes,
says how far it is, and goes on where it was when a worker ended: 100,000 goods are some minutes, during which buyers find them by either way,
because a merged category has the other's path from the first commit on.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.qualify import settle_listings
from marketplace.flows.tree_preview import other_commission
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import check_reason
from marketplace.kernel.formats import format_share
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.catalogue.recategorise import recategorise_products
from marketplace.platform.deposits.models import DepositRule
from marketplace.platform.ledger.models import CommissionRule
from marketplace.platform.listings.actions import announce
from marketplace.platform.listings.models import Listing, ProductChange
from marketplace.platform.listings.recategorise import recategorise_listings
from marketplace.platform.taxonomy.errors import CannotUndo, CategoryInUse, CategoryUnknown, RateWouldChange
from marketplace.platform.taxonomy.models import Category, TreeChange
from marketplace.platform.taxonomy.queries import in_tree
from marketplace.platform.taxonomy.tree import (
    change_category,
    check_not_busy,
    lock_tree,
    locked_category,
    merge_category,
    note_following,
    place_category,
    remove_category,
)
from tenants.onboarding.categories import carry_requirements, replace_sells
from tenants.onboarding.models import Application, Requirement
from tenants.tenancy.jobs import long_market_task
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import in_merchant_schemas, merchant_schema

AT_ONCE = 500  # goods of a transaction: as many as one event names


@verb
def move_category(*, by: Actor, category_id: int, seen: int, parent_id: int | None, before_id: int | None = None) -> TreeChange | None:
    """Put a category elsewhere, with all below it; None where only its place among others changed.

    Raises InvalidInput, CategoryUnknown, CategoryChanged, TreeBusy, RateWouldChange.
    """
    with transaction.atomic():
        lock_tree()
        _keep_rates(category_id, [*(_path(parent_id) if parent_id else []), category_id])
        change: TreeChange | None = place_category(by=by, category_id=category_id, seen=seen, parent_id=parent_id, before_id=before_id)
        if change is not None:
            moved = Category.objects.filter(path__contains=[category_id], merged_into=None)
            replace_sells(by=by, paths=dict(moved.values_list("pk", "path")))
            _have_followed(change)
    return change


@verb
def keep_category(*, by: Actor, category_id: int, seen: int, names: Mapping[str, str], is_hidden: bool, picture: str | None = None) -> Category:
    """Names, picture (None: as it is) and whether buyers meet it; search finds its goods by the new names within minutes.

    Raises InvalidInput, CategoryUnknown, CategoryChanged.
    """
    with transaction.atomic():
        former = Category.objects.filter(pk=category_id).values_list("names", flat=True).first()
        row: Category = change_category(by=by, category_id=category_id, seen=seen, names=names, is_hidden=is_hidden, picture=picture)
        if row.names != former:
            refresh_goods.request(category_id=category_id)
    return row


@verb
def merge_categories(*, by: Actor, category_id: int, seen: int, into_id: int, seen_into: int, why: str) -> TreeChange:
    """Make one category part of another. It cannot be taken back. Raises InvalidInput, ReasonMissing, CategoryUnknown, CategoryChanged, TreeBusy,
    RateWouldChange."""
    check_reason(why, field="why")
    with transaction.atomic():
        lock_tree()
        _keep_rates(category_id, _path(into_id))
        change: TreeChange = merge_category(by=by, category_id=category_id, seen=seen, into_id=into_id, seen_into=seen_into, why=why.strip())
        carry_requirements(by=by, category_id=category_id, into_id=into_id, why=why.strip())
        into = Category.objects.get(pk=into_id)
        below = Category.objects.filter(path__contains=[into_id], merged_into=None)
        replace_sells(by=by, paths={category_id: into.path, **dict(below.values_list("pk", "path"))})
        _have_followed(change)
    return change


@verb
def undo_move(*, by: Actor, change_id: UUID) -> TreeChange | None:
    """Put a category back where it was before. Raises CategoryUnknown, CannotUndo where it was moved again or its former place is gone, TreeBusy."""
    with transaction.atomic():
        lock_tree()
        change = TreeChange.objects.select_for_update(of=("self",)).filter(pk=change_id, kind=TreeChange.Kind.MOVED).first()
        if change is None:
            raise CategoryUnknown
        row = locked_category(change.category_id)
        newer = TreeChange.objects.filter(category_id=row.pk, at__gt=change.at).exists()
        if change.undone_by_id or newer or row.parent_id != change.into_id or _is_gone(change):
            raise CannotUndo(name=row.name)
        check_not_busy(row)
        others = list(Category.objects.filter(parent_id=change.former_key, merged_into=None).order_by("position", "id").values_list("pk", flat=True))
        before_id = others[change.former_place] if change.former_place < len(others) else None
        back: TreeChange | None = move_category(by=by, category_id=row.pk, seen=row.version, parent_id=change.former_key, before_id=before_id)
        TreeChange.objects.filter(pk=change.pk).update(undone_by=back)
    return back


def _is_gone(change: TreeChange) -> bool:
    """Whether what a category was below is no longer in the tree; a root was below nothing."""
    return change.former_key is not None and not in_tree().filter(pk=change.former_key).exists()


@verb
def delete_category(*, by: Actor, category_id: int, seen: int) -> None:
    """Take an empty category out of the tree. Raises CategoryUnknown, CategoryChanged, CategoryInUse saying what hangs on it, TreeBusy."""
    with transaction.atomic():
        lock_tree()
        row = locked_category(category_id, seen)
        check_not_busy(row)
        if what := _hangs_on(row):
            raise CategoryInUse(name=row.name, what=what)
        remove_category(by=by, row=row)


def _hangs_on(row: Category) -> str:
    """The first thing that names a category; "" where nothing does."""
    named = [
        (Category.objects.filter(parent=row, merged_into=None).exists(), _("other categories lie below it")),
        (Category.objects.filter(merged_into=row).exists(), _("addresses of categories that were merged lead here")),
        (Listing.objects.filter(category=row).exists(), _("goods are in it")),
        (CommissionRule.objects.filter(category=row).exists() or DepositRule.objects.filter(category=row).exists(), _("commission or deposit is set for it")),
        (any(row.pk in one.categories for one in Requirement.objects.all()), _("requirements name it")),
        (any(row.pk in path for sells in Application.objects.exclude(sells=[]).values_list("sells", flat=True) for path in sells), _("sellers named it")),
        (ProductChange.objects.filter(status=ProductChange.Status.WAITING, proposed__category_id=row.pk).exists(), _("goods wait for review in it")),
    ]
    return next((str(why) for is_so, why in named if is_so), "") or (_("drafts of shops are in it") if _is_used_by_shops(row) else "")


def _is_used_by_shops(row: Category) -> bool:
    with in_merchant_schemas(_with_schemas()) as merchants:
        return any(Product.objects.filter(category_id=row.pk).exists() for _merchant in merchants)


def _with_schemas() -> list[UUID]:
    return list(Merchant.objects.exclude(status=Merchant.Status.OPENING).order_by("pk").values_list("pk", flat=True))


# ── The goods follow ─────────────────────────────────────────────────────────────────────────────────────────────────


def _path(category_id: int) -> list[int]:
    return Category.objects.filter(pk=category_id).values_list("path", flat=True).first() or []


def _keep_rates(category_id: int, after: list[int]) -> None:
    """A rate changes by two people, so a place in the tree with another one is refused. Raises RateWouldChange."""
    before = _path(category_id)
    if before and after and (shares := other_commission(before, after)):
        was, will_be = map(format_share, shares)
        raise RateWouldChange(name=Category.objects.get(pk=category_id).name, before=was, after=will_be)


def _have_followed(change: TreeChange) -> None:
    change.total = Listing.objects.filter(category_id__in=change.scope).count()
    change.save(update_fields=["total"])
    follow_goods.request(change_id=str(change.pk))


@long_market_task
def follow_goods(*, change_id: str) -> None:
    """Job: shop by shop, in the order of their keys. Stopped anywhere and begun again it ends the same."""
    change = TreeChange.objects.select_related("category", "into").filter(pk=change_id).first()
    if change is None or change.status == TreeChange.Status.DONE:
        return
    done = change.done
    for merchant_id in _with_schemas():
        if change.place and str(merchant_id) <= change.place:
            continue
        if change.kind == TreeChange.Kind.MERGED and change.into_id:
            done += _rename_goods(merchant_id, change.category_id, change.into_id)
        for keys in _goods_of(merchant_id, change.scope):
            with transaction.atomic():
                announce(merchant_id, keys)
            done += len(keys)
            note_following(by=SYSTEM, change_id=change.pk, done=done)
        settle_listings(by=SYSTEM, merchant_id=merchant_id)
        note_following(by=SYSTEM, change_id=change.pk, done=done, place=str(merchant_id))
    note_following(by=SYSTEM, change_id=change.pk, done=max(done, change.total), is_over=True, at=clock.now())


@long_market_task
def refresh_goods(*, category_id: int) -> None:
    """Job: search reads anew the goods of a category that is called otherwise, and of all below it. Safe to repeat."""
    scope = list(Category.objects.filter(path__contains=[category_id]).values_list("pk", flat=True))
    for merchant_id in Listing.objects.filter(category_id__in=scope).order_by("merchant_id").values_list("merchant_id", flat=True).distinct():
        for keys in _goods_of(merchant_id, scope):
            with transaction.atomic():
                announce(merchant_id, keys)


def _rename_goods(merchant_id: UUID, category_id: int, into_id: int) -> int:
    """Products, their copies and what waits for review name the category that the other became part of. How many copies."""
    done = 0
    while True:
        with transaction.atomic():
            with merchant_schema(merchant_id):
                keys = recategorise_products(by=SYSTEM, category_id=category_id, into_id=into_id, most=AT_ONCE)
            done += recategorise_listings(by=SYSTEM, merchant_id=merchant_id, listing_ids=keys, category_id=category_id, into_id=into_id)
        if len(keys) < AT_ONCE:
            return done


def _goods_of(merchant_id: UUID, scope: list[int]) -> list[list[UUID]]:
    """The keys of a shop's listings in these categories, so many at a time."""
    keys = list(Listing.objects.filter(merchant_id=merchant_id, category_id__in=scope).order_by("pk").values_list("pk", flat=True))
    return [keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE)]
