"""Pages travel compressed, and as they are to whoever does not take them so."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client

from marketplace.config.compression import gzipped

pytestmark = pytest.mark.django_db


def ask(path: str = "/", **headers: str):
    return Client().get(path, headers={"host": "market.localhost", **headers})


def test_a_page_is_compressed_for_whoever_takes_it():
    plain, packed = ask(), ask(**{"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in packed.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]
    text = gzip.decompress(packed.content)
    assert text.startswith(b"<!doctype html>") and text.endswith(plain.content[-30:])
    assert int(packed.headers["Content-Length"]) == len(packed.content) < len(plain.content) / 3


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_nobody_gets_what_they_do_not_take(accepted):
    assert "Content-Encoding" not in ask(**{"Accept-Encoding": accepted}).headers


def test_what_is_short_or_no_text_is_left_alone():
    for path in ("/robots.txt", "/media/public/nothing.webp"):
        answer = ask(path, **{"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers or len(answer.getvalue()) >= 500


def test_two_answers_of_the_same_text_differ_in_size():
    assert len({len(gzipped(b"the same " * 100, padding)) for padding in range(1, 20)}) == 19
    assert gzip.decompress(gzipped(b"the same " * 100, 7)) == b"the same " * 100
