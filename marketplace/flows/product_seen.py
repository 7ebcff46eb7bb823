"""What the form of a product was made from: whoever saves an older one is told, and nothing that others have entered meanwhile is lost."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.descriptions import renamed
from marketplace.kernel.plain import fingerprint
from marketplace.merchant.catalogue.models import Picture, Product, Variant
from marketplace.merchant.media.models import TextPicture
from marketplace.merchant.media.queries import by_key, shown_of
from marketplace.merchant.virtual.queries import virtual_of

OF_A_PRODUCT = ("titles", "subtitles", "category_id", "brand_id", "attributes", "axes", "tax_class", "source_ref", "size_table_id")
TIMES = ("listed_from", "listed_until", "hides_sold_out")
OF_A_VARIANT = ("pk", "sku", "options", "barcode", "weight_g")


def seen_of(product_id: UUID) -> str:
    """A digest of all that the form of a product of the open shop writes, but for prices and stock: of these it writes what was changed in it alone.

    A picture that was cut or replaced in the library meanwhile is the same one. Raises Product.DoesNotExist.
    """
    row = Product.objects.get(pk=product_id)
    pictures = list(Picture.objects.filter(product=row).order_by("position", "pk").values_list("key", "alt"))
    in_texts = TextPicture.objects.filter(product=row).values_list("key", flat=True)
    same = {key: str(one.pk) for key, one in by_key([*(key for key, _alt in pictures), *in_texts]).items()}
    shown, virtual = shown_of([row.pk])[row.pk], virtual_of([row.pk]).get(row.pk)
    said = [
        [getattr(row, name) for name in (*OF_A_PRODUCT, *TIMES)],
        {code: renamed(html, same) for code, html in row.descriptions.items()},
        list(Variant.objects.filter(product=row, is_active=True).order_by("position", "pk").values_list(*OF_A_VARIANT)),
        [(same.get(key, key), alt) for key, alt in pictures],
        [sorted((same.get(key, key), value) for key, value in shown.values.items()), shown.film.pk if shown.film else None],
        [virtual.kind, virtual.valid_days] if virtual else None,
    ]
    return fingerprint(said)[:32]
