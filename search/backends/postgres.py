"""Search in PostgreSQL: GIN finds, numpy counts facets, Python ranks. One public table over all shops.

Facets are counted exactly up to 15,000 matches; beyond, from a random sample held by sample lexemes, with is_estimate set.
Every statement names its tables with their schema (place.py), so it may run while a merchant's schema is open. What is put into the
text of statements are names of ours; whatever was asked for goes as parameters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import psycopg
from django.db import DatabaseError, connection

from search.backends import postgres_writing as writing
from search.backends.facets import Found, by_attribute, groups_of, price_range
from search.backends.packing import (
    IN_STOCK,
    LARGEST_FRACTION,
    brand_node,
    node_of,
    required_nodes,
    sample_of,
    shop_node,
    tsquery_all,
    tsquery_any,
    tsquery_heads,
    value_node,
)
from search.backends.ranking import Candidates, best_first
from search.contract import REACH, Answer, Doc, Query, Sort, type_state
from search.ladder import climb
from search.place import MARKET, Place
from search.words import HALF_AS_NEW_S, Asked, Shares, Word, now_s

EXACT = 15_000
RANKED = 8_000  # matches that are all ranked; of more, those of the category that a word names and the most popular are
SOME_WORDS = 4_000  # matches of the rarest words that are ranked where not all words are held
NOTED = 2_000  # rows that are read at once where all are
ANY = 2**62  # as many as there are
# What Found unpacks.
COLUMNS = {
    "facets": "facets", "sizes": "int2send((length(facets) / 8)::int2)", "brand": "int4send(brand)", "shop": "int4send(shop)", "price": "int8send(price)",
    "options": "coalesce(array_send(options), '')", "option_sizes": "int4send(coalesce(length(array_send(options)), 0))",
}  # fmt: skip
ORDERS = {
    Sort.POPULAR: "popularity DESC, id",
    Sort.NEWEST: "published DESC, id",
    Sort.PRICE_UP: "price, id",
    Sort.PRICE_DOWN: "price DESC, id DESC",
}


@dataclass(frozen=True)
class Where:
    """Conditions on the documents at a place. `words`: a tsquery, or nothing; `pins`: found whether they hold the words or not; `most` bounds
    the matches, as far as that is known; `values`: what is chosen of attributes, each of which is one of the groups too."""

    words: str = ""
    pins: Sequence[UUID] = ()
    nodes: Sequence[int] = ()
    groups: dict[object, tuple[str, list[Any]]] = field(default_factory=dict)
    values: Mapping[int, frozenset[int]] = field(default_factory=dict)
    most: int = ANY
    among: Sequence[UUID] | None = None
    place: Place = MARKET

    def but(self, group: object) -> Where:
        groups = {key: each for key, each in self.groups.items() if key != group}
        return replace(self, groups=groups, values={key: each for key, each in self.values.items() if key != group})

    def without_groups(self) -> Where:
        return replace(self, groups={}, values={})

    def sql(self, fraction: int = 1) -> tuple[str, list[Any]]:
        """The condition and its parameters, on a sample of one listing in `fraction`."""
        sample = " & ".join(f"'{lexeme}'" for lexeme in sample_of(fraction))
        parts: list[tuple[str, list[Any]]] = list(self.groups.values())
        if self.words and self.pins:
            parts.append(("(tsv @@ %s::tsquery OR id = ANY(%s::uuid[]))", [self.words, list(self.pins)]))
            parts += [("tsv @@ %s::tsquery", [sample])] if sample else []
        elif tsquery := " & ".join(filter(None, [f"({self.words})" if self.words else "", sample])):
            parts.append(("tsv @@ %s::tsquery", [tsquery]))
        if self.nodes:
            parts.append(("nodes @> %s::int[]", [list(self.nodes)]))
        if self.among is not None:
            parts.append(("id = ANY(%s::uuid[])", [list(self.among)]))
        if len(self.values) > 1:
            parts.append(self._in_one_variant())
        return " AND ".join(sql for sql, _values in parts) or "true", [value for _sql, values in parts for value in values]

    def _in_one_variant(self) -> tuple[str, list[Any]]:
        """Of a listing whose variants lack combinations, one of them has to hold a value of each attribute that tells them apart."""
        each = " AND ".join(["(options[nth:nth] && %s::int[] OR NOT options[1:1] && %s::int[])"] * len(self.values))
        sql = f"(options IS NULL OR EXISTS (SELECT 1 FROM generate_series(2, array_length(options, 1)) nth WHERE {each}))"  # noqa: S608
        return sql, [values for attribute, chosen in self.values.items() for values in (sorted(chosen), [-attribute])]


class PostgresBackend:
    """`exact`: how many matches have their facets counted one by one. `place`: where the index lies."""

    name = "postgres"

    def __init__(self, exact: int = EXACT, place: Place = MARKET) -> None:
        self.exact, self.place = exact, place

    def search(self, query: Query) -> Answer:
        return climb(self, query.bounded(), self.place)

    def holding_all(self, query: Query, asked: Asked) -> Answer:
        where = _where(query, asked, tsquery_all(asked.needed), min((word.most for word in asked.needed), default=ANY), self.place)
        answer = self._count(query, where)
        if not answer.total:
            return answer
        if query.sort != Sort.RELEVANCE or not asked.words:
            return replace(answer, ids=self._sorted(query, where, answer.total))
        ids, also = _page(asked, _candidates([(where, answer.total)], asked), query.start, query.end), []
        if query.page == 1 and answer.total < query.size and len(asked.words) > 1:
            also = _page(asked, self._some_words(query, asked, enough=query.size), 0, query.size + len(ids))
        return replace(answer, ids=ids, also=[key for key in also if key not in ids][: query.size - len(ids)])

    def holding_some(self, query: Query, asked: Asked) -> Answer:
        where = _where(query, asked, tsquery_any(asked.words), sum(word.most for word in asked.words), self.place)
        answer = self._count(query, where)
        if query.sort != Sort.RELEVANCE:
            return replace(answer, ids=self._sorted(query, where, answer.total) if answer.total else [])
        return replace(answer, ids=_page(asked, self._some_words(query, asked, enough=REACH), query.start, query.end))

    def put(self, docs: Iterable[Doc]) -> None:
        writing.put(docs, self.place)

    def remove(self, ids: Iterable[UUID]) -> None:
        writing.remove(ids, self.place)

    def rebuild(self, docs: Iterable[Doc]) -> int:
        return writing.rebuild(docs, self.place)

    def states(self, ids: Collection[UUID] | None = None) -> Iterator[tuple[UUID, type_state]]:
        of_these, values = ("", []) if ids is None else (" AND id = ANY(%s::uuid[])", [list(ids)])
        last = UUID(int=0)
        while True:
            rows = rows_of(
                f"SELECT id, version, price, popularity, published, nodes[1] = {IN_STOCK}, shop, brand, rating, shop_score FROM {self.place.docs}"  # noqa: S608
                f" WHERE id > %s::uuid{of_these} ORDER BY id LIMIT %s",
                [last, *values, NOTED],
            )
            yield from ((key, tuple(state)) for key, *state in rows)  # type: ignore[misc]
            if len(rows) < NOTED:
                return
            last = rows[-1][0]

    def refresh(self) -> None:
        """What was put is findable at once; this tidies the indexes' pending lists, so that no reader has to."""
        writing.tidy(self.place)

    def is_well(self) -> bool:
        try:
            return bool(rows_of("SELECT 1", []))
        except DatabaseError:
            return False

    # ── counting ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _count(self, query: Query, where: Where) -> Answer:
        """Total and facets. Few matches of words and category: one fetch serves every group. Many: a fetch a group."""
        groups = groups_of(query)
        base = where.without_groups()
        if (fraction := self._fraction(base)) == 1 and groups:
            parts = _fetch(base, 1, with_options=bool(query.values)).parts(query, groups)
        elif not groups:
            parts = {None: _fetch(base, fraction).whole({})}
        else:
            narrowed = {but: where.but(but) for but in (None, *groups)}
            parts = {
                but: _fetch(each, self._fraction(each), for_group=but, with_options=bool(each.values)).whole(each.values) for but, each in narrowed.items()
            }
        every = parts[None]
        values = [triple for triple in every.values() if triple[0] not in query.values]
        values += [triple for attribute in query.values for triple in parts[attribute].values(of=attribute)]
        low, high = parts.get("price", every).span()
        return Answer(
            ids=[],
            total=every.total(),
            categories=every.categories(query.category or 0),
            brands=parts.get("brand", every).brands(),
            shops=parts.get("shop", every).shops(),
            attributes=by_attribute(values),
            price_from=low,
            price_to=high,
            prices=parts.get("price", every).prices(),
            is_estimate=any(part.is_estimate for part in parts.values()),
            backend=self.name,
        )

    def _fraction(self, where: Where) -> int:
        """Of how many listings one has to be looked at, so that about `exact` are: judged by a sample of 1 in 64."""
        if where.most <= self.exact:
            return 1
        sampled, fraction = self._sampled(where), 1
        while sampled * 64 > fraction * self.exact and fraction < LARGEST_FRACTION:
            fraction *= 2
        return fraction

    @staticmethod
    def _sampled(where: Where) -> int:
        """How many of one listing in 64 match."""
        sql, values = where.sql(64)
        ((count,),) = rows_of(f"SELECT count(*) FROM {where.place.docs} WHERE {sql}", values)  # noqa: S608
        return int(count)

    # ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _sorted(self, query: Query, where: Where, total: int) -> list[UUID]:
        order = ORDERS.get(query.sort, ORDERS[Sort.POPULAR])
        sql, values = where.sql()
        # Few matches: find them, then sort. Left to itself the planner may walk the index of the order through all others.
        few = "MATERIALIZED" if total <= self.exact else "NOT MATERIALIZED"
        rows = rows_of(
            f"WITH m AS {few} (SELECT id, popularity, published, price FROM {where.place.docs} WHERE {sql})"  # noqa: S608
            f" SELECT id FROM m ORDER BY {order} LIMIT %s OFFSET %s",
            [*values, query.end - query.start, query.start],
        )
        return [key for (key,) in rows]

    def _some_words(self, query: Query, asked: Asked, enough: int) -> Candidates:
        """Candidates that hold one of the words or several: of the rarest words, and of all where these find too few."""
        rarest: list[Word] = []
        most = 0
        for word in sorted(asked.words, key=lambda word: word.most):
            if not rarest or most + word.most <= SOME_WORDS:
                rarest.append(word)
                most += word.most
        of_rarest = _where(query, asked, tsquery_any(rarest), most, self.place)
        wanted = [(of_rarest, self._size(of_rarest))]
        candidates = _candidates(wanted, asked)
        if len(rarest) < len(asked.words) and len(candidates) < enough:
            of_all = _where(query, asked, tsquery_any(asked.words), ANY, self.place)
            candidates = _candidates([*wanted, (of_all, self._size(of_all))], asked)
        return candidates

    def _size(self, where: Where) -> int:
        """About how many match, where it matters."""
        return where.most if where.most <= RANKED else self._sampled(where) * 64


