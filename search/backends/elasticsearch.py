"""Search in Elasticsearch 8.19 or 9, also in a distribution without plug-ins. The only file that imports its client.

Tokens are made in Python (tokens.py), so the index needs the whitespace analyser and nothing else. No source is kept: the
listings in PostgreSQL are the truth, and a rebuild reads them. Readers go through an alias, which a rebuild turns over and nothing
else makes: what has just begun, or lost its disk, answers nobody before it has everything.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.helpers import BulkIndexError, streaming_bulk

from search.backends.elasticsearch_query import body_of, read_answer, some_words
from search.contract import UNRATED, Answer, BackendAway, Doc, NotBuilt, Query, Sort, type_state
from search.ladder import climb
from search.place import MARKET, Place
from search.words import K1, Asked, B

QUERY_S, LOOK_S, WRITE_S, BUILD_S = 0.8, 2.0, 20.0, 60.0
NOTED = 2_000  # documents that are read at once where all are
SETTINGS = {
    "number_of_shards": 1,
    "number_of_replicas": 0,
    "refresh_interval": "1s",
    "similarity": {"default": {"type": "BM25", "k1": K1, "b": B}},
}
_FILTER = {"type": "keyword", "doc_values": False}
_NUMBER = {"index": False}
MAPPINGS: dict[str, Any] = {
    "_source": {"enabled": False},
    "dynamic": "strict",
    "properties": {
        "id": {"type": "keyword", "index": False},
        "text": {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
        "marks": _FILTER,
        "category": _FILTER,  # every category of the path
        "steps": {"type": "keyword", "index": False},  # "parent>category", for counting children
        "facets": {"type": "keyword", "eager_global_ordinals": True},  # "attribute:value"
        "has_gaps": {"type": "boolean", "doc_values": False},  # combinations of options are missing: then each variant is here, with all of its facets
        "variants": {"type": "nested", "properties": {"facets": {"type": "keyword"}}},
        "brand": {"type": "keyword"},
        "shop": {"type": "keyword"},
        "in_stock": {"type": "boolean"},
        "price": {"type": "long"},
        "popularity": {"type": "double", **_NUMBER},
        "published": {"type": "long", **_NUMBER},
        "rating": {"type": "double", **_NUMBER},
        "shop_score": {"type": "double", **_NUMBER},
    },
}


STATED = [{"field": name} for name in ("price", "popularity", "published", "in_stock", "shop", "brand", "rating", "shop_score")]


class ElasticsearchBackend:
    """`timeout_s` is how long a question may take; writing has WRITE_S a request, a rebuild BUILD_S. Before anything is written it has to answer within
    LOOK_S, or `timeout_s` if that is longer: a server that hangs holds no worker for long. `place`: of the vocabulary."""

    name = "elasticsearch"

    def __init__(self, url: str, alias: str, timeout_s: float = QUERY_S, place: Place = MARKET) -> None:
        self.alias, self.place = alias, place
        self._knows_fields = False
        self.in_all_s = 2.5 * timeout_s  # for all steps of one question (ladder.py)
        self._gives_up = f"{int(900 * timeout_s)}ms"  # the server a little before the client
        self._asking = Elasticsearch(url, request_timeout=timeout_s, max_retries=0, retry_on_timeout=False)
        self._looking = self._asking.options(request_timeout=max(LOOK_S, timeout_s))
        self._writing = self._asking.options(request_timeout=WRITE_S)
        self._building = self._asking.options(request_timeout=BUILD_S)

    def search(self, query: Query) -> Answer:
        return climb(_InTime(self, time.monotonic() + self.in_all_s), query.bounded(), self.place)

    def holding_all(self, query: Query, asked: Asked) -> Answer:
        found = read_answer(self._ask(body_of(query, asked, all_words=True)), query, self.name)
        wanted = query.size - len(found.ids)
        if not found.total or query.page > 1 or query.sort != Sort.RELEVANCE or len(asked.words) < 2 or not wanted:
            return found
        return replace(found, also=read_answer(self._ask(some_words(query, asked, wanted)), query, self.name).ids)

    def holding_some(self, query: Query, asked: Asked) -> Answer:
        return read_answer(self._ask(body_of(query, asked, all_words=False)), query, self.name)

    def put(self, docs: Iterable[Doc]) -> None:
        self._look()
        self._bulk(_put(self.alias, doc) for doc in docs)

    def remove(self, ids: Iterable[UUID]) -> None:
        """Deletes under the version that is there, so that the same version may come back at once."""
        keys = [str(key) for key in ids]
        if not keys:
            return
        self._look()
        try:
            there = self._writing.mget(index=self.alias, ids=keys)["docs"]
        except (ApiError, TransportError) as error:
            raise _away(error) from error
        self._bulk(
            {"_op_type": "delete", "_index": self.alias, "_id": doc["_id"], "version": doc["_version"], "version_type": "external_gte"}
            for doc in there
            if doc.get("found")
        )

    def states(self, ids: Collection[UUID] | None = None) -> Iterator[tuple[UUID, type_state]]:
        query = {"match_all": {}} if ids is None else {"ids": {"values": sorted(map(str, ids))}}
        last: dict[str, Any] = {}
        while True:
            try:
                found = self._building.search(
                    index=self.alias, query=query, size=NOTED, sort=[{"id": "asc"}], version=True, source=False, docvalue_fields=STATED,
                    track_total_hits=False, **last
                )  # fmt: skip
            except (ApiError, TransportError) as error:
                raise _away(error) from error
            hits = found["hits"]["hits"]
            yield from ((UUID(hit["_id"]), _state(hit)) for hit in hits)
            if len(hits) < NOTED:
                return
            last = {"search_after": hits[-1]["sort"]}

    def rebuild(self, docs: Iterable[Doc]) -> int:
        """Into an index of its own; then the alias turns over in one step and the former indexes go."""
        index = f"{self.alias}.{time.time_ns():x}"
        try:
            self._drop(name for name, aliases in self.indices().items() if not aliases)  # of rebuilds that were broken off
            self._building.indices.create(index=index, settings={**SETTINGS, "refresh_interval": "-1"}, mappings=MAPPINGS)
            self._bulk((_put(index, doc) for doc in docs), self._building)
            self._building.indices.put_settings(index=index, settings={"refresh_interval": SETTINGS["refresh_interval"]})
            self._building.indices.refresh(index=index)
            former = [name for name, aliases in self.indices().items() if aliases]
            turn: list[dict[str, Any]] = [{"remove": {"index": name, "alias": self.alias}} for name in former]
            self._building.indices.update_aliases(actions=[*turn, {"add": {"index": index, "alias": self.alias}}])
            self._drop(former)
            return int(self._building.count(index=self.alias)["count"])
        except (ApiError, TransportError) as error:
            raise _away(error) from error

    def refresh(self) -> None:
        try:
            self._building.indices.refresh(index=self.alias)
        except (ApiError, TransportError) as error:
            raise _away(error) from error

    def is_well(self) -> bool:
        try:
            return self.is_built()
        except BackendAway:
            return False

    def is_built(self) -> bool:
        """Whether readers have an index. Raises BackendAway."""
        try:
            return bool(self._asking.indices.exists_alias(name=self.alias))
        except (ApiError, TransportError) as error:
            raise _away(error) from error

    def drop(self) -> None:
        """Delete the alias and all its indexes. Raises BackendAway."""
        try:
            self._drop(self.indices())
        except (ApiError, TransportError) as error:
            raise _away(error) from error

    def _ask(self, body: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = dict(self._asking.search(index=self.alias, timeout=self._gives_up, **body))
        except (ApiError, TransportError) as error:
            raise _away(error) from error
        if answer["timed_out"]:
            raise BackendAway("Elasticsearch: an answer of only a part of the index")
        return answer

    def _bulk(self, actions: Iterable[dict[str, Any]], client: Elasticsearch | None = None) -> None:
        """Write, where no client is given through the alias: a name that has none makes no index. What is older than what is there stays out, and what
        is gone already is no error; everything else has to succeed."""
        try:
            for done, result in streaming_bulk(client or self._writing, actions, chunk_size=1000, raise_on_error=False, require_alias=client is None):
                (outcome,) = result.values()
                if not done and outcome["status"] != 409 and "error" in outcome:
                    raise BackendAway(f"Elasticsearch refuses {outcome['_id']}: {outcome.get('error')}")
        except (ApiError, TransportError, BulkIndexError) as error:
            raise _away(error) from error

    def _look(self) -> None:
        """That there is an index, and that one of an earlier release knows the fields of this. Raises NotBuilt, BackendAway."""
        try:
            if not self._looking.indices.exists_alias(name=self.alias):
                raise NotBuilt(f"Elasticsearch: there is no index {self.alias} yet")
            if not self._knows_fields:
                self._writing.indices.put_mapping(index=self.alias, properties=MAPPINGS["properties"])
            self._knows_fields = True
        except (ApiError, TransportError) as error:
            raise _away(error) from error

    def indices(self) -> dict[str, list[str]]:
        """Our indexes, each with its aliases."""
        try:
            found = self._writing.indices.get_alias(index=f"{self.alias}.*")
        except NotFoundError:
            return {}
        return {name: list(about["aliases"]) for name, about in found.items()}

    def _drop(self, names: Iterable[str]) -> None:
        for name in list(names):
            self._writing.options(ignore_status=404).indices.delete(index=name)


@dataclass(frozen=True)
class _InTime:
    """The steps of one question, which end when its time is over: a server that is slow each time is as good as away."""

    server: ElasticsearchBackend
    until_s: float

    def holding_all(self, query: Query, asked: Asked) -> Answer:
        self._look_at_the_clock()
        return self.server.holding_all(query, asked)

    def holding_some(self, query: Query, asked: Asked) -> Answer:
        self._look_at_the_clock()
        return self.server.holding_some(query, asked)

    def _look_at_the_clock(self) -> None:
        if time.monotonic() > self.until_s:
            raise BackendAway("Elasticsearch: too slow for all the steps of a question")


def _put(index: str, doc: Doc) -> dict[str, Any]:
    path = doc.category_path
    return {
        "_op_type": "index",
        "_index": index,
        "_id": str(doc.id),
        "version": doc.version,
        "version_type": "external_gte",
        "id": str(doc.id),
        "text": " ".join(token for token, times in doc.tokens.items() for _time in range(times)),
        "marks": sorted(doc.marks),
        "category": [str(category) for category in path],
        "steps": [f"{parent}>{category}" for parent, category in zip([0, *path], path, strict=False)],
        "facets": [_facet(pair) for pair in doc.values],
        **_variants(doc),
        "shop": str(doc.shop),
        "in_stock": doc.in_stock,
        "price": doc.price,
        "popularity": doc.popularity,
        "published": doc.published,
        "rating": doc.rating,
        "shop_score": doc.shop_score,
        **({"brand": str(doc.brand)} if doc.brand else {}),
    }


def _variants(doc: Doc) -> dict[str, Any]:
    if not doc.variants:
        return {}
    apart = {attribute for variant in doc.variants for attribute, _value in variant}
    of_all = [pair for pair in doc.values if pair[0] not in apart]
    return {"has_gaps": True, "variants": [{"facets": [_facet(pair) for pair in (*of_all, *sorted(variant))]} for variant in doc.variants]}


def _state(hit: dict[str, Any]) -> type_state:
    held = {name: values[0] for name, values in hit["fields"].items()}
    rated = held.get("rating", UNRATED), held.get("shop_score", UNRATED)
    return hit["_version"], held["price"], held["popularity"], held["published"], held["in_stock"], int(held["shop"]), int(held.get("brand", 0)), *rated


def _facet(pair: tuple[int, int]) -> str:
    return f"{pair[0]}:{pair[1]}"


def _away(error: Exception) -> BackendAway:
    return BackendAway(f"Elasticsearch: {type(error).__name__}: {error}"[:500])
