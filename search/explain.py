"""Why a listing stands where it does for a question: the parts of its score, as PostgreSQL's index has them; Elasticsearch scores alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from search.backends.packing import IN_STOCK, RECORD, node_of
from search.backends.postgres import factor_of, rows_of
from search.backends.ranking import Candidates, Scoring
from search.contract import REACH, Answer, Query, Rung
from search.documents import stars_of
from search.find import AT_ONCE, find
from search.place import MARKET
from search.rules import Weight
from search.tokens import ASIDE, Form
from search.words import Asked, Shares, Word, ask

LOOKED_AT = 400  # results among which its place is looked for


@dataclass(frozen=True)
class Said:
    """What one word of the question adds. `how`: typed, parts, signs (pairs of characters), aside (attributes, shop, wider categories), joined
    (with its neighbour), synonym; empty where the listing does not hold it. Points, rounded for reading, as they add up."""

    typed: str
    how: str
    form: str  # as the listing holds it
    points: float
    for_holding: float
    for_naming: float

    @property
    def total(self) -> float:
        return self.points + self.for_holding + self.for_naming


@dataclass(frozen=True)
class Explained:
    """`place`: from 1, or 0 where it is not among the first LOOKED_AT. `factor`: all shares and weights together; `score`: of the words times that."""

    answer: Answer
    read_as: str
    place: int
    is_indexed: bool
    is_found: bool  # it holds what it has to, or is pinned
    words: list[Said]
    in_stock: bool
    stock: float  # its share, 0 where it has none
    sales: float
    new: float
    rating: float
    rating_stars: float  # 1 to 5, few ratings counting little
    shop: float
    shop_stars: float
    weights: list[Weight]  # that take hold of it
    pinned: int  # its place among what is pinned, from 1; 0: it is not
    factor: float
    popularity: float

    @property
    def told(self) -> float:
        return sum(word.total for word in self.words)

    @property
    def score(self) -> float:
        return self.told * self.factor


def explain(text: str, listing_id: UUID, language: str) -> Explained:
    """For a question in words without filters, the best matches first. Some statements more than a search."""
    query = Query(text=text, language=language, size=AT_ONCE)
    answer, place = _placed(query, listing_id)
    asked = ask(answer.read_as or text, language=language)
    factor, values = factor_of(asked)
    rows = rows_of(
        f"SELECT {factor}, popularity, forward, nodes, published, rating, shop_score FROM {MARKET.docs} WHERE id = %s::uuid",  # noqa: S608
        [*values, listing_id],
    )
    pinned = asked.pins.index(listing_id) + 1 if listing_id in asked.pins else 0
    if not rows:
        return Explained(answer, answer.read_as, place, False, False, [], False, 0, 0, 0, 0, 0, 0, 0, [], pinned, 1, 0)
    times, popularity, forward, nodes, published, rating, shop_score = rows[0]
    shares = Shares.now()
    said = list(_said(asked, forward))
    return Explained(
        answer=answer,
        read_as=answer.read_as,
        place=place,
        is_indexed=True,
        is_found=bool(pinned) or _is_found(answer, said),
        words=said,
        in_stock=IN_STOCK in nodes,
        stock=shares.stock * (IN_STOCK in nodes),
        sales=shares.of_sales(popularity),
        new=shares.of_newness(published),
        rating=shares.rating * rating,
        rating_stars=stars_of(rating),
        shop=shares.shop * shop_score,
        shop_stars=stars_of(shop_score),
        weights=[weight for weight in asked.weights if weight.key == listing_id or node_of(weight) in nodes],
        pinned=pinned,
        factor=float(times),
        popularity=float(popularity),
    )


def _is_found(answer: Answer, said: Sequence[Said]) -> bool:
    """Whether it holds what it has to: any of the words where that is all that was left to do, none of those that were left out."""
    if answer.rung == Rung.SOME:
        return any(word.how for word in said)
    return answer.rung != Rung.NEIGHBOURS and all(word.how for word in said if word.typed not in answer.dropped)


def _placed(query: Query, listing_id: UUID) -> tuple[Answer, int]:
    """The first page, and where the listing stands."""
    first, place = find(query), 0
    for page in range(1, LOOKED_AT // AT_ONCE + 1):
        answer = first if page == 1 else find(query.but(page=page))
        keys = [*answer.ids, *answer.also]
        if listing_id in keys:
            place = (page - 1) * AT_ONCE + keys.index(listing_id) + 1
        if place or page * AT_ONCE >= min(first.total, REACH):
            break
    return first, place


def _said(asked: Asked, forward: bytes) -> Iterator[Said]:
    records = np.frombuffer(forward, RECORD)
    one = np.zeros(1)
    alone = Candidates(np.zeros(1, np.uint64), np.zeros(1, np.uint64), one, one + 1, records, np.zeros(len(records), int))
    scoring = Scoring(asked, alone)
    for word in asked.words:
        scored = [(float(score[0]), form) for form in word.forms for score, has in [scoring.of_form(form, word.unit)] if has[0]]
        if not scored:
            yield Said(word.typed, "", "", 0, 0, 0)
            continue
        points, form = max(scored, key=lambda each: each[0])
        naming = word.unit * scoring.shares.naming * bool(scoring.frequency(word.head)[1][0])
        yield Said(word.typed, _how(word, form), _shown(form), points, word.unit * scoring.shares.holding, naming)


def _how(word: Word, form: Form) -> str:
    if form.synonym:
        return "synonym"
    if form.is_marks:
        return "aside" if form.tokens[0][0] == ASIDE else "signs"
    if form == word.forms[0]:
        return "typed"
    return "parts" if len(form.tokens) > 1 else "joined"


def _shown(form: Form) -> str:
    return form.synonym or " ".join(token.lstrip("=·^") for token in form.tokens)
