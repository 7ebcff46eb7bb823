"""search_eval: figures from files, on an index of its own; what is wrong with a file is named with its line."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from search.backends.choice import configured
from search.backends.postgres import PostgresBackend
from search.contract import Query
from search.evaluation.files import product_key
from search.models import SearchDoc, SearchTerm
from tests.search.catalogue import doc, key

PRODUCTS = [
    {"id": "1", "title": "Mug", "cat": "Cups", "brand": "Kiln", "desc": "White.", "attrs": {"colour": "White", "height": 9.5}, "price_usd_cents": 900},
    {"id": "2", "title": "Rack for a mug", "cat": "Racks", "desc": "Steel, for the wall."},
    {"id": "3", "title": "Desk lamp", "cat": "Lamps", "desc": "Stands beside a mug."},
    {"id": "4", "title": "保温杯", "cat": None, "attrs": None},
]


class Files:
    """Three files that belong together, to be spoilt by a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "dev"
        self.folder.mkdir()
        self.products = folder / "products.jsonl"
        self.products.write_text("".join(json.dumps(product, ensure_ascii=False) + "\n" for product in PRODUCTS))
        self.queries, self.qrels = self.folder / "queries.tsv", self.folder / "qrels.tsv"
        self.queries.write_text("qid\tquery\na\tmug\nb\tlamp\nc\tsofa\n")
        self.qrels.write_text("qid\tdocid\trating\na\t1\t3\na\t2\t1\na\t3\t0\na\t99\t0\nb\t1\t2\nc\t1\t0\n")

    def measured(self, **options: object) -> str:
        out = io.StringIO()
        call_command("search_eval", stdout=out, **{"queries": self.queries, "qrels": self.qrels, "backend": "postgres", **options})
        return out.getvalue()


@pytest.fixture
def files(tmp_path, db):
    return Files(tmp_path)


@pytest.fixture(params=["postgres", "elasticsearch"])
def backend(request, use_elasticsearch):
    if request.param == "elasticsearch":
        use_elasticsearch(request.getfixturevalue("elasticsearch_url"))
    return request.param


def test_the_figures_follow_from_order_and_grades(files, backend):
    told = json.loads(files.measured(backend=backend, json=True))
    assert (told["backend"], told["products"], told["judged_but_no_product"], told["left_out"]) == (backend, 4, 1, ["c"])
    lamp, mug = told["queries"]
    assert (mug["qid"], mug["plain"], mug["condensed"], mug["recall"], mug["judged"], mug["total"]) == ("a", 1, 1, 1, 3, 3)
    assert (lamp["qid"], lamp["plain"], lamp["condensed"], lamp["recall"], lamp["judged"], lamp["total"]) == ("b", 0, 0, 0, 0, 1)
    assert told["figures"]["plain"]["mean"] == 0.5


def test_it_is_told_in_words_with_the_worst_first(files):
    lines = files.measured().splitlines()
    assert lines[0] == f"postgres: 2 questions on 4 products of {files.products}"
    assert "left out, because nothing good was judged for them: c" in lines
    assert any("nDCG@10, unjudged = 0: 0.500" in line for line in lines)
    assert [line.split()[-1] for line in lines[-2:]] == ["lamp", "mug"]


