"""Barcodes and weights in a file of products."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import gettext as _
from stdnum import ean

from marketplace.kernel.errors import InvalidInput
from marketplace.merchant.catalogue.barcodes import read_barcode
from marketplace.platform.taxonomy.units import parse_number

BY_A_SPREADSHEET = re.compile(r"(\d+)\.0|(\d)(?:\.(\d+))?[eE]\+?(\d\d?)")


def barcode_of(cell: str) -> str | None:
    """What a cell says of the barcode; None for nothing. Raises InvalidInput.

    A spreadsheet makes a number of it, which drops zeros before it, or writes 6.90E+12, in which digits are lost: that is refused with what to do.
    """
    text = cell.strip()
    if found := BY_A_SPREADSHEET.fullmatch(text):
        if found[1] is None:
            raise InvalidInput(field="barcode", why=_("The spreadsheet has shortened this barcode. Format the column as text, and write it again."))
        text = found[1]
    for length in (8, 12):
        if len(text) == length - 1 and ean.is_valid(text.zfill(length)):
            text = text.zfill(length)  # its first zero fell away
    return read_barcode(text) if text else None


def weight_of(text: str) -> int | None:
    """Grams, whole; "1.2 kg" is 1200. None for nothing. Raises InvalidInput."""
    if not text.strip():
        return None
    grams = int(Decimal(parse_number(text, "g", field="weight")).to_integral_value())
    if not 1 <= grams <= 1_000_000:
        raise InvalidInput(field="weight", why=_("A weight is from 1 g to 1,000 kg."))
    return grams
