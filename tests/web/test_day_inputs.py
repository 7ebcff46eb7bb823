"""Fields of days hold what they were given, in every language."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.utils import translation

from marketplace.kernel.inputs import DayInput


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_day_is_written_as_browsers_take_it(language):
    with translation.override(language):
        assert 'value="2028-10-26"' in DayInput().render("day", date(2028, 10, 26))


def test_djangos_own_input_writes_it_in_the_readers_way():
    """The control: a browser leaves such a field empty."""
    with translation.override("zh-hans"):
        assert 'value="2028-10-26"' not in forms.DateInput(attrs={"type": "date"}).render("day", date(2028, 10, 26))
