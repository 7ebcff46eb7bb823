"""Keeping the table of suggestions in step with what can be found: with every change of listings, once an hour, and anew with a rebuild.

All of it is by state: what should stand there is worked out from the listings and the PostgreSQL index as they are, compared with what does, and only
the difference is written. So a change of price or stock writes nothing; nor is anything counted for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

import psycopg
from django.db import connection, transaction

from marketplace.platform.taxonomy.models import Brand, Category
from marketplace.platform.taxonomy.queries import hidden_ids
from search.backends.packing import IN_STOCK, brand_node, category_node, shop_node
from search.backends.postgres_writing import beside_rebuilds, chunks
from search.documents import on_sale
from search.models import SearchDoc, Suggestion
from search.suggestions.asked import asked_by_enough, forget_old
from search.suggestions.entries import LEAST_LISTINGS, Entry, Kind, entries_of_name, entries_of_titles, entry_of_words, weight_of
from search.tokens import query_clauses
from search.words import look_up
from tenants.tenancy.jobs import long_market_task
from tenants.tenancy.models import Merchant
from tenants.tenancy.standing import FOUND

MOST_COUNTED = 1000  # listings of a phrase, category, brand or shop that are counted: more weigh no more
AT_ONCE = 500
COLUMNS = [field.name for field in fields(Entry)]
KEY = ["kind", "target", "language", "place"]
TABLE = "public.search_suggestion"
_ARRAYS = ", ".join(f"%s::{'int' if name in ('place', 'weight') else 'text'}[]" for name in COLUMNS)
_UPSERT = f"""
    INSERT INTO {TABLE} ({", ".join(COLUMNS)}) SELECT * FROM unnest({_ARRAYS})
    ON CONFLICT ({", ".join(KEY)}) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name not in KEY)}
"""  # noqa: S608  names of ours


@dataclass(frozen=True)
class Named:
    """Categories, brands and shops (by their ordinals)."""

    categories: frozenset[int]
    brands: frozenset[int]
    shops: frozenset[int]

    @classmethod
    def of(cls, nodes: Collection[int]) -> Named:
        """Of nodes of the index; values of attributes are left out."""
        categories, brands, shops = (frozenset(node >> 2 for node in nodes if node & 3 == kind and node != IN_STOCK) for kind in range(3))
        return cls(categories, brands, shops)


@dataclass(frozen=True)
class Indexed:
    """What the PostgreSQL index has of a listing: its nodes without stock, and its words."""

    nodes: frozenset[int]
    words: bytes


@dataclass(frozen=True)
class Followed:
    """What the rows of these listings were and are, and where the index had them before it followed."""

    listing_ids: frozenset[UUID]
    former: list[Entry]
    fresh: list[Entry]
    indexed: dict[UUID, Indexed]


def follow_products(listing_ids: Iterable[UUID]) -> Followed:
    """Before the PostgreSQL index follows: the rows of the listings themselves. They are most of the work, and nobody waits for them: the lock of the
    vocabulary, which all writers of the index share, is taken after this."""
    ids = frozenset(listing_ids)
    rows = on_sale().filter(pk__in=ids).order_by("pk").values_list("pk", "titles", "sold")
    entries = [entry for row in rows for entry in entries_of_titles(*row)]
    beside_rebuilds()
    former, fresh = settle(Kind.PRODUCT, entries, [str(key) for key in ids])
    return Followed(ids, former, fresh, _indexed(ids))


def follow_names(followed: Followed) -> None:
    """After the index has followed, in the same transaction: phrases, categories, brands and shops."""
    _settle_phrases(followed.former, followed.fresh)
    before, now = followed.indexed, _indexed(followed.listing_ids)
    other = [each for key in before.keys() | now.keys() if before.get(key) != now.get(key) for each in (before.get(key), now.get(key)) if each]
    if other:
        _settle_named(frozenset(node for each in other for node in each.nodes))


def rebuild() -> int:
    """All suggestions anew. Readers see the former ones until it commits. Returns how many there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('wanshang.search.rebuild'))")  # as whoever writes the index
        cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608
        for entries in chunks(_all_products(), 5000):
            _copy(entries)
        cursor.execute(f"ANALYZE {TABLE}")
        _copy(_all_phrases())
        _settle_all_named()
        _settle_asked()
        cursor.execute(f"ANALYZE {TABLE}")
        return Suggestion.objects.count()


@long_market_task
def mend() -> None:
    """Job: what no change of a listing tells: names of categories, brands and shops, and what visitors have asked for since."""
    with transaction.atomic():
        forget_old()
        _settle_asked()
    with transaction.atomic():
        _settle_all_named()


