"""From a valid product form to the verb."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from marketplace.flows.review_product import save_product
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.prose import as_html, as_text
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Picture, Product
from marketplace.merchant.catalogue.pictures import store_picture
from marketplace.web.seller.attribute_fields import entries_of
from marketplace.web.seller.product_form import ProductForm
from marketplace.web.seller.variants import key_of_variant

MOST_SHOWN = 200  # characters of what a picture shows


def keys_of_rows(form: ProductForm, row: Product | None, product_id: UUID) -> list[UUID]:
    """The variants' keys: a combination that the product has, or had once, keeps its own."""
    known = {tuple(sorted((int(a), int(v)) for a, v in one.options.items())): one.pk for one in row.variants.all()} if row else {}
    return [known.get(tuple(sorted(each.options.items()))) or key_of_variant(product_id, each.options) for each in form.rows]


def save(by: Actor, form: ProductForm, row: Product | None, *, submits: bool) -> Product:
    """Save what the form holds, and ask for its review. Raises InvalidInput, SkuTaken, StockHeld, ProductIncomplete."""
    data = form.cleaned_data
    product_id: UUID = row.pk if row else data["product_id"]
    keys = keys_of_rows(form, row, product_id)
    rows = form.entered_rows()
    saved: Product = save_product(
        by=by,
        product_id=product_id,
        is_new=row is None,
        submits=submits,
        product=ProductInput(
            category_id=data["category"],
            brand_id=data["brand"].pk if data["brand"] else None,
            tax_class=data["tax_class"] or (row.tax_class if row else "standard"),
            titles=_texts(row.titles if row else {}, data, "title"),
            subtitles=_texts(row.subtitles if row else {}, data, "subtitle"),
            descriptions=_descriptions(row.descriptions if row else {}, data),
            attributes=entries_of(form.described(), data, row.attributes if row else [], form.fields),
            axes=[attribute for attribute, _values in form.axes_chosen],
            variants=[VariantInput(sku=one.sku, options=one.row.options, barcode=one.barcode, weight_g=one.weight_g, id=keys[n]) for n, one in rows.items()],
            pictures=_pictures(form, row),
            listed_from=data["listed_from"],
            listed_until=data["listed_until"],
            hides_sold_out=data["hides_sold_out"],
            size_table=data["size_table"].pk if data["size_table"] else None,
            sets_size_table=True,
            source_ref=row.source_ref if row else None,
        ),
        prices={keys[n]: (one.price, one.market) for n, one in rows.items() if one.price is not None},
        # What nobody changed is no count: orders may have shipped since the form was opened.
        stock={keys[n]: one.stock for n, one in rows.items() if str(one.stock) != one.row.cells.get("stock_was")},
    )
    return saved


def _shows(form: ProductForm, picture: Picture) -> dict[str, str]:
    """What the picture shows, in words, as typed; languages the form does not ask for are kept. Raises InvalidInput."""
    words = dict(picture.alt)
    for code, name in (("zh-hans", "zh"), ("en", "en")):
        text = form.data.get(f"alt_{name}_{picture.pk.hex}")
        if text is not None:
            words[code] = " ".join(str(text).split())
    if any(len(text) > MOST_SHOWN for text in words.values()):
        raise InvalidInput(field="pictures", why=_("What a picture shows is told in at most {most} characters.").format(most=MOST_SHOWN))
    return {code: text for code, text in words.items() if text}


def _pictures(form: ProductForm, row: Product | None) -> list[tuple[str, dict[str, str]]]:
    """The pictures that stay, in the order that was typed, then the new ones. Raises InvalidInput."""
    held = list(row.pictures.order_by("position")) if row else []
    places = {}
    for n, picture in enumerate(held):
        text = str(form.data.get(f"place_{picture.pk.hex}", "")).strip()
        places[picture.pk] = (int(text) if text.isascii() and text.isdigit() and len(text) < 5 else n + 1, n)
    stay = [picture for picture in held if not form.data.get(f"gone_{picture.pk.hex}")]
    stay.sort(key=lambda picture: places[picture.pk])
    return [(picture.key, _shows(form, picture)) for picture in stay] + [(store_picture(upload), {}) for upload in form.cleaned_data["pictures"]]


def _descriptions(before: dict[str, str], data: dict[str, Any]) -> dict[str, str]:
    """As HTML. A text that was left as the form showed it stays as it was kept, to the letter."""
    entered = _texts(before, data, "description")
    for code in ("zh-hans", "en"):
        html, kept = as_html(entered[code]), before.get(code, "")
        entered[code] = kept if html == as_html(as_text(kept)) else html
    return entered


def _texts(before: dict[str, str], data: dict[str, Any], name: str) -> dict[str, str]:
    """The two languages of the form over whatever other languages the product has."""
    return {**before, "zh-hans": data[f"{name}_zh"], "en": data[f"{name}_en"]}
