"""Descriptions are written as paragraphs and kept as HTML; nothing is lost or changed on the way there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.prose import as_html, as_text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("A cup.", "<p>A cup.</p>"),
        ("高 48 厘米。\n\n四条腿拧上就好。", "<p>高 48 厘米。</p><p>四条腿拧上就好。</p>"),
        ("One\r\ntwo\r\n\r\n\r\nthree", "<p>One<br>two</p><p>three</p>"),
        ("5 < 6 & 7 > 3", "<p>5 &lt; 6 &amp; 7 &gt; 3</p>"),
        ("<ul><li>Oak</li></ul>", "<ul><li>Oak</li></ul>"),
    ],
)
def test_blank_lines_are_paragraphs_and_tags_are_left_alone(text, html):
    assert as_html(text) == html


@pytest.mark.parametrize("html", ["<ul><li>Oak</li></ul>", "<p>A <b>cup</b></p>", "No tags at all", "<p>One</p> <p>two</p>", "<h3>Care</h3><p>By hand.</p>"])
def test_what_is_more_than_paragraphs_is_shown_as_it_is(html):
    assert as_text(html) == html


@given(st.lists(st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1).filter(str.strip), min_size=1, max_size=4))
def test_paragraphs_come_back_as_they_were_kept(paragraphs):
    html = as_html("\n\n".join(paragraphs))
    assert as_html(as_text(html)) == html
