"""Words of notices: ours are whole in every language, an operator's are checked, kept in versions, taken back, and nothing in them is run."""

from __future__ import annotations

import pytest
from django.utils import translation

from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import IllegalMove, InvalidInput
from marketplace.kernel.models import AuditEvent
from marketplace.platform.notices.examples import examples
from marketplace.platform.notices.kinds import ALL
from marketplace.platform.notices.messages import said, worded
from marketplace.platform.notices.wording import put_words, reset_words
from marketplace.platform.notices.words import check_words, our_words, words_of
from tenants.tenancy.hosts import market_url

pytestmark = pytest.mark.django_db


class TestWords:
    GOOD = {"subject": "{number}: pay", "body": "Pay {amount}.\n\nUntil {until}.", "button": "Pay", "sms": ""}

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    @pytest.mark.parametrize("kind", sorted(ALL))
    def test_our_words_pass_what_operators_words_have_to(self, kind, language):
        """Every place of ours has an example, what is needed stands there, and nothing stays in braces."""
        with translation.override(language):
            words = our_words(ALL[kind])
            check_words(ALL[kind], subject=words.subject, body=words.body_text, button=words.button, sms=words.sms)
            message = said(kind, words, examples(ALL[kind]), link=market_url("/"))
        text = " ".join([message.subject, *message.lines, message.sms, *message.closing])
        assert "{" not in text and len(message.lines) == len(ALL[kind].body)

    @pytest.mark.parametrize(
        ("change", "field", "named"),
        [
            ({"body": "Pay {amount} until {until}, {name}."}, "body", "{name}"[1:-1]),
            ({"body": "Pay."}, "body", "{amount}, {until}"),
            ({"subject": "Two\nlines {number}"}, "subject", "one line"),
            ({"subject": ""}, "subject", "one line"),
            ({"body": "Pay {amount until {until}."}, "body", "alone"),
            ({"button": ""}, "button", "button"),
            ({"body": "x" * 4001}, "body", "4000"),
            ({"body": "{amount.__class__} {amount} {until}"}, "body", "alone"),
        ],
    )
    def test_words_that_would_mislead_are_refused_by_name_and_change_nothing(self, change, field, named):
        with translation.override("en"), pytest.raises(InvalidInput) as refused:
            put_words(by=SYSTEM, kind="order_placed", language="en", seen_version=0, **{**self.GOOD, **change})
        assert refused.value.field == field and named in str(refused.value)

    def test_an_operators_words_are_in_force_kept_in_versions_and_taken_back(self):
        with translation.override("en"):
            for n, subject in enumerate(["{number}: pay", "{number}: pay now"]):
                put_words(by=SYSTEM, kind="order_placed", language="en", seen_version=n, **{**self.GOOD, "subject": subject})
            facts = {"number": "N{amount}", "amount": "<b>1</b>", "until": "noon"}
            message = worded("order_placed", facts, link="https://x/")
            assert message.subject == "N{amount}: pay now" and message.lines == ["Pay <b>1</b>.", "Until noon."]
            with pytest.raises(IllegalMove):
                put_words(by=SYSTEM, kind="order_placed", language="en", seen_version=1, **self.GOOD)
            reset_words(by=SYSTEM, kind="order_placed", language="en", seen_version=2)
            assert words_of(ALL["order_placed"]) == our_words(ALL["order_placed"])
        actions = list(AuditEvent.objects.filter(subject_id="order_placed en").order_by("id").values_list("action", flat=True))
        assert actions == ["notices.words_put", "notices.words_put", "notices.words_reset"]

    def test_a_paragraph_about_nothing_is_left_out(self):
        with translation.override("en"):
            message = worded("return_agreed", {"shop": "Kiln", "number": "R1", "amount": "1", "answer": "", "at": "noon"}, link="https://x/")
        assert message.lines == ["Return R1, 1.", "Hand the parcel to a carrier by noon, and enter its number."]
