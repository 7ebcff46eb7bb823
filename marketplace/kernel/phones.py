"""Telephone numbers, kept as E.164."""

from __future__ import annotations

import phonenumbers
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput


def parse_phone(text: str, country: str, field: str = "phone") -> str:
    """A number as E.164; without +code it is one of the country. Raises InvalidInput."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidInput(field=field, why=_("“{text}” is not a phone number. Write all digits, with +country code when it is abroad.").format(text=text))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
