"""From a merchant's draft to the operator's decision: saved, submitted, approved or sent back with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.brand_rights import BrandScope, check_submitted
from marketplace.flows.bundle_copies import parts_proposed
from marketplace.flows.contracting import check_may_list
from marketplace.flows.customising_copies import customising_proposed
from marketplace.flows.events import ProductReviewed, ProductSubmitted
from marketplace.flows.kept_off import Asked, check_still_kept_off, note_kept_off
from marketplace.flows.product_seen import seen_of
from marketplace.flows.publish_product import (
    available_of,
    check_complete,
    copies_of,
    copy_offers,
    copy_products,
    publish_product,
    put_on_sale,
    watch_times,
)
from marketplace.flows.review_rules import BY_OWN, BY_RULE, REVIEWED, combinations_of, passing_of, wishes_of
from marketplace.flows.size_tables import copy_size_tables
from marketplace.flows.virtual_copies import copy_virtual, kinds_proposed
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.money import Money
from marketplace.kernel.outbox import record
from marketplace.kernel.plain import plain
from marketplace.kernel.verbs import verb
from marketplace.merchant.catalogue.actions import ProductInput, change_product, check_end, enter_product, locked_product, set_review
from marketplace.merchant.catalogue.errors import ProductChangedMeanwhile
from marketplace.merchant.catalogue.models import Product, Variant
from marketplace.merchant.conditions.errors import ConditionHolds
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.media.actions import note_pictures, put_shown
from marketplace.merchant.media.in_texts import check_pictures, known_in, note_in_texts
from marketplace.merchant.media.queries import Shown
from marketplace.merchant.pricing.actions import set_prices
from marketplace.merchant.virtual.actions import Kind, set_kind
from marketplace.platform.listings.actions import NewChange, close_change, locked_change, merchant_of_change, put_change, put_changes
from marketplace.platform.listings.errors import ChangeDecided, ChangeOutdated, RefusedAsItIs
from marketplace.platform.listings.models import ForbiddenWord, Listing, ProductChange
from marketplace.platform.listings.words import check_words, every_word, hits_in
from marketplace.platform.taxonomy.models import TaxClass
from marketplace.platform.taxonomy.queries import brand_to_use, categories_to_use
from tenants.access.other_hands import check_other_hands
from tenants.packages.limits import check_room
from tenants.packages.models import Limit
from tenants.tenancy.own import is_own
from tenants.tenancy.schemas import current_merchant_id, merchant_schema


@verb
def save_product(
    *,
    by: Actor,
    product_id: UUID,
    product: ProductInput,
    prices: Mapping[UUID, tuple[Money, Money | None]],
    stock: Mapping[UUID, int],
    is_new: bool,
    submits: bool = False,
    shown: Shown | None = None,
    kind: Kind | None = None,
    seen: str = "",
) -> Product:
    """Enter or change a product with prices and stock by variant id; `submits` asks the operator to let it onto the market.

    `shown` is which value each picture shows, and the film; None leaves both as they are. Of a product on sale, prices and stock take effect
    at once; what buyers read of it goes into review by itself, and buyers read on what was approved. `kind` is what kind of goods it is; None leaves
    that as it is. `seen` is seen_of() of what it was changed from, where somebody may have changed it since. All or nothing. Raises InvalidInput,
    SkuTaken, StockHeld, LimitReached (pictures), FilmUnknown, KindFixed, KindInBundle, ProductChangedMeanwhile, and when it is submitted
    ProductIncomplete.
    """
    with transaction.atomic():
        usable = categories_to_use([product.category_id])
        if product.category_id not in usable:
            raise InvalidInput(field="category", why=_("Choose a category."))
        product.category_id = usable[product.category_id]
        if product.brand_id is not None:
            product.brand_id = brand_to_use(product.brand_id)
        if product.tax_class not in TaxClass.values:
            raise InvalidInput(field="tax_class", why=_("Choose a tax class."))
        product.clean()
        check_pictures(product, known_in([product]))
        former = None if is_new else locked_product(product_id)  # before the room: in the order of an import
        check_end(product.listed_until, former.listed_until if former else None)
        if product.pictures:
            check_room(current_merchant_id(), Limit.PICTURES, lambda: 0, adding=len(product.pictures))
        was = seen_of(product_id) if seen and not is_new else seen
        asked = Asked.of(former) if former else Asked()
        put = enter_product if is_new else change_product
        row: Product = put(by=by, product_id=product_id, product=product)
        note_pictures(by=by, pictures=[(key, row.title.text, alt) for key, alt in product.pictures])
        note_in_texts(by, [row])
        if shown is not None and put_shown(by=by, product=row, values=shown.values, film_id=shown.film.pk if shown.film else None):
            row.review = Product.Review.NONE
        if kind is not None and set_kind(by=by, product_id=product_id, kind=kind.name, valid_days=kind.valid_days):
            row.refresh_from_db(fields=["version"])
            row.review = row.review if row.status != Product.Status.DRAFT else Product.Review.NONE
        if was != seen and seen_of(product_id) != was:  # the same form sent twice changes nothing
            raise ProductChangedMeanwhile
        set_prices(by=by, prices=prices)
        count_stock(by=by, counted=stock)
        row = after_change(by=by, row=row, asked=asked, submits=submits)
    return row


def after_change(*, by: Actor, row: Product, asked: Asked, submits: bool = False) -> Product:
    """What follows from a change of a product that its caller has locked: copies of what is on sale, and review of what buyers would read. What is
    approved and has lost the day that was still to come goes on sale at once, or when its condition of sale lets it.

    Raises as submit_product() and put_on_sale().
    """
    if asked.is_early and row.review == Product.Review.APPROVED and not row.is_early and not row.is_over:
        return _begin(by, row)
    is_on_sale = row.status == Product.Status.ON_SALE
    if is_on_sale or row.review == Product.Review.APPROVED:
        watch_times(row)
    if row.review == Product.Review.APPROVED:
        if is_on_sale:
            copy_products(by=by, products=[row])
    elif is_on_sale:
        copy_offers(by=by, product=row)
        copy_size_tables(by=by, products=[row])
        copy_virtual(by=by, products=[row])
    is_as_refused = row.review == Product.Review.REFUSED and not submits  # its price and stock may change all the same
    if row.review != Product.Review.APPROVED and not is_as_refused and (submits or is_on_sale or asked.is_asked):
        return submit_product(by=by, product_id=row.pk)  # type: ignore[no-any-return]
    return publish_product(by=by, product_id=row.pk) if submits else row


def _begin(by: Actor, row: Product) -> Product:
    try:
        with transaction.atomic():
            check_still_kept_off(row.pk)
            return put_on_sale(by=by, product_id=row.pk)  # type: ignore[no-any-return]
    except ConditionHolds as holds:
        watch_times(row)
        note_kept_off(row.pk, holds)
        return row


@verb
def submit_product(*, by: Actor, product_id: UUID) -> Product:
    """Ask the operator to let a product, or the edit of one, onto the market. What waited already is replaced, in its place.

    An edit that the market's rules let through is approved at once, and kept among the decisions like any other; so is everything of the
    market's own shop, which asks nobody else: what is forbidden is refused there too, what is only watched stands among the decisions.
    Raises ProductUnknown, ProductIncomplete, WordForbidden, RefusedAsItIs, AttributeMissing, BrandNotAllowed, BrandOutOfScope, and for what is
    not on sale NothingNewMeanwhile.
    """
    with transaction.atomic():
        row = locked_product(product_id)
        check_complete(row)
        if row.review == Product.Review.REFUSED:  # any change of it would have taken that away
            raise RefusedAsItIs
        if row.status != Product.Status.ON_SALE:
            check_may_list(current_merchant_id())
        proposed = _proposal(row)
        watched = check_words(proposed)
        _check_submitted(BrandScope(current_merchant_id(), submits=True), row)
        change = put_change(
            by=by,
            merchant_id=current_merchant_id(),
            product_id=product_id,
            version=row.version,
            is_new=product_id in _never_listed([row]),
            proposed=proposed,
        )
        if is_own(change.merchant_id):
            return _let_through(change, BY_OWN)
        if row.status == Product.Status.ON_SALE and not watched and passing_of(merchant_id=change.merchant_id, proposed={product_id: proposed}):
            return _let_through(change, BY_RULE)
        row = set_review(by=by, product_id=product_id, review=Product.Review.WAITING)
        record(ProductSubmitted(merchant_id=change.merchant_id, product_id=product_id, change_id=change.pk))
    return row


def _check_submitted(scope: BrandScope, row: Product) -> None:
    check_submitted(scope, product_id=row.pk, category_id=row.category_id, brand_id=row.brand_id, attributes=row.attributes, axes=row.axes)


def _never_listed(rows: Sequence[Product]) -> set[UUID]:
    """Those that no buyer has seen: drafts, and what was approved and never went on sale."""
    drafts = {row.pk for row in rows if row.status == Product.Status.DRAFT}
    off = {row.pk for row in rows if row.status == Product.Status.OFF_SALE}
    return drafts | (off and off - set(Listing.objects.filter(pk__in=off).values_list("pk", flat=True)))


def _let_through(change: ProductChange, by: Actor) -> Product:
    """Approved without a person. The product lies in the open schema, locked."""
    row: Product = publish_product(by=by, product_id=change.product_id)
    close_change(by=by, change=change, status=ProductChange.Status.APPROVED, is_by_rule=True)
    return row


@verb
def submit_products(*, by: Actor, products: Sequence[Product]) -> None:
    """The same for many that the caller has locked: what an import has entered or changed. What is not complete, or says what may not be said, stays as it is.

    Raises AttributeMissing, BrandNotAllowed, BrandOutOfScope, and where one is not on sale NothingNewMeanwhile.
    """
    with transaction.atomic():
        proposed = proposals_of(products)
        variants = Counter(Variant.objects.filter(product_id__in=proposed, is_active=True).values_list("product_id", flat=True))
        whole = [row for row in products if (one := proposed.get(row.pk)) and one["pictures"] and len(one["variants"]) == variants[row.pk]]
        words = every_word()
        said = {row.pk: {hit.word.weight for hit in hits_in(proposed[row.pk], words)} for row in whole}
        whole = [row for row in whole if ForbiddenWord.Weight.REFUSED not in said[row.pk]]
        if any(row.status != Product.Status.ON_SALE for row in whole):
            check_may_list(current_merchant_id())
        scope = BrandScope(current_merchant_id(), submits=True)
        for row in whole:
            _check_submitted(scope, row)
        new = _never_listed(whole)
        wanted = [NewChange(row.pk, row.version, row.pk in new, proposed[row.pk]) for row in whole]
        changes = put_changes(by=by, merchant_id=current_merchant_id(), changes=wanted)
        if is_own(current_merchant_id()):
            for change in changes:
                _let_through(change, BY_OWN)
            return
        edits = {row.pk: proposed[row.pk] for row in whole if row.status == Product.Status.ON_SALE and not said[row.pk]}
        passing = passing_of(merchant_id=current_merchant_id(), proposed=edits)
        waiting = [change for change in changes if change.product_id not in passing]
        for change in changes:
            if change.product_id in passing:
                _let_through(change, BY_RULE)
        keys = [change.product_id for change in waiting]
        Product.objects.filter(pk__in=keys).update(review=Product.Review.WAITING, review_note="", changed_at=clock.now())
        for change in waiting:
            record(ProductSubmitted(merchant_id=change.merchant_id, product_id=change.product_id, change_id=change.pk))


@verb
def withdraw_product(*, by: Actor, product_id: UUID) -> Product:
    """The merchant takes its submission back. Raises ProductUnknown, ChangeDecided when nothing waits."""
    with transaction.atomic():
        row = locked_product(product_id)
        change = ProductChange.objects.filter(product_id=product_id, merchant_id=current_merchant_id(), status=ProductChange.Status.WAITING).first()
        if change is None:
            raise ChangeDecided
        close_change(by=by, change=change, status=ProductChange.Status.WITHDRAWN)
        row = set_review(by=by, product_id=product_id, review=Product.Review.NONE)
    return row


@verb
def approve_change(*, by: Actor, change_id: UUID, seen_version: int) -> ProductChange:
    """The operator lets it onto the market: it is on sale when this commits, or when its time comes.

    Raises ChangeUnknown, ChangeDecided, ChangeOutdated (the merchant has changed it since), ProductIncomplete, OwnHands.
    """
    with transaction.atomic():
        with merchant_schema(merchant_of_change(change_id)):
            change, row = _waiting(by, change_id, seen_version)
            if _reviewed(_proposal(row)) != _reviewed(change.proposed):
                raise ChangeOutdated
            publish_product(by=by, product_id=change.product_id)
        close_change(by=by, change=change, status=ProductChange.Status.APPROVED)
        record(ProductReviewed(merchant_id=change.merchant_id, product_id=change.product_id, change_id=change.pk, is_approved=True))
    return change


@verb
def send_change_back(*, by: Actor, change_id: UUID, seen_version: int, reason: str = "", notes: Mapping[str, str] | None = None) -> ProductChange:
    """The operator asks for changes, as a whole or field by field; the merchant reads why. What was on sale before stays as it was approved.

    Raises ReasonMissing, InvalidInput, ChangeUnknown, ChangeDecided, ChangeOutdated, OwnHands.
    """
    return turn_down(by, change_id, seen_version, ProductChange.Status.SENT_BACK, reason, notes or {})


@verb
def refuse_change(*, by: Actor, change_id: UUID, seen_version: int, reason: str = "", notes: Mapping[str, str] | None = None) -> ProductChange:
    """The operator does not let it onto the market as it is: it cannot be submitted again without a change. Raises as `send_change_back`."""
    return turn_down(by, change_id, seen_version, ProductChange.Status.REFUSED, reason, notes or {})


def turn_down(by: Actor, change_id: UUID, seen_version: int, status: ProductChange.Status, reason: str, notes: Mapping[str, str]) -> ProductChange:
    said = {field: text.strip() for field, text in notes.items() if text.strip()}
    if unknown := set(said) - set(NOTE_LABELS):
        raise InvalidInput(field="notes", why=_("There is no field “{name}” in a product.").format(name=sorted(unknown)[0]))
    if long := next((field for field, text in said.items() if len(text) > LONGEST_NOTE), None):
        raise InvalidInput(field=f"note_{long}", why=_("Write at most {most} characters.").format(most=LONGEST_NOTE))
    if not said:
        check_reason(reason)
    reason = reason.strip()[:500]
    with transaction.atomic():
        with merchant_schema(merchant_of_change(change_id)):
            change, _row = _waiting(by, change_id, seen_version)
            set_review(by=by, product_id=change.product_id, review=Product.Review(status), note=reason, notes=said)
        close_change(by=by, change=change, status=status, reason=reason, notes=said)
        record(ProductReviewed(merchant_id=change.merchant_id, product_id=change.product_id, change_id=change.pk, is_approved=False))
    return change


def _waiting(by: Actor, change_id: UUID, seen_version: int) -> tuple[ProductChange, Product]:
    """The change and its product, in the open schema; locked as a merchant who submits locks them, the product first."""
    row = locked_product(ProductChange.objects.values_list("product_id", flat=True).get(pk=change_id))
    change = locked_change(change_id)
    check_other_hands(by, change.merchant_id)
    if change.status != ProductChange.Status.WAITING:
        raise ChangeDecided
    if change.version != seen_version:
        raise ChangeOutdated
    return change, row


# Fields that a decision may say something about, as the product form calls them.
NOTE_LABELS = {
    "title_zh": _lazy("Title in Chinese"),
    "title_en": _lazy("Title in English"),
    "subtitle_zh": _lazy("Subtitle in Chinese"),
    "subtitle_en": _lazy("Subtitle in English"),
    "category": _lazy("Category"),
    "brand": _lazy("Brand"),
    "tax_class": _lazy("Tax class"),
    "pictures": _lazy("Pictures"),
    "description_zh": _lazy("Description in Chinese"),
    "description_en": _lazy("Description in English"),
    "attributes": _lazy("Attributes"),
    "variants": _lazy("Variants"),
    "customising": _lazy("Wishes of buyers"),
}
LONGEST_NOTE = 300


def _reviewed(proposed: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a proposal that the operator decides over: price and stock are the merchant's own."""
    subtitles, combinations = proposed.get("subtitles", {}), combinations_of(proposed)
    return plain({**{name: proposed[name] for name in REVIEWED}, "subtitles": subtitles, "variants": combinations, "customising": wishes_of(proposed)})  # type: ignore[no-any-return]


