"""Questions in Elasticsearch's language, and its answers in ours: pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from search.backends.facets import MOST_COUNTS, by_attribute, groups_of, in_order, price_range
from search.contract import PRICE_STEPS, UNRATED, Answer, Count, Query, Sort
from search.rules import Weight
from search.tokens import Form
from search.words import HALF_AS_NEW_S, PINNED, Asked, Shares, Word, now_s

type_json = dict[str, Any]
MOST_TO_ADD = 2_000  # values of facets in each of two lists that are added up

_WITH_GAPS: type_json = {"term": {"has_gaps": True}}
_WITHOUT_GAPS: type_json = {"bool": {"must_not": [_WITH_GAPS]}}
_STEPS = [{"from": start, **({"to": end} if end else {})} for start, end in zip(PRICE_STEPS, (*PRICE_STEPS[1:], None), strict=True)]
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
        **({"post_filter": _all_of([*chosen.values(), *_in_one_variant(query)])} if chosen else {}),
        "aggs": {
            _name(but): {"filter": _all_of([*(choice for group, choice in chosen.items() if group != but), *_in_one_variant(query, but)]), "aggs": counts}
            for but, counts in counted.items()
        },
        **_page(query.start, query.end - query.start, ORDERS[sort]),
        "track_total_hits": True,
    }


def some_words(query: Query, asked: Asked, size: int) -> type_json:
    """The best that hold some of the words but not all that are needed, in no count. What is pinned was found already."""
    others = [_all_of(_holding(word) for word in asked.needed), *([_ids(asked.pins)] if asked.pins else [])]
    filters = [*_required(query), *(_choice(query, group) for group in groups_of(query)), *_in_one_variant(query)]
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
    return _has_one(query, group)  # type: ignore[arg-type]


def _has_one(query: Query, attribute: int, field: str = "facets") -> type_json:
    return {"terms": {field: [f"{attribute}:{value}" for value in query.values[attribute]]}}


def _in_one_variant(query: Query, but: object = None) -> list[type_json]:
    """Where values of several attributes are chosen, but for one group: a listing with gaps needs one variant that holds them together."""
    if len(query.values.keys() - {but}) < 2:
        return []
    held = {"nested": {"path": "variants", "ignore_unmapped": True, "query": _fits_a_variant(query, but)}}
    return [{"bool": {"should": [_WITHOUT_GAPS, held], "minimum_should_match": 1}}]


def _fits_a_variant(query: Query, but: object) -> type_json:
    return _all_of(_has_one(query, attribute, "variants.facets") for attribute in query.values if attribute != but)


def _ids(keys: Iterable[UUID]) -> type_json:
    return {"ids": {"values": sorted(map(str, keys))}}


def _all_of(filters: Iterable[type_json]) -> type_json:
    return {"bool": {"filter": list(filters)}} if (filters := list(filters)) else {"match_all": {}}


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _words(asked: Asked, *, all_words: bool, scores: bool) -> type_json:
    if not asked.words:
        return {}
    told = _told(asked, all_words=all_words, scores=scores)
    told = _weighed(told, asked) if scores else _all_of([told])
    if not asked.pins:
        return {"must": [told]}
    pins = [_constant(_ids([key]), place * PINNED) for place, key in enumerate(reversed(asked.pins), 1)] if scores else [_all_of([_ids(asked.pins)])]
    return {"must": [{"bool": {"should": [told, *pins], "minimum_should_match": 1}}]}


def _told(asked: Asked, *, all_words: bool, scores: bool) -> type_json:
    """All words that are needed, the others for their score alone; or one of the words or several."""
    tell = _scored if scores else _holding
    if not all_words:
        return {"bool": {"should": [tell(word) for word in asked.words], "minimum_should_match": 1}}
    return {"bool": {"must": [tell(word) for word in asked.needed], **({"should": [tell(word) for word in asked.dropped]} if scores and asked.dropped else {})}}


def _weighed(told: type_json, asked: Asked) -> type_json:
    """The score of the words, taken times what the listing brings along, and times what is set higher or lower."""
    shares = Shares.now()
    functions: list[type_json] = [{"weight": 1.0}]
    if shares.stock:
        functions.append({"filter": {"term": {"in_stock": True}}, "weight": shares.stock})
    if shares.sales:
        functions.append({"field_value_factor": {"field": "popularity", "modifier": "log1p"}, "weight": shares.sales})
    if shares.new:
        functions.append({"exp": {"published": {"origin": now_s(), "scale": HALF_AS_NEW_S, "decay": 0.5}}, "weight": shares.new})
    rated = (("rating", shares.rating), ("shop_score", shares.shop))
    functions += [{"field_value_factor": {"field": field, "missing": UNRATED}, "weight": share} for field, share in rated if share]
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
    prices = {"low": {"min": {"field": "price"}}, "high": {"max": {"field": "price"}}, "prices": {"range": {"field": "price", "ranges": _STEPS}}}
    match group:
        case None:
            return {
                **_facets(query, group),
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
    return _facets(query, group, include=f"{group}:[0-9]+")


def _facets(query: Query, but: object, include: str = "") -> type_json:
    """Where values are chosen, those that a variant has beside them: of listings with gaps by looking at their variants."""
    if not query.values.keys() - {but}:
        return {"facets": _terms("facets", include=include)}
    # Both lists are added up, so neither may end early.
    of_variants = {**_terms("variants.facets", most=MOST_TO_ADD, include=include), "aggs": {"listings": {"reverse_nested": {}}}}
    return {
        "facets": {"filter": _WITHOUT_GAPS, "aggs": {"of": _terms("facets", most=MOST_TO_ADD, include=include)}},
        "gaps": {
            "filter": _WITH_GAPS,
            "aggs": {"variants": {"nested": {"path": "variants"}, "aggs": {"fit": {"filter": _fits_a_variant(query, but), "aggs": {"of": of_variants}}}}},
        },
    }


def _terms(field: str, *, most: int = MOST_COUNTS, include: str = "") -> type_json:
    return {"terms": {"field": field, "size": most, **({"include": include} if include else {})}}


def read_answer(answer: type_json, query: Query, backend: str) -> Answer:
    ids = [UUID(hit["fields"]["id"][0]) for hit in answer["hits"]["hits"]]
    if "aggregations" not in answer:
        return Answer(ids, 0, [], [], [], {}, None, None, backend=backend)
    aggregations = answer["aggregations"]

    def of(group: object) -> type_json:
        return aggregations.get(_name(group), aggregations["all"])  # type: ignore[no-any-return]

    triples = [triple for triple in _facet_counts(of(None)) if triple[0] not in query.values]
    triples += [triple for attribute in query.values for triple in _facet_counts(of(attribute))]
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
        prices=[Count(int(step["from"]), step["doc_count"]) for step in of("price")["prices"]["buckets"] if step["doc_count"]],
        backend=backend,
    )


def _buckets(terms: type_json) -> list[tuple[str, int]]:
    return [(bucket["key"], bucket["doc_count"]) for bucket in terms["buckets"]]


def _facet_counts(counts: type_json) -> list[tuple[int, int, int]]:
    """(attribute, value, count), the largest counts."""
    if "gaps" not in counts:
        return [_triple(*bucket) for bucket in _buckets(counts["facets"])]
    added = Counter(dict(_buckets(counts["facets"]["of"])))
    for bucket in counts["gaps"]["variants"]["fit"]["of"]["buckets"]:
        added[bucket["key"]] += bucket["listings"]["doc_count"]
    triples = [_triple(facet, count) for facet, count in added.items()]
    return sorted(triples, key=lambda triple: (-triple[2], triple[1]))[:MOST_COUNTS]


def _triple(facet: str, count: int) -> tuple[int, int, int]:
    attribute, _colon, value = facet.partition(":")
    return int(attribute), int(value), count