def test_the_markets_own_index_stays_as_it_was_and_nothing_is_left_behind(files, backend):
    PostgresBackend().put([doc("Market mug", name=1)])
    if server := configured():
        server.rebuild([doc("Market mug", name=1)])
        server.refresh()
    before = (list(SearchDoc.objects.values()), sorted(SearchTerm.objects.values_list("term", "df")))
    files.measured(backend=backend)
    assert (list(SearchDoc.objects.values()), sorted(SearchTerm.objects.values_list("term", "df"))) == before
    assert PostgresBackend().search(Query(text="mug")).ids == [key(1)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 't' AND relname LIKE 'search_%'")
        assert cursor.fetchall() == []
    if server:
        assert server.search(Query(text="mug")).ids == [key(1)]
        assert [name for name in server._asking.indices.get(index="*") if "eval" in name] == []
        server.drop()


def test_products_may_be_packed_named_and_elsewhere(files, tmp_path):
    (tmp_path / "shelf").mkdir()
    packed = tmp_path / "shelf" / "mine.jsonl.gz"
    packed.write_bytes(gzip.compress(files.products.read_bytes()))
    files.products.unlink()
    assert "on 4 products" in files.measured(products=packed)
    with pytest.raises(CommandError, match=r"queries\.tsv: neither products\.jsonl\.gz nor products\.jsonl .* --products FILE"):
        files.measured()


def test_a_mark_of_the_byte_order_and_windows_ends_of_lines_are_no_harm(files):
    text = files.queries.read_text()
    files.queries.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert "2 questions" in files.measured()


@pytest.mark.parametrize(
    ("name", "spoilt", "told"),
    [
        ("queries", "", r"queries\.tsv: holds no line. Let the first line be qid<tab>query"),
        ("queries", "query\tqid\na\tmug\n", r"queries\.tsv, line 1: does not name the columns"),
        ("queries", "qid\tquery\na mug\n", r"queries\.tsv, line 2: has 1 cells instead of 2\. Write qid<tab>query"),
        ("queries", "qid\tquery\na\tmug\na\tcup\n", r"queries\.tsv, line 3: the qid a was there already\. Give each"),
        ("queries", "qid\tquery\na\t \n", r"queries\.tsv, line 2: the question a has no text"),
        ("queries", b"qid\tquery\na\tcaf\xe9\n", r"queries\.tsv, line 2: is no UTF-8\. Save the file as UTF-8"),
        ("qrels", "qid\tdocid\trating\na\t1\n", r"qrels\.tsv, line 2: has 2 cells instead of 3"),
        ("qrels", "qid\tdocid\trating\nz\t1\t3\n", r"qrels\.tsv, line 2: no question has the qid z"),
        ("qrels", "qid\tdocid\trating\na\t1\tgood\n", r"qrels\.tsv, line 2: “good” is no rating\. Write a whole number from 0"),
        ("qrels", "qid\tdocid\trating\na\t1\t-1\n", r"qrels\.tsv, line 2: “-1” is no rating"),
        ("qrels", "qid\tdocid\trating\na\t1\t11\n", r"qrels\.tsv, line 2: “11” is no rating"),
        ("qrels", "qid\tdocid\trating\na\t1\t3\na\t1\t2\n", r"qrels\.tsv, line 3: product 1 has two ratings for a\. Keep the one that holds"),
        ("qrels", "qid\tdocid\trating\na\t1\t0\n", r"no question has a product with a rating above 0\. Judge some"),
        ("products", "", r"products\.jsonl: holds no product"),
        ("products", '{"id": "1", "title": "x"}\n{"id"\n', r"products\.jsonl, line 2: no JSON \(.*\)\. Write one object a line"),
        ("products", "[]\n", r"products\.jsonl, line 1: is no object"),
        ("products", '{"id": 1, "title": "x"}\n', r"products\.jsonl, line 1: has no id\. Write its id as a text"),
        ("products", '{"id": "1"}\n', r"products\.jsonl, line 1: has no title"),
        ("products", '{"id": "1", "title": "x", "brand": 5}\n', r"products\.jsonl, line 1: brand is no text"),
        ("products", '{"id": "1", "title": "x", "attrs": [1]}\n', r"products\.jsonl, line 1: attrs is no object"),
        ("products", '{"id": "1", "title": "x"}\n{"id": "1", "title": "y"}\n', r"products\.jsonl, line 2: the product 1 was there already"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_named_with_line_and_remedy(files, name, spoilt, told):
    getattr(files, name).write_bytes(spoilt if isinstance(spoilt, bytes) else spoilt.encode())
    with pytest.raises(CommandError, match=told):
        files.measured()


def test_a_file_that_is_not_there_or_no_archive_is_named(files, tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.tsv: cannot be read \(No such file or directory\)\. Check the path"):
        files.measured(queries=tmp_path / "nowhere.tsv")
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(gzip.compress(files.products.read_bytes())[:40])
    with pytest.raises(CommandError, match=r"broken\.jsonl\.gz, line \d: cannot be unpacked .* Pack it again"):
        files.measured(products=broken)
    broken.write_text("plain")
    with pytest.raises(CommandError, match=r"broken\.jsonl\.gz, line 1: cannot be unpacked"):
        files.measured(products=broken)


def test_without_an_elasticsearch_its_figures_are_refused(files):
    with pytest.raises(CommandError, match="set ELASTICSEARCH_URL"):
        files.measured(backend="elasticsearch")


def test_an_elasticsearch_that_is_away_is_said(files, use_elasticsearch):
    use_elasticsearch("http://127.0.0.1:1")
    with pytest.raises(CommandError, match=r"elasticsearch could not be measured\. Elasticsearch: ConnectionError"):
        files.measured(backend="elasticsearch")


def test_keys_of_products_are_their_own(files):
    assert product_key("1") == product_key("1") != product_key("2")
