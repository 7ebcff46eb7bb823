"""From listings to documents: what of a listing is searched, counted and sorted by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import unescape
from uuid import UUID

from django.db.models import QuerySet

from marketplace.platform.details.models import ListingDetail
from marketplace.platform.listings.models import Listing, ListingVariant, expected_stars
from marketplace.platform.reviews.models import ShopScore
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Brand, Category
from marketplace.platform.taxonomy.queries import values_as_now
from search.contract import UNRATED, Doc
from search.options import values_of
from search.tokens import ASIDE, HEAD, han_grams, head_words, index_tokens
from tenants.tenancy.standing import FOUND

TITLE, TEXT = 2, 1  # what a word counts in a title, and elsewhere
MOST_TOKENS = 2000  # different ones of a listing
LONGEST_ENTRY = 200  # characters of what a merchant entered for an attribute
AT_ONCE = 500

_TAG = re.compile(r"<[^>]*>")


def documents_of(ids: Iterable[UUID]) -> list[Doc]:
    """Documents of the listings that are on sale in a shop that is found (tenants/tenancy/standing.py), in a number of queries that does not grow with theirs.

    The others have none: whoever keeps an index removes them.
    """
    return _built(list(on_sale().filter(pk__in=list(ids))))


def all_documents() -> Iterator[Doc]:
    """Every document there is, by key, read as it is asked for."""
    last: UUID | None = None
    while True:
        rows = on_sale().order_by("pk")
        listings = list((rows.filter(pk__gt=last) if last else rows)[:AT_ONCE])
        yield from _built(listings)
        if len(listings) < AT_ONCE:
            return
        last = listings[-1].pk


def count_documents() -> int:
    return on_sale().count()


def on_sale() -> QuerySet[Listing]:
    """Listings that can be found."""
    return Listing.objects.filter(is_on_sale=True, merchant__status__in=FOUND).select_related("merchant")


@dataclass(frozen=True)
class Names:
    """What the listings' keys are called, each in all languages."""

    categories: Mapping[int, Category]
    brands: Mapping[int, Brand]
    facets: frozenset[int]
    values: Mapping[int, AttributeValue]
    options: Mapping[UUID, list[list[tuple[int, int]]]]  # of each variant
    subtitles: Mapping[UUID, Mapping[str, str]]
    scores: Mapping[UUID, float]  # of merchants that are rated

    @cached_property
    def by_key(self) -> dict[int, AttributeValue]:
        """Values as they are now, by their own keys."""
        return {value.pk: value for value in self.values.values()}

    def now(self, said: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """These pairs of attribute and value as they are now, each once, and only under the attribute a value belongs to."""
        pairs = dict.fromkeys((attribute, self.values[value].pk) for attribute, value in said if value in self.values)
        return [(attribute, value) for attribute, value in pairs if self.by_key[value].attribute_id == attribute]

    def facets_of(self, pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        return [pair for pair in pairs if pair[0] in self.facets]


def _built(listings: list[Listing]) -> list[Doc]:
    names = _names(listings)
    return [_document(listing, names) for listing in listings]


def _names(listings: list[Listing]) -> Names:
    categories = Category.objects.in_bulk({listing.category_id for listing in listings})
    wider = {key for category in categories.values() for key in category.path} - categories.keys()
    options: dict[UUID, list[list[tuple[int, int]]]] = {}
    for listing_id, chosen in ListingVariant.objects.filter(listing__in=listings).order_by("position", "pk").values_list("listing_id", "options"):
        options.setdefault(listing_id, []).append([(int(attribute), int(value)) for attribute, value in chosen.items()])
    pairs = {pair for listing in listings for pair in _entered_pairs(listing)} | {pair for rows in options.values() for row in rows for pair in row}
    return Names(
        {**categories, **Category.objects.in_bulk(wider)},
        Brand.objects.in_bulk({listing.brand_id for listing in listings if listing.brand_id}),
        frozenset(Attribute.objects.filter(pk__in={attribute for attribute, _value in pairs}, is_facet=True).values_list("pk", flat=True)),
        values_as_now({value for _attribute, value in pairs}),
        options,
        dict(ListingDetail.objects.filter(pk__in=[listing.pk for listing in listings]).exclude(subtitles={}).values_list("pk", "subtitles")),
        shop_scores({listing.merchant_id for listing in listings}),
    )


def _entered_pairs(listing: Listing) -> Iterator[tuple[int, int]]:
    return ((int(attribute), int(value)) for attribute, values, _entered in listing.attributes for value in values or ())


def _document(listing: Listing, names: Names) -> Doc:
    category = names.categories[listing.category_id]
    brand = names.brands.get(listing.brand_id) if listing.brand_id else None
    options = [names.now(row) for row in names.options.get(listing.pk, ())]
    described = names.now(_entered_pairs(listing))
    known = dict.fromkeys([*described, *sorted({pair for row in options for pair in row})])
    values, variants = values_of(names.facets_of(described), (frozenset(names.facets_of(row)) for row in options))
    below = list(names.subtitles.get(listing.pk, {}).values())
    tokens = text_tokens(
        titles=listing.titles.values(),
        names=[*category.names.values(), *(brand.names.values() if brand else ())],
        texts=[*below, *map(plain_text, listing.descriptions.values())],
    )
    aside = [
        *(_joined(names.categories[key].names) for key in category.path if key != category.pk and key in names.categories),
        *(_joined(names.by_key[value].names) for _attribute, value in known),
        *(text[:LONGEST_ENTRY] for _attribute, _values, entered in listing.attributes for text in (entered or {}).values()),
        _joined(listing.merchant.names),
    ]
    short = [*listing.titles.values(), *below, *category.names.values(), *(brand.names.values() if brand else ()), *aside]
    return Doc(
        id=listing.pk,
        tokens=tokens,
        length=sum(tokens.values()),
        category_path=list(category.path) or [category.pk],
        brand=listing.brand_id or 0,
        shop=listing.merchant.ordinal,
        values=values,
        price=listing.price_minor,
        popularity=float(listing.sold),
        published=int(listing.published_at.timestamp()),
        in_stock=listing.in_stock,
        version=listing.version,
        marks=marks(aside=aside, heads=category.names.values(), short=short),
        variants=variants,
        rating=share_of(expected_stars(listing.rating_sum, listing.rating_count)),
        shop_score=names.scores.get(listing.merchant_id, UNRATED),
    )


def shop_scores(merchant_ids: Iterable[UUID]) -> dict[UUID, float]:
    """Of those that are rated: 0 for one star to 1 for five."""
    return {key: share_of(score.ranked) for key, score in ShopScore.objects.in_bulk(set(merchant_ids)).items()}


def share_of(stars: float) -> float:
    """0 for one star to 1 for five."""
    return (stars - 1) / 4


def stars_of(share: float) -> float:
    return 1 + 4 * share


def text_tokens(*, titles: Iterable[str], names: Iterable[str], texts: Iterable[str]) -> Counter[str]:
    """Tokens with their weights. A word that several languages of a title share counts as in one of them."""
    titled: Counter[str] = Counter()
    for title in titles:
        titled |= Counter(index_tokens(title))
    weighed = Counter({token: TITLE * times for token, times in titled.items()})
    for tokens in (*map(_tokens, names), *map(index_tokens, texts)):
        weighed.update({token: TEXT * times for token, times in Counter(tokens).items()})
    return weighed if len(weighed) <= MOST_TOKENS else Counter(dict(weighed.most_common(MOST_TOKENS)))


def marks(*, aside: Iterable[str], heads: Iterable[str], short: Iterable[str]) -> frozenset[str]:
    """Marks of a listing: words from aside, the words that name its category, and Han characters of all its short texts."""
    words = {ASIDE + token for text in aside for token in _tokens(text)}
    named = {HEAD + word for name in heads for word in _head_words(name)}
    return frozenset(words | named | {gram for text in short for gram in _grams(text)})


def plain_text(html: str) -> str:
    """The text of a description without its tags."""
    return unescape(_TAG.sub(" ", html))


def _joined(names: Mapping[str, str]) -> str:
    return " \n ".join(names.values())


# Names come again with every listing of a category, brand or shop.
_tokens = lru_cache(maxsize=20_000)(lambda text: tuple(index_tokens(text)))
_grams = lru_cache(maxsize=20_000)(lambda text: tuple(han_grams(text)))
_head_words = lru_cache(maxsize=20_000)(lambda name: tuple(head_words(name)))