def _where(query: Query, asked: Asked, words: str, most: int, place: Place) -> Where:
    groups: dict[object, tuple[str, list[Any]]] = {}
    if query.brands:
        groups["brand"] = ("nodes && %s::int[]", [[brand_node(brand) for brand in query.brands]])
    if query.shops:
        groups["shop"] = ("nodes && %s::int[]", [[shop_node(shop) for shop in query.shops]])
    if query.price_from is not None or query.price_to is not None:
        groups["price"] = ("price BETWEEN %s::bigint AND %s::bigint", [*price_range(query)])
    for attribute, chosen in query.values.items():
        groups[attribute] = ("nodes && %s::int[]", [[value_node(value) for value in chosen]])
    most = min(most + len(asked.pins), ANY)
    if query.among is None:
        return Where(words, asked.pins, required_nodes(query), groups, query.values, most, place=place)
    return Where(words, asked.pins, required_nodes(query), groups, query.values, min(most, len(query.among)), sorted(query.among), place)


def _fetch(where: Where, fraction: int, for_group: object = None, *, with_options: bool = False) -> Found:
    """The packed columns of the matches, or of a sample; for the counts of one group only what these need."""
    options = {"options", "option_sizes"}
    wanted = {None: COLUMNS.keys() - options, "brand": {"brand"}, "shop": {"shop"}, "price": {"price"}}.get(for_group, {"facets", "sizes"})  # type: ignore[call-overload]
    if with_options and "facets" in wanted:
        wanted = wanted | options
    sql, values = where.sql(fraction)
    # One scan, so the aggregates keep one order of listings.
    packed = ", ".join(f"string_agg({column}, '')" if name in wanted else "''::bytea" for name, column in COLUMNS.items())
    (columns,) = rows_of(f"SELECT {packed} FROM {where.place.docs} WHERE {sql}", values)  # noqa: S608
    return Found.unpack(fraction, *(column or b"" for column in columns))