def ask_to_mend() -> None:
    """Duty."""
    with transaction.atomic():
        mend.request()


def settle(kind: Kind, wanted: Iterable[Entry], targets: Sequence[str] | None) -> tuple[list[Entry], list[Entry]]:
    """Make the rows of these targets (None: of all) what is wanted. Returns the rows that went or changed as they were, and those that came or changed."""
    rows = Suggestion.objects.filter(kind=kind) if targets is None else Suggestion.objects.filter(kind=kind, target__in=targets)
    stored = {row[0]: Entry(*row[1:]) for row in rows.values_list("pk", *COLUMNS)}
    there = {entry.key: entry for entry in stored.values()}
    should = {entry.key: entry for entry in wanted}
    gone = [pk for pk, entry in stored.items() if entry.key not in should]
    differing = [entry for key, entry in sorted(should.items()) if there.get(key) != entry]
    if gone:
        Suggestion.objects.filter(pk__in=gone).delete()
    if differing:
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT, [list(values) for values in zip(*map(_values, differing), strict=True)])
    return [*(stored[pk] for pk in gone), *(there[entry.key] for entry in differing if entry.key in there)], differing


# ── Words of titles ──────────────────────────────────────────────────────────────────────────────────────────────────


def _settle_phrases(former: Iterable[Entry], fresh: Iterable[Entry]) -> None:
    """Phrases of titles stand there while at least LEAST_LISTINGS hold them. `former` rows of products went, `fresh` ones stand there now."""
    begun = {(entry.language, entry.word) for entry in fresh if entry.word}
    joined = {(entry.language, entry.text) for entry in [*former, *fresh] if entry.text}
    left = {(entry.language, entry.word) for entry in former if entry.word} - begun
    texts = sorted({text for _language, text in begun | joined | left})
    # The same text in another language is looked at again with it.
    others = set(Suggestion.objects.filter(kind=Kind.PHRASE, target__in=texts).values_list("language", "target")) - begun - joined - left
    # Words that no title begins a place with any more go, however many descriptions hold them.
    settle(Kind.PHRASE, _phrase_entries(_holding(joined | others), begun | _still_begun(left | others)), texts)


