"""Account numbers and names of holders: brought into one form, and whether they can be right."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _
from stdnum import iban, luhn
from stdnum.exceptions import ValidationError

from marketplace.kernel.errors import InvalidInput
from marketplace.platform.payments.models.accounts import AccountDetails

Form = AccountDetails.Form
BETWEEN = re.compile(r"[\s\-‐‑–—.·/]")
BRACKETS = str.maketrans({"〔": "(", "〕": ")", "［": "(", "］": ")", "[": "(", "]": ")", "【": "(", "】": ")", "“": '"', "”": '"', "’": "'", "‘": "'"})
SEPARATORS = re.compile(r"[\s·•・‧∙.,，。、;；:：'\"_\-‐‑–—]+")


def clean_number(form: str, text: str) -> str:
    """The number without spaces, checked as far as its form allows. Raises InvalidInput."""
    number = BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    if form == Form.IBAN:
        try:
            return str(iban.validate(number))
        except ValidationError:
            raise InvalidInput(field="number", why=_("This is no IBAN: its length or check digits do not fit. Copy it from a statement of the bank.")) from None
    if not re.fullmatch(r"[0-9]+", number):
        raise InvalidInput(field="number", why=_("An account number in mainland China has digits only."))
    if form == Form.CARD:
        if not 16 <= len(number) <= 19:
            raise InvalidInput(field="number", why=_("A bank card has 16 to 19 digits; this has {n}.").format(n=len(number)))
        if not luhn.is_valid(number):
            raise InvalidInput(field="number", why=_("The last digit does not fit the others: one is wrong or two are swapped. Look at the card again."))
    elif not 8 <= len(number) <= 32:
        raise InvalidInput(field="number", why=_("A company account has 8 to 32 digits; this has {n}.").format(n=len(number)))
    return number


def clean_bank_code(text: str) -> str:
    """A CNAPS code, or nothing. Raises InvalidInput."""
    code = BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    if code and not re.fullmatch(r"[0-9]{12}", code):
        raise InvalidInput(field="bank_code", why=_("A CNAPS code has 12 digits. Leave it empty if you do not know it."))
    return code


def folded_name(name: str) -> str:
    """A name as it is compared: full-width signs, kinds of brackets, spaces, dots, quotation marks and capitals make no difference."""
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", name).translate(BRACKETS).casefold())


def is_same_name(one: str, other: str) -> bool:
    return bool(folded_name(one)) and folded_name(one) == folded_name(other)
