"""An import is undone: drafts it made go away, what it put on sale comes off, what it changed is put back. What was changed since stays, and is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from marketplace.flows.import_batch import Goes, ImportedProduct
from marketplace.flows.import_products import import_products
from marketplace.flows.product_files.held import Held, held
from marketplace.flows.product_files.snapshots import mark, snapshot
from marketplace.flows.review_product import withdraw_product
from marketplace.flows.stop_selling import stop_selling
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import MarketError
from marketplace.kernel.money import Money
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput, set_review
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.imports.models import ImportEffect
from marketplace.merchant.shelves.actions import fill_shop_categories
from marketplace.merchant.shelves.filling import Filling
from marketplace.merchant.virtual.actions import Kind
from marketplace.platform.listings.models import Listing
from marketplace.platform.virtual.kinds import GoodsKind
from tenants.tenancy.schemas import current_merchant_id

State = ImportEffect.State


@verb
def put_back(*, by: Actor, effects: Sequence[ImportEffect]) -> None:
    """Undo these, in the caller's transaction. Their `state` and `why` say what became of each, in memory."""
    rows = Product.objects.filter(pk__in=[effect.product_id for effect in effects]).order_by("pk").select_for_update()
    there = held(rows)
    listed = set(Listing.objects.filter(pk__in=there).values_list("pk", flat=True))
    away: list[ImportEffect] = []
    back: list[tuple[ImportEffect, ImportedProduct]] = []
    for effect in effects:
        one = there.get(effect.product_id)
        effect.state = State.UNDONE
        if one is None:
            continue  # somebody was faster
        if mark(snapshot(one)) != effect.after:
            _keep(effect, _("It was changed since the import."))
        elif effect.kind == ImportEffect.Kind.CHANGED:
            if (wanted := _as_before(effect, one)) is not None:
                back.append((effect, wanted))
        elif one.product.pk in listed:
            _each(by, effect, _off_sale)
        else:
            away.append(effect)
    _take_away(by, away, there)
    for goes in (Goes.ON_SALE, Goes.DRAFT):
        _restore(by, [pair for pair in back if _goes(pair[0]) == goes], goes, there)


def _keep(effect: ImportEffect, why: str) -> None:
    effect.state, effect.why = State.KEPT, why[:300]


def _each(by: Actor, effect: ImportEffect, act: Any) -> None:
    """On its own, so that a refusal is its alone."""
    try:
        with transaction.atomic():
            act(by, effect)
    except MarketError as refusal:
        _keep(effect, str(refusal))


def _off_sale(by: Actor, effect: ImportEffect) -> None:
    stop_selling(by=by, product_id=effect.product_id)


def _take_away(by: Actor, effects: Sequence[ImportEffect], there: dict[UUID, Held]) -> None:
    """All at once; where one of them is in a stocktake, a transfer or the like, one after the other."""
    try:
        with transaction.atomic():
            _remove(by, [effect.product_id for effect in effects], there)
    except ProtectedError:
        for effect in effects:
            try:
                with transaction.atomic():
                    _remove(by, [effect.product_id], there)
            except ProtectedError:
                _keep(effect, _("It stands in a bundle, a stocktake, a transfer or a list of what is on the way."))


def _remove(by: Actor, keys: Sequence[UUID], there: dict[UUID, Held]) -> None:
    """Drafts that no buyer has ever seen, with prices and stock. What waits for review is taken back first."""
    for key in keys:
        if there[key].product.review == Product.Review.WAITING:
            withdraw_product(by=by, product_id=key)
    if keys:
        titles = {str(key): there[key].product.title.text for key in keys}
        if any(there[key].shelves for key in keys):
            filling = Filling(locks=True)
            for key in keys:
                filling.put(key, {})
            fill_shop_categories(by=by, wanted=filling.changed())
        Product.objects.filter(pk__in=keys).delete()
        audit(
            by=by, action="products.removed", subject="products", subject_id=len(keys), merchant_id=current_merchant_id(), before={"products": titles}, after={}
        )


def _goes(effect: ImportEffect) -> str:
    """What was approved before needs no second approval."""
    return Goes.ON_SALE if effect.before.get("review") == Product.Review.APPROVED else Goes.DRAFT