def _holding(phrases: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """How many listings hold these two words; of what very many hold, the first rows alone are looked at."""
    if not phrases:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT language, text, (SELECT least(count(DISTINCT target), %s) FROM"  # noqa: S608
            f" (SELECT target FROM {TABLE} WHERE kind = 'product' AND text <> '' AND (language, text) = (wanted.language, wanted.text) LIMIT %s) few)"
            " FROM unnest(%s::text[], %s::text[]) AS wanted (language, text)",
            [MOST_COUNTED, 2 * MOST_COUNTED, *map(list, zip(*phrases, strict=True))],
        )
        return {(language, text): count for language, text, count in cursor.fetchall()}


def _still_begun(words: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these words that a title begins a place with."""
    if not words:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT language, word FROM unnest(%s::text[], %s::text[]) AS wanted (language, word) WHERE EXISTS"  # noqa: S608
            f" (SELECT 1 FROM {TABLE} AS row WHERE kind = 'product' AND word <> '' AND (row.language, row.word) = (wanted.language, wanted.word))",
            [*map(list, zip(*words, strict=True))],
        )
        return set(cursor.fetchall())


def _all_phrases() -> list[Entry]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT language, text, least(count(DISTINCT target), {MOST_COUNTED}) FROM {TABLE} WHERE kind = 'product' AND text <> ''"  # noqa: S608
            f" GROUP BY language, text HAVING count(DISTINCT target) >= {LEAST_LISTINGS}"
        )
        counted = {(language, text): count for language, text, count in cursor.fetchall()}
        cursor.execute(f"SELECT DISTINCT language, word FROM {TABLE} WHERE kind = 'product' AND word <> ''")  # noqa: S608
        single = set(cursor.fetchall())
    return _phrase_entries(counted, single)


def _phrase_entries(counted: dict[tuple[str, str], int], single: set[tuple[str, str]]) -> list[Entry]:
    """`counted`: listings of two words that stand together; `single`: words, whose listings the vocabulary knows."""
    joined = {word: clauses[0].joined for _language, word in single if len(clauses := query_clauses(word)) == 1}
    df = look_up(set(joined.values()))
    counts = dict(counted)
    for language, word in single:
        counts[language, word] = max(df.get(joined.get(word, ""), 0), counts.get((language, word), 0))
    entries = (entry_of_words(Kind.PHRASE, text, language, weight_of(count)) for (language, text), count in counts.items() if text and count >= LEAST_LISTINGS)
    return [entry for entry in entries if entry]


def _all_products() -> Iterator[Entry]:
    last: UUID | None = None
    while True:
        rows = on_sale().order_by("pk")
        some = list((rows.filter(pk__gt=last) if last else rows).values_list("pk", "titles", "sold")[:AT_ONCE])
        for row in some:
            yield from entries_of_titles(*row)
        if len(some) < AT_ONCE:
            return
        last = some[-1][0]


# ── Categories, brands and shops ─────────────────────────────────────────────────────────────────────────────────────


def _indexed(listing_ids: Iterable[UUID]) -> dict[UUID, Indexed]:
    rows = SearchDoc.objects.filter(pk__in=listing_ids).values_list("pk", "nodes", "forward")
    return {key: Indexed(frozenset(nodes) - {IN_STOCK}, bytes(forward)) for key, nodes, forward in rows}


def _settle_named(nodes: Collection[int]) -> None:
    """Of nodes of the index, those of categories, brands and shops."""
    _settle_kinds(Named.of(nodes), _counted([node for node in nodes if node & 3 != 3]))


def _settle_all_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT node, count(*) FROM (SELECT unnest(nodes) AS node FROM public.search_searchdoc) each WHERE node & 3 <> 3 GROUP BY node")
        _settle_kinds(None, dict(cursor.fetchall()))


def _counted(nodes: list[int]) -> dict[int, int]:
    """How many documents stand under each of these, up to MOST_COUNTED."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT node, (SELECT count(*) FROM"  # noqa: S608
            f" (SELECT 1 FROM public.search_searchdoc WHERE nodes @> ARRAY[node] LIMIT {MOST_COUNTED}) few) FROM unnest(%s::int[]) AS node",
            [nodes],
        )
        return dict(cursor.fetchall())


def _settle_kinds(under: Named | None, counts: dict[int, int]) -> None:
    """`under` None: everything. What holds nothing that can be found is proposed to nobody."""
    hidden = hidden_ids()
    categories = Category.objects.filter(merged_into=None)
    brands = Brand.objects.filter(merged_into=None)
    shops = Merchant.objects.filter(status__in=FOUND)
    if under is not None:
        categories = categories.filter(pk__in=under.categories)
        brands, shops = brands.filter(pk__in=under.brands), shops.filter(ordinal__in=under.shops)
    wanted: dict[Kind, list[Entry]] = defaultdict(list)
    for row in categories.only("names", "path"):
        if hidden.isdisjoint(row.path) and (count := counts.get(category_node(row.pk), 0)):
            wanted[Kind.CATEGORY] += entries_of_name(Kind.CATEGORY, row.pk, row.names, _capped(count))
    for brand in brands.only("names", "aliases"):
        if count := counts.get(brand_node(brand.pk), 0):
            wanted[Kind.BRAND] += entries_of_name(Kind.BRAND, brand.pk, brand.names, _capped(count), brand.aliases)
    for ordinal, names in shops.values_list("ordinal", "names"):
        if count := counts.get(shop_node(ordinal), 0):
            wanted[Kind.SHOP] += entries_of_name(Kind.SHOP, ordinal, names, _capped(count))
    named = {Kind.CATEGORY: under.categories, Kind.BRAND: under.brands, Kind.SHOP: under.shops} if under else {}
    for kind in (Kind.CATEGORY, Kind.BRAND, Kind.SHOP):
        settle(kind, wanted[kind], [str(key) for key in sorted(named[kind])] if named else None)


def _capped(count: int) -> int:
    return weight_of(min(count, MOST_COUNTED))


# ── What visitors asked for ──────────────────────────────────────────────────────────────────────────────────────────


def _settle_asked() -> None:
    entries = (entry_of_words(Kind.ASKED, text, "", weight_of(visitors) + 50) for text, visitors in asked_by_enough())
    settle(Kind.ASKED, [entry for entry in entries if entry], None)


def _copy(entries: Iterable[Entry]) -> None:
    with (
        connection.cursor() as opened,
        connection.wrap_database_errors,
        psycopg.Cursor(opened.connection) as cursor,
        cursor.copy(f"COPY {TABLE} ({', '.join(COLUMNS)}) FROM STDIN") as copy,  # type: ignore[arg-type]
    ):
        for entry in entries:
            copy.write_row(_values(entry))


def _values(entry: Entry) -> list[str | int]:
    """As the database takes them: texts as such, the kind too."""
    return [str(value) if isinstance(value, str) else value for value in (getattr(entry, name) for name in COLUMNS)]
