"""Shop categories: verbs. All run in the merchant's schema that is open. What a rule may say is the market's (platform/taxonomy/virtual.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.shelves.errors import ShopCategoryByRule, ShopCategoryChanged, ShopCategoryUnknown
from marketplace.merchant.shelves.models import ShopCategory
from marketplace.platform.taxonomy.tree import clean_names
from marketplace.platform.taxonomy.virtual import LONGEST_TEXT, clean_rule
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import current_merchant_id
from tenants.tenancy.stamps import change_stamps, stamp_of_shop

MOST = 60  # of a shop
MOST_PICKED = 200  # products that are chosen by hand for one
LONGEST_CODE = 50
KEPT = ("names", "texts", "rule", "picks", "is_shown")


@verb
def make_shop_category(*, by: Actor, category_id: UUID, kind: str, fields: Mapping[str, Any]) -> ShopCategory:
    """A category of the shop, behind the others. Its address follows from its English name, and stays. The same `category_id` makes one.

    Raises InvalidInput.
    """
    with transaction.atomic():
        rows = _locked_all()
        if same := next((row for row in rows if row.pk == category_id), None):
            return same
        if len(_live(rows)) >= MOST:
            raise InvalidInput(field=None, why=_("There are {n} already. Delete one that is not needed.").format(n=MOST))
        if kind not in ShopCategory.Kind.values:
            raise InvalidInput(field="kind", why=_("Say whether it is filled by hand or by a rule."))
        row = ShopCategory(pk=category_id, kind=kind, position=max((one.position for one in rows), default=0) + 1)
        _set(row, fields)
        row.code = _code_of(row.names["en"], {one.code for one in rows})
        row.save(force_insert=True)
        _audit(by, row, "shop_category.made", None, {"code": row.code, "kind": row.kind, **_plain(row)})
    return row


@verb
def keep_shop_category(*, by: Actor, category_id: UUID, seen: int, fields: Mapping[str, Any]) -> ShopCategory:
    """Change names, sentences, whether buyers see it, and what it holds. Raises ShopCategoryUnknown, ShopCategoryChanged, InvalidInput."""
    with transaction.atomic():
        row = _locked(category_id, seen)
        before = _plain(row)
        _set(row, fields)
        after = _plain(row)
        changed = [name for name in KEPT if before[name] != after[name]]
        if changed:
            _save(row)
            _audit(by, row, "shop_category.kept", {name: before[name] for name in changed}, {name: after[name] for name in changed})
    return row


@verb
def put_into_shop_category(*, by: Actor, category_id: UUID, product_ids: Iterable[UUID]) -> ShopCategory:
    """These products, behind those that are in it; one that is in it already stays where it stands.

    Raises ShopCategoryUnknown, ShopCategoryByRule, InvalidInput.
    """
    with transaction.atomic():
        row = _locked(category_id)
        if not row.is_picked:
            raise ShopCategoryByRule(name=row.name)
        before = _plain(row)["picks"]
        _set(row, {"picks": [*row.picks, *product_ids]})
        after = _plain(row)["picks"]
        if after != before:
            _save(row)
            _audit(by, row, "shop_category.filled", {"picks": before}, {"picks": after})
    return row


@verb
def fill_shop_categories(*, by: Actor, wanted: Iterable[tuple[ShopCategory, Sequence[UUID]]]) -> None:
    """What each of these, that the caller has locked and that are filled by hand, holds now. Raises InvalidInput."""
    with transaction.atomic():
        for row, picks in wanted:
            before = _plain(row)["picks"]
            _set(row, {"picks": picks})
            _save(row)
            _audit(by, row, "shop_category.filled", {"picks": before}, {"picks": _plain(row)["picks"]})


@verb
def move_shop_category(*, by: Actor, category_id: UUID, is_up: bool) -> None:
    """One place up or down; at the end it stays. Raises ShopCategoryUnknown."""
    with transaction.atomic():
        rows = _live(_locked_all())
        at = next((n for n, row in enumerate(rows) if row.pk == category_id), None)
        if at is None:
            raise ShopCategoryUnknown
        to = at - 1 if is_up else at + 1
        if not 0 <= to < len(rows):
            return
        row, before = rows[at], [one.code for one in rows]
        rows[at], rows[to] = rows[to], rows[at]
        for n, one in enumerate(rows, start=1):
            one.position = n
        ShopCategory.objects.bulk_update(rows, ["position"])
        _audit(by, row, "shop_category.moved", {"order": before}, {"order": [one.code for one in rows]})


@verb
def remove_shop_category(*, by: Actor, category_id: UUID, seen: int) -> ShopCategory:
    """Its page is gone, and its goods stay; it can be taken back. Raises ShopCategoryUnknown, ShopCategoryChanged."""
    with transaction.atomic():
        row = _locked(category_id, seen)
        row.removed_at = clock.now()
        _save(row)
        _audit(by, row, "shop_category.removed", {"removed": False}, {"removed": True})
    return row


@verb
def restore_shop_category(*, by: Actor, category_id: UUID) -> ShopCategory:
    """Take back that it was deleted: it stands last, under its old address. Raises ShopCategoryUnknown, InvalidInput where there are too many."""
    with transaction.atomic():
        rows = _locked_all()
        row = next((one for one in rows if one.pk == category_id), None)
        if row is None:
            raise ShopCategoryUnknown
        if row.removed_at is None:
            return row
        if len(_live(rows)) >= MOST:
            raise InvalidInput(field=None, why=_("There are {n} already. Delete one that is not needed.").format(n=MOST))
        row.removed_at, row.position = None, max(one.position for one in rows) + 1
        _save(row)
        _audit(by, row, "shop_category.restored", {"removed": True}, {"removed": False})
    return row


# ── Parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _locked_all() -> list[ShopCategory]:
    """Every category of the shop, deleted ones too; of two who make or move at once the second sees what the first did."""
    Merchant.objects.select_for_update(no_key=True).get(pk=current_merchant_id())
    return list(ShopCategory.objects.select_for_update(of=("self",)).order_by("position", "pk"))


def _live(rows: Iterable[ShopCategory]) -> list[ShopCategory]:
    return [row for row in rows if row.removed_at is None]


def _locked(category_id: UUID, seen: int | None = None) -> ShopCategory:
    row: ShopCategory | None = ShopCategory.objects.select_for_update(of=("self",)).filter(pk=category_id, removed_at=None).first()
    if row is None:
        raise ShopCategoryUnknown
    if seen is not None and row.version != seen:
        raise ShopCategoryChanged(name=row.name)
    return row


def _set(row: ShopCategory, fields: Mapping[str, Any]) -> None:
    """What was given of KEPT, clean. Raises InvalidInput."""
    for name in KEPT:
        if name in fields:
            setattr(row, name, fields[name])
    row.names = clean_names(row.names)
    row.texts = {language: " ".join(text.split()) for language, text in row.texts.items() if text and text.strip()}
    if any(len(text) > LONGEST_TEXT for text in row.texts.values()):
        raise InvalidInput(field="text_zh", why=_("At most {n} characters.").format(n=LONGEST_TEXT))
    if row.is_picked:
        row.rule, row.picks = {}, _known(row.picks)
    else:
        row.rule, row.picks = clean_rule({name: said for name, said in row.rule.items() if name != "shops"}), []


def _known(keys: Iterable[UUID]) -> list[UUID]:
    """Products of the shop among these, each once, in their order. Raises InvalidInput where there are too many."""
    wanted = list(dict.fromkeys(keys))
    if len(wanted) > MOST_PICKED:
        raise InvalidInput(field=None, why=_("By hand a category holds at most {n} products. A rule holds as many as it finds.").format(n=MOST_PICKED))
    there = set(Product.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    return [key for key in wanted if key in there]


def _code_of(name: str, taken: set[str]) -> str:
    """Letters and digits of the English name; with a number behind where another has it."""
    plain = slugify(name)[:LONGEST_CODE].strip("-") or "goods"
    return next(code for n in range(1, len(taken) + 2) if (code := plain if n == 1 else f"{plain}-{n}") not in taken)


def _plain(row: ShopCategory) -> dict[str, Any]:
    return {name: getattr(row, name) for name in KEPT} | {"picks": [str(key) for key in row.picks]}


def _save(row: ShopCategory) -> None:
    row.version, row.changed_at = row.version + 1, clock.now()
    row.save()


def _audit(by: Actor, row: ShopCategory, action: str, before: dict[str, Any] | None, after: dict[str, Any]) -> None:
    """Into the log; and pages of the shop that were kept are made anew."""
    merchant_id = current_merchant_id()
    audit(by=by, action=action, subject="shop_category", subject_id=row.pk, merchant_id=merchant_id, before=before, after=after)
    change_stamps([stamp_of_shop(merchant_id)])