def _page(asked: Asked, candidates: Candidates, start: int, end: int) -> list[UUID]:
    return [candidates.key(place) for place in best_first(asked, candidates)[start:end]]


def _candidates(sets: Sequence[tuple[Where, int]], asked: Asked) -> Candidates:
    """The listings worth ranking, of sets with their sizes: all; of very many the most popular, as many whose category a word names, as many that
    are set higher, and what is pinned."""
    factor, weighed = factor_of(asked)
    besides = _worth_ranking(asked)
    parts: list[str] = []
    values: list[Any] = []
    for where, size in sets:
        sql, own = where.sql()
        chosen = f"SELECT id, popularity, {factor} AS factor, forward FROM {where.place.docs} WHERE {sql}"  # noqa: S608
        if size <= RANKED:
            parts.append(chosen)
            values += [*weighed, *own]
            continue
        parts.append(f"({chosen} ORDER BY popularity DESC, id LIMIT {REACH})")
        values += [*weighed, *own]
        for condition, more in besides:
            # OFFSET 0 keeps the planner from walking the index of popularity past everything else.
            parts.append(f"(SELECT * FROM ({chosen} AND {condition} OFFSET 0) besides ORDER BY popularity DESC, id LIMIT {REACH})")  # noqa: S608
            values += [*weighed, *own, *more]
    (columns,) = rows_of(
        "SELECT string_agg(uuid_send(id), ''), string_agg(float8send(popularity), ''), string_agg(float8send(factor), ''), string_agg(forward, ''),"  # noqa: S608
        f" string_agg(int4send(length(forward) / 5), '') FROM ({' UNION '.join(parts)}) chosen",
        values,
    )
    return Candidates.unpack(*(column or b"" for column in columns))


