"""Questions in Elasticsearch's language, and its answers in ours: pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from search.backends.facets import MOST_COUNTS, by_attribute, groups_of, in_order, price_range
from search.contract import Answer, Query, Sort
from search.rules import Weight
from search.tokens import Form
from search.words import HALF_AS_NEW_S, PINNED, Asked, Shares, Word, now_s

type_json = dict[str, Any]

_BY_KEY = {"id": "asc"}
_POPULAR = {"popularity": "desc"}
ORDERS: dict[Sort, list[type_json]] = {
    Sort.RELEVANCE: [{"_score": "desc"}, _POPULAR, _BY_KEY],
    Sort.POPULAR: [_POPULAR, _BY_KEY],
    Sort.NEWEST: [{"published": "desc"}, _BY_KEY],
    Sort.PRICE_UP: [{"price": "asc"}, _BY_KEY],
    Sort.PRICE_DOWN: [{"price": "desc"}, {"id": "desc"}],
}


def body_of(query: Query, asked: Asked, *, all_words: bool) -> type_json:
    """The page with total and facets. Chosen groups filter after the aggregations, which leave out their own."""
    chosen = {group: _choice(query, group) for group in groups_of(query)}
    counted: dict[object, type_json] = {None: _counts(query, None), **{group: _counts(query, group) for group in chosen}}
    sort = query.sort if asked.words or query.sort != Sort.RELEVANCE else Sort.POPULAR
    scores = sort == Sort.RELEVANCE
    return {
        "query": {"bool": {"filter": _required(query), **_words(asked, all_words=all_words, scores=scores)}},
        **({"post_filter": _all_of(chosen.values())} if chosen else {}),
        "aggs": {
            _name(but): {"filter": _all_of(choice for group, choice in chosen.items() if group != but), "aggs": counts} for but, counts in counted.items()
        },
        **_page(query.start, query.end - query.start, ORDERS[sort]),
        "track_total_hits": True,
    }


def some_words(query: Query, asked: Asked, size: int) -> type_json:
    """The best that hold some of the words but not all, in no count. What is pinned was found already."""
    others = [_all_of(_holding(word) for word in asked.words), *([_ids(asked.pins)] if asked.pins else [])]
    filters = [*_required(query), *(_choice(query, group) for group in groups_of(query))]
    words = _words(asked, all_words=False, scores=True)
    return {
        "query": {"bool": {"filter": filters, "must_not": others, **words}},
        **_page(0, size, ORDERS[Sort.RELEVANCE]),
        "track_total_hits": False,
    }


def _page(start: int, size: int, order: list[type_json]) -> type_json:
    return {"from_": start, "size": size, "sort": order, "stored_fields": "_none_", "docvalue_fields": ["id"]}


def _required(query: Query) -> list[type_json]:
    filters: list[type_json] = [{"term": {"category": str(query.category)}}] if query.category is not None else []
    if query.among is not None:
        filters.append(_ids(query.among))
    return [*filters, {"term": {"in_stock": True}}] if query.in_stock else filters


def _choice(query: Query, group: object) -> type_json:
    match group:
        case "brand":
            return {"terms": {"brand": [str(brand) for brand in query.brands]}}
        case "shop":
            return {"terms": {"shop": [str(shop) for shop in query.shops]}}
        case "price":
            low, high = price_range(query)
            return {"range": {"price": {"gte": low, "lte": high}}}
    return {"terms": {"facets": [f"{group}:{value}" for value in query.values[group]]}}  # type: ignore[index]


def _ids(keys: Iterable[UUID]) -> type_json:
    return {"ids": {"values": sorted(map(str, keys))}}


def _all_of(filters: Iterable[type_json]) -> type_json:
    return {"bool": {"filter": list(filters)}} if (filters := list(filters)) else {"match_all": {}}


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _words(asked: Asked, *, all_words: bool, scores: bool) -> type_json:
    if not asked.words:
        return {}
    parts = [(_scored if scores else _holding)(word) for word in asked.words]
    told = {"bool": {"must": parts}} if all_words else {"bool": {"should": parts, "minimum_should_match": 1}}
    told = _weighed(told, asked) if scores else _all_of([told])
    if not asked.pins:
        return {"must": [told]}
    pins = [_constant(_ids([key]), place * PINNED) for place, key in enumerate(reversed(asked.pins), 1)] if scores else [_all_of([_ids(asked.pins)])]
    return {"must": [{"bool": {"should": [told, *pins], "minimum_should_match": 1}}]}


def _weighed(told: type_json, asked: Asked) -> type_json:
    """The score of the words, taken times what the listing brings along, and times what the operator set."""
    shares = Shares.now()
    functions: list[type_json] = [{"weight": 1.0}]
    if shares.stock:
        functions.append({"filter": {"term": {"in_stock": True}}, "weight": shares.stock})
    if shares.sales:
        functions.append({"field_value_factor": {"field": "popularity", "modifier": "log1p"}, "weight": shares.sales})
    if shares.new:
        functions.append({"exp": {"published": {"origin": now_s(), "scale": HALF_AS_NEW_S, "decay": 0.5}}, "weight": shares.new})
    if len(functions) > 1:
        told = {"function_score": {"query": told, "functions": functions, "score_mode": "sum", "boost_mode": "multiply"}}
    if asked.weights:
        times = [{"filter": _weighing(weight), "weight": weight.factor} for weight in asked.weights]
        told = {"function_score": {"query": told, "functions": times, "score_mode": "multiply", "boost_mode": "multiply"}}
    return told


def _weighing(weight: Weight) -> type_json:
    return _ids([weight.key]) if isinstance(weight.key, UUID) else {"term": {weight.on: str(weight.key)}}


def _scored(word: Word) -> type_json:
    """The best form, and a little for holding the word at all and for naming the category."""
    shares = Shares.now()
    best = {"dis_max": {"queries": [_form(form, word.unit) for form in word.forms]}}
    little = [
        _constant(_holding(word), shares.holding * word.unit),
        _constant({"term": {"marks": word.head}}, shares.naming * word.unit),
    ]
    return {"bool": {"must": [best], "should": little}}


def _form(form: Form, unit: float) -> type_json:
    if form.is_marks:
        return _constant(_present(form), form.weight * unit)
    terms = [{"term": {"text": {"value": token}}} for token in form.tokens]
    return {"bool": {"must": terms, "boost": form.weight}}


def _holding(word: Word) -> type_json:
    return {"bool": {"should": [_present(form) for form in word.forms], "minimum_should_match": 1}}


def _present(form: Form) -> type_json:
    field = "marks" if form.is_marks else "text"
    return {"bool": {"filter": [{"term": {field: token}} for token in form.tokens]}}


def _constant(condition: type_json, boost: float) -> type_json:
    return {"constant_score": {"filter": condition, "boost": float(boost)}}


# ── counts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _name(group: object) -> str:
    return "all" if group is None else f"but_{group}"


def _counts(query: Query, group: object) -> type_json:
    """What is counted where all groups but one apply: everything, or only the one that was left out."""
    prices = {"low": {"min": {"field": "price"}}, "high": {"max": {"field": "price"}}}
    match group:
        case None:
            return {
                "facets": _terms("facets"),
                "brands": _terms("brand"),
                "shops": _terms("shop"),
                "categories": _terms("steps", include=f"{query.category or 0}>[0-9]+"),
                **prices,
            }
        case "brand":
            return {"brands": _terms("brand")}
        case "shop":
            return {"shops": _terms("shop")}
        case "price":
            return prices
    return {"facets": _terms("facets", include=f"{group}:[0-9]+")}


def _terms(field: str, **options: str) -> type_json:
    return {"terms": {"field": field, "size": MOST_COUNTS, **options}}


def read_answer(answer: type_json, query: Query, backend: str) -> Answer:
    ids = [UUID(hit["fields"]["id"][0]) for hit in answer["hits"]["hits"]]
    if "aggregations" not in answer:
        return Answer(ids, 0, [], [], [], {}, None, None, backend=backend)
    aggregations = answer["aggregations"]

    def of(group: object) -> type_json:
        return aggregations.get(_name(group), aggregations["all"])  # type: ignore[no-any-return]

    triples = [triple for triple in map(_triple, _buckets(of(None)["facets"])) if triple[0] not in query.values]
    triples += [triple for attribute in query.values for triple in map(_triple, _buckets(of(attribute)["facets"]))]
    low, high = of("price")["low"]["value"], of("price")["high"]["value"]
    return Answer(
        ids=ids,
        total=answer["hits"]["total"]["value"],
        categories=in_order((int(step.partition(">")[2]), count) for step, count in _buckets(of(None)["categories"])),
        brands=in_order((int(brand), count) for brand, count in _buckets(of("brand")["brands"])),
        shops=in_order((int(shop), count) for shop, count in _buckets(of("shop")["shops"])),
        attributes=by_attribute(triples),
        price_from=None if low is None else int(low),
        price_to=None if high is None else int(high),
        backend=backend,
    )


def _buckets(terms: type_json) -> list[tuple[str, int]]:
    return [(bucket["key"], bucket["doc_count"]) for bucket in terms["buckets"]]


def _triple(bucket: tuple[str, int]) -> tuple[int, int, int]:
    attribute, _colon, value = bucket[0].partition(":")
    return int(attribute), int(value), bucket[1]
