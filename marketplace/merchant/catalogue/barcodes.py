"""Barcodes of variants: EAN-8, UPC-A, EAN-13 and GTIN-14. All four are one kind of number: filled up with zeros to 14 digits they can be compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Container, Mapping
from uuid import UUID

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import LPad
from django.utils.translation import gettext as _
from stdnum import ean

from marketplace.kernel.errors import InvalidInput
from marketplace.merchant.catalogue.models import Variant

LENGTHS = (8, 12, 13, 14)


def read_barcode(text: str) -> str:
    """Its digits as they are printed; "" for an empty text. Raises InvalidInput, naming the digit that is expected."""
    code = ean.compact(unicodedata.normalize("NFKC", text))
    if not code:
        return ""
    if not (code.isascii() and code.isdigit()):
        raise InvalidInput(field="barcode", why=_("A barcode has digits only, such as 6901234567892."))
    if len(code) + 1 in LENGTHS and len(code) not in LENGTHS:
        raise InvalidInput(field="barcode", why=_("Its last digit is missing: with {digit} the barcode is whole.").format(digit=ean.calc_check_digit(code)))
    if len(code) not in LENGTHS:
        raise InvalidInput(field="barcode", why=_("A barcode has 8, 12, 13 or 14 digits; this has {n}.").format(n=len(code)))
    expected = ean.calc_check_digit(code[:-1])
    if code[-1] != expected:
        why = _("One digit is wrong: the last of {code} would be {expected}, not {found}. Compare it with the package.")
        raise InvalidInput(field="barcode", why=why.format(code=code, expected=expected, found=code[-1]))
    return code


def gtin(code: str) -> str:
    """As it is compared: a UPC-A is the EAN-13 with a zero before it."""
    return code.zfill(14)


def following(code: str, taken: Container[str]) -> str:
    """The next number of the same length with its check digit whose GTIN is none of `taken`; "" where there is none."""
    body = int(code[:-1])
    while len(str(body := body + 1)) <= len(code) - 1:
        text = str(body).zfill(len(code) - 1)
        if gtin(found := text + ean.calc_check_digit(text)) not in taken:
            return found
    return ""


def with_barcodes(codes: Collection[str]) -> QuerySet[Variant]:
    """Variants of the open shop that are sold and carry one of these. An index answers."""
    rows = Variant.objects.filter(is_active=True, barcode__isnull=False).alias(gtin=LPad("barcode", 14, Value("0")))
    return rows.filter(gtin__in=[gtin(code) for code in codes])


def owners_of(codes: Collection[str], but: UUID | None = None) -> Mapping[str, Variant]:
    """GTIN → the variant that carries it; those of the product `but` left out."""
    apart = Q(product_id=but) if but else Q(pk__in=[])
    return {gtin(row.barcode or ""): row for row in with_barcodes(codes).exclude(apart)} if codes else {}


def variants_by_code(codes: Collection[str]) -> dict[str, Variant]:
    """Code as it was scanned or typed → variant: a SKU to the letter, a barcode, or a SKU in other letters where only one is meant.

    What became part of another variant leads to that one: its old labels are still on the shelf.
    """
    wanted = list(dict.fromkeys(codes))
    found = {row.sku: row for row in Variant.objects.filter(sku__in=wanted)}
    numbers = {gtin(text): code for code in wanted if code not in found and (text := digits_of(code))}
    found |= {numbers[key]: row for key, row in owners_of(list(numbers)).items()}
    merged = Variant.objects.filter(merged_into__isnull=False, barcode__isnull=False).alias(gtin=LPad("barcode", 14, Value("0")))
    if old := [key for key, code in numbers.items() if code not in found]:
        found |= {numbers[gtin(row.barcode or "")]: row for row in merged.filter(gtin__in=old).order_by("pk")}
    if missing := [code for code in wanted if code not in found]:
        where = Q()
        for code in missing:
            where |= Q(sku__iexact=code)
        folded: dict[str, list[Variant]] = {}
        for row in Variant.objects.filter(where):
            folded.setdefault(row.sku.casefold(), []).append(row)
        found |= {code: folded[code.casefold()][0] for code in missing if len(folded.get(code.casefold(), ())) == 1}
    return {code: _living(row) for code, row in found.items()}


def digits_of(text: str) -> str:
    """The barcode that a text is; "" for none."""
    try:
        return read_barcode(text)
    except InvalidInput:
        return ""


def _living(row: Variant) -> Variant:
    while row.merged_into is not None:
        row = row.merged_into
    return row