def _proposal(row: Product) -> dict[str, Any]:
    """What the listing would be, as ProductChange.proposed holds it."""
    return proposals_of([row])[row.pk]


def proposals_of(rows: Sequence[Product]) -> dict[UUID, dict[str, Any]]:
    """The same for many, by key, without those that have nothing to sell."""
    listings, copies = copies_of(rows)
    available = available_of([row.pk for row in rows])
    subtitles = {row.pk: row.subtitles for row in rows}
    parts, virtual = parts_proposed(row.pk for row in rows), kinds_proposed(row.pk for row in rows)
    customs = customising_proposed(row.pk for row in rows)
    times = {row.pk: (row.listed_from, row.listed_until) for row in rows}
    variants: dict[UUID, list[dict[str, Any]]] = {listing.pk: [] for listing in listings}
    for one in copies:
        variants[one.listing_id].append(
            {
                "id": str(one.pk),
                "sku": one.sku,
                "options": one.options,
                "price_minor": one.price_minor,
                "market_minor": one.market_minor,
                "available": available[one.pk],
            }
        )
    return {
        listing.pk: {
            **{name: getattr(listing, name) for name in REVIEWED},
            "subtitles": subtitles[listing.pk],
            "currency": listing.currency,
            "listed_from": start.isoformat() if (start := times[listing.pk][0]) else None,
            "listed_until": end.isoformat() if (end := times[listing.pk][1]) else None,
            "variants": variants[listing.pk],
            **({"parts": parts[listing.pk]} if listing.pk in parts else {}),
            **({"virtual": virtual[listing.pk]} if listing.pk in virtual else {}),
            **({"customising": customs[listing.pk]} if listing.pk in customs else {}),
        }
        for listing in listings
    }
