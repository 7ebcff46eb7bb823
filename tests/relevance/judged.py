"""Judged questions and the products they were judged on: the shared English ones, or, where these are not, a sample of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from launch.paths import ROOT
from search.contract import Doc
from search.evaluation.files import document_of, product_key, read_grades, read_products, read_queries
from tests.relevance.sample import PRODUCTS, QUESTIONS

SHARED = ROOT.parent / "shared" / "data" / "search-en"


@dataclass(frozen=True)
class Judged:
    """Documents, questions by qid, and grades by qid."""

    docs: list[Doc]
    queries: Mapping[str, str]
    grades: Mapping[str, Mapping[UUID, int]]


def source() -> str:
    """Whose judgements the tests of relevance measure with."""
    if SHARED.exists():
        return "the shared questions with people's ratings (../shared/data/search-en/dev)"
    return "16 questions of our own on 30 products: the shared ratings are not here, so no figure of the documentation is held"


def whole() -> Judged:
    return _shared(one_in=1) if SHARED.exists() else own_sample()


def quick() -> Judged:
    """Every judged product and each tenth of the others."""
    return _shared(one_in=10) if SHARED.exists() else own_sample()


def own_sample() -> Judged:
    grades = {text: {product_key(name): grade for name, grade in each.items()} for text, each in QUESTIONS.items()}
    return Judged([document_of(product) for product in PRODUCTS], {text: text for text in QUESTIONS}, grades)


def _shared(one_in: int) -> Judged:
    queries = read_queries(SHARED / "dev" / "queries.tsv")
    grades = read_grades(SHARED / "dev" / "qrels.tsv", queries)
    judged = {key for each in grades.values() for key in each}
    docs = [doc for place, doc in enumerate(read_products(SHARED / "products.jsonl.gz")) if place % one_in == 0 or doc.id in judged]
    return Judged(docs, queries, grades)
