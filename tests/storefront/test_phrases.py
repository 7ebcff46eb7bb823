"""A headline breaks between its phrases, and reads the same without the breaks."""

from __future__ import annotations

import pytest
from django.utils.html import strip_tags

from storefront.templatetags.market import phrases


@pytest.mark.parametrize("text", ["好店很多，一个购物车，一次付款", "Many shops, one cart, one payment", "One", ""])
def test_nothing_is_lost_and_each_phrase_keeps_together(text):
    shown = phrases(text)
    assert strip_tags(shown) == text
    assert shown.count("<span") == len([part for part in text.replace("，", ",").split(",") if part])


def test_words_are_words():
    assert phrases("<b>, a") == '<span class="inline-block">&lt;b&gt;,</span> <span class="inline-block">a</span>'
