"""What words mean in the list of products: titles by beginnings of words and by Chinese characters in a row, SKUs by any part of three signs
or more (of fewer by their beginning), product codes and barcodes as a whole.

Each part is asked of an index (merchant/imports/migrations, merchant/conditions/migrations): a shop with a hundred thousand products is searched
as quickly as one with a hundred.
"""

from __future__ import annotations

import re

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from marketplace.merchant.catalogue.barcodes import digits_of, with_barcodes
from marketplace.merchant.catalogue.models import Product, Variant

IN_A_TRIGRAM = 3  # signs that the index of parts is made of
MOST_TITLES = 1001  # products whose titles say it, up to which these are looked for first
MOST_SKUS = 1001  # products that are found by their SKUs: as many as are counted
CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
SIGNS = "string_to_array(lower(merchant_catalogue_product.titles::text), NULL) @> %s::text[]"
WORDS = "to_tsvector('simple', merchant_catalogue_product.titles) @@ to_tsquery('simple', %s)"
IN_A_ROW = "lower(merchant_catalogue_product.titles::text) LIKE %s"


def _says(sql: str, value: object) -> RawSQL:
    return RawSQL(sql, [value], output_field=BooleanField())  # noqa: S611  the text is ours, the value a parameter


def products_said(text: str) -> Q:
    """The condition for products that a search means."""
    typed = text.strip()
    text = typed.lower()
    runs = CHINESE.findall(text)
    words = re.findall(r"\w+", CHINESE.sub(" ", text))
    titles = Q()
    if runs:
        titles &= Q(_says(SIGNS, sorted(set("".join(runs)))))
        for run in runs:
            titles &= Q(_says(IN_A_ROW, f"%{run}%"))
    if words:
        titles &= Q(_says(WORDS, " & ".join(f"{word}:*" for word in words)))
    if titles:
        keys = list(Product.objects.filter(titles).order_by().values_list("pk", flat=True)[:MOST_TITLES])
        if len(keys) < MOST_TITLES:  # few are named; of many the newest are found soon, without asking for all
            titles = Q(pk__in=keys)
    skus = Variant.objects.filter(**{"sku__icontains" if len(text) >= IN_A_TRIGRAM else "sku__istartswith": text})
    numbered = set(skus.values_list("product_id", flat=True)[:MOST_SKUS])
    if code := digits_of(text):
        numbered |= set(with_barcodes([code]).values_list("product_id", flat=True))
    by_number = Q(pk__in=numbered) | Q(pk__in=list(Product.objects.filter(source_ref__in={typed, text, typed.upper()}).values_list("pk", flat=True)))
    return (titles | by_number) if titles else by_number
