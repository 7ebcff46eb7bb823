"""What buyers write is a stranger's text: cleaned, measured, refused by name, and the same wishes are the same however they were typed."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.platform.customising.fields import Signs, fields_of, kept, with_surcharges, words_only
from marketplace.platform.customising.wishes import fit, in_words, key_of, read_wish, read_wishes
from tests.flows.customised import ENGRAVING, HEIGHT, SCRIPT

FIELDS = (ENGRAVING, SCRIPT, HEIGHT)
LINES = replace(ENGRAVING, has_lines=True, most=40)
EMOJI = replace(ENGRAVING, has_emoji=True)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("field", "typed", "kept_as"),
    [
        (ENGRAVING, "  For \t  Lin\r\n", "For Lin"),
        (ENGRAVING, "a\x00b\x07\u202ec\u200b\ufeff", "abc"),  # control signs, and those that turn or hide text
        (ENGRAVING, "Li\nYu", "Li Yu"),
        (LINES, "Li \r\n  Yu", "Li\nYu"),
        (ENGRAVING, "\u200b \x01", ""),
        (ENGRAVING, "e\u0301te\u0301", "\u00e9t\u00e9"),
        (EMOJI, "Yes 👩\u200d👧", "Yes 👩\u200d👧"),
        (EMOJI, "\u200d\ufe0f", ""),
        (SCRIPT, "kai", "kai"),
        (HEIGHT, " \uff12\uff15 ", "25"),
        (HEIGHT, "010", "10"),
    ],
)
def test_what_is_typed_is_kept_clean(field, typed, kept_as):
    assert read_wish(field, typed) == kept_as


@pytest.mark.parametrize(
    ("field", "typed", "why"),
    [
        (ENGRAVING, "x" * 13, "13 characters, and there is room for 12"),
        (ENGRAVING, "x" * 100_000, "at most 12"),
        (ENGRAVING, "Yes 👍", "“👍” cannot be made in “Engraving”"),
        (ENGRAVING, "Z\u0335\u0336\u0337\u0338", "cannot be made"),  # signs heaped on one another
        (replace(ENGRAVING, signs=Signs.LATIN), "为林", "Possible: Latin letters"),
        (replace(ENGRAVING, signs=Signs.CHINESE), "Lin", "Possible: Chinese"),
        (replace(ENGRAVING, signs=Signs.DIGITS), "26 Nov", "Possible: Digits"),
        (replace(ENGRAVING, signs=Signs.LATIN, has_emoji=True), "👍", "cannot be made"),
        (SCRIPT, "grass", "Choose one of what is offered for “Script”"),
        (HEIGHT, "9", "whole number from 10 to 30"),
        (HEIGHT, "12.5", "whole number"),
        (HEIGHT, "²", "whole number"),
        (HEIGHT, "-" * 20, "whole number"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_remedy(field, typed, why):
    with pytest.raises(InvalidInput, match=why) as refusal:
        read_wish(field, typed)
    assert refusal.value.field == field.name


@given(st.text(max_size=60))
def test_whatever_is_typed_is_refused_or_kept_without_what_nobody_sees_and_reads_the_same_again(typed):
    for field in (ENGRAVING, LINES, EMOJI):
        try:
            once = read_wish(field, typed)
        except MarketError:
            continue
        assert len(once) <= field.most and read_wish(field, once) == once
        allowed = "\n" if field.has_lines else ""
        unseen = [sign for sign in once if unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Cn") and sign not in allowed]
        assert not unseen or (field.has_emoji and set(unseen) <= {"\u200d"})


@given(st.dictionaries(st.sampled_from(["engrave1", "script01", "height01", "unknown"]), st.text(max_size=15)))
def test_what_fits_costs_the_sum_of_what_is_said_and_is_one_line_however_it_came(typed):
    try:
        wishes = read_wishes(FIELDS, typed)
    except MarketError:
        return
    fitted = fit(FIELDS, 3, wishes)
    assert fitted is not None and fitted.surcharge_minor == sum(one["surcharge_minor"] for one in fitted.said)
    assert [one["id"] for one in fitted.said] == list(wishes)
    assert key_of(wishes) == key_of(dict(reversed(list(wishes.items())))) and "unknown" not in wishes


def test_wishes_that_are_not_offered_do_not_fit_and_nothing_is_read_out_of_them():
    assert fit(FIELDS, 3, {"script01": "seal"}) is None  # the engraving is required
    assert fit(FIELDS[:1], 3, {"engrave1": "Lin", "script01": "seal"}) is None  # no script is offered
    assert fit(FIELDS, 3, {"engrave1": "  Lin"}) is None  # was never read
    assert fit((), 3, {}).said == []


def test_kept_fields_are_the_same_fields_and_words_are_reviewed_without_what_they_cost():
    assert fields_of(kept(FIELDS)) == FIELDS
    dearer = [replace(ENGRAVING, surcharge_minor=1), replace(SCRIPT, choices=tuple(replace(one, surcharge_minor=7) for one in SCRIPT.choices)), HEIGHT]
    assert words_only(kept(FIELDS)) == words_only(kept(dearer)) != words_only(kept([replace(ENGRAVING, most=13), SCRIPT, HEIGHT]))
    assert with_surcharges(kept(FIELDS), kept(dearer)) == kept(dearer)
    assert with_surcharges(kept(FIELDS), kept(dearer[:1])) == [*kept(dearer[:1]), *kept(FIELDS[1:])]


def test_wishes_are_told_in_the_readers_language():
    said = fit(FIELDS, 0, {"engrave1": "A\tB".replace("\t", " "), "script01": "kai", "height01": "12"}).said
    assert in_words(said) == "Engraving: A B · Script: Kai · Height: 12 cm"
    with translation.override("zh-hans"):
        assert in_words(said).startswith("刻字")