def _as_before(effect: ImportEffect, one: Held) -> ImportedProduct | None:
    """The product as it was. None, with the reason noted, where stock that the import counted has moved since."""
    was: dict[str, Any] = effect.before
    counted: dict[str, int] = was.get("counted", {})
    if any(one.on_hand.get(UUID(key), 0) != number for key, number in counted.items()):
        _keep(effect, _("Its stock has moved since the import. Count it by hand."))
        return None
    if "shelved" in was and was["shelved"] != sorted(map(str, one.shelves)):
        _keep(effect, _("Its shop categories were changed since the import. Put it back by hand."))
        return None
    kind, valid_days = was.get("kind", (GoodsKind.GOODS.value, None))
    skus = {key: sku for key, sku, _options, is_active in was["variants"] if is_active}
    prices = {key: price for key, price in was["prices"].items() if key in skus}
    return ImportedProduct(
        product=ProductInput(
            category_id=was["category_id"],
            brand_id=was["brand_id"],
            tax_class=was["tax_class"],
            titles=was["titles"],
            subtitles=was.get("subtitles", {}),
            descriptions=was["descriptions"],
            attributes=was["attributes"],
            axes=was["axes"],
            pictures=[(key, alt) for key, alt in was["pictures"]],
            variants=[_variant(key, sku, options, was.get("codes", {})) for key, sku, options, is_active in was["variants"] if is_active],
            size_table=UUID(was["size_table"]) if was.get("size_table") else None,
            sets_size_table=True,
            source_ref=one.product.source_ref,
        ),
        kind=Kind(kind, valid_days) if (kind, valid_days) != (one.kind, one.valid_days) else None,
        parts=[(UUID(key), n) for key, n in was["parts"]] if "parts" in was and was["parts"] != [[str(key), n] for key, _sku, n in one.parts] else None,
        shelves={UUID(key): place for key, place in was.get("shelves", {}).items()} if "shelved" in was else None,
        prices={skus[key]: Money(sale, currency) for key, (currency, sale, _market) in prices.items()},
        market={skus[key]: Money(market, currency) if market is not None else None for key, (currency, _sale, market) in prices.items()},
        stock={skus[key]: was["on_hand"].get(key, 0) for key in counted if key in skus},
        product_id=one.product.pk,
        counts_stock=True,
    )


def _variant(key: str, sku: str, options: dict[int, int], codes: dict[str, Any]) -> VariantInput:
    barcode, weight_g = codes.get(key, (None, None))
    return VariantInput(sku=sku, options=options, barcode=barcode or "", weight_g=weight_g or 0, id=UUID(key))


def _restore(by: Actor, pairs: Sequence[tuple[ImportEffect, ImportedProduct]], goes: str, there: dict[UUID, Held]) -> None:
    """All together; where one of them cannot be, one after the other."""
    try:
        with transaction.atomic():
            _write(by, pairs, goes, there)
    except MarketError:
        for pair in pairs:
            _each(by, pair[0], lambda by, _effect, pair=pair: _write(by, [pair], goes, there))


def _write(by: Actor, pairs: Sequence[tuple[ImportEffect, ImportedProduct]], goes: str, there: dict[UUID, Held]) -> None:
    for effect, wanted in pairs:
        row = there[effect.product_id].product
        is_of_other_kind = wanted.kind is not None and wanted.kind.name != there[effect.product_id].kind
        if (is_of_other_kind or wanted.parts is not None) and row.review == Product.Review.WAITING:
            row = withdraw_product(by=by, product_id=row.pk)  # while it is looked at, its kind and what is in it stay
        if goes == Goes.ON_SALE and row.review != Product.Review.APPROVED:
            if row.review == Product.Review.WAITING:
                withdraw_product(by=by, product_id=row.pk)
            set_review(by=by, product_id=row.pk, review=Product.Review.APPROVED)
    done = import_products(by=by, products=[wanted for _effect, wanted in pairs], goes=goes)
    refused = dict(done.refused)
    for effect, wanted in pairs:
        if why := refused.get(wanted.ref):
            _keep(effect, why)