def _worth_ranking(asked: Asked) -> list[tuple[str, list[Any]]]:
    """Conditions of listings that may stand high although they are not popular, with their parameters."""
    heads, higher = tsquery_heads(asked), [weight for weight in asked.weights if weight.factor > 1]
    found: list[tuple[str, list[Any]]] = [("tsv @@ %s::tsquery", [heads])] if heads else []
    if nodes := [node for weight in higher if (node := node_of(weight)) is not None]:
        found.append(("nodes && %s::int[]", [nodes]))
    keys = [*asked.pins, *(weight.key for weight in higher if node_of(weight) is None)]
    return [*found, ("id = ANY(%s::uuid[])", [keys])] if keys else found


def factor_of(asked: Asked) -> tuple[str, list[Any]]:
    """What the score of a listing's words is taken times, in SQL, with parameters. `nodes` are sorted, and IN_STOCK is the least there is."""
    shares = Shares.now()
    sums: list[tuple[str, list[Any]]] = [("1::float8", [])]
    if shares.stock:
        sums.append((f"%s::float8 * (nodes[1] = {IN_STOCK})::int", [shares.stock]))
    if shares.sales:
        sums.append(("%s::float8 * log(1 + greatest(popularity, 0))", [shares.sales]))
    if shares.new:
        sums.append(("%s::float8 * power(0.5::float8, abs(%s::bigint - published) / %s::float8)", [shares.new, now_s(), HALF_AS_NEW_S]))
    sums += [(f"%s::float8 * {column}", [share]) for column, share in (("rating", shares.rating), ("shop_score", shares.shop)) if share]
    times = [(f"({' + '.join(sql for sql, _values in sums)})", [value for _sql, values in sums for value in values])]
    for weight in asked.weights:
        node = node_of(weight)
        holds = "nodes @> %s::int[]" if node is not None else "id = %s::uuid"
        times.append((f"CASE WHEN {holds} THEN %s::float8 ELSE 1 END", [[node] if node is not None else weight.key, weight.factor]))
    return " * ".join(sql for sql, _values in times), [value for _sql, values in times for value in values]


def rows_of(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Rows in the binary protocol, which Django's cursor does not speak: packed columns come as they are."""
    with connection.cursor() as opened, connection.wrap_database_errors, psycopg.Cursor(opened.connection) as cursor:
        cursor.execute(sql, values, binary=True)  # type: ignore[call-overload]
        return list(cursor.fetchall())
