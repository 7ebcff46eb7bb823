"""From a valid product form to the verb."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marketplace.flows.review_product import save_product
from marketplace.kernel.actors import Actor
from marketplace.kernel.prose import as_html, as_text
from marketplace.merchant.catalogue.actions import ProductInput, VariantInput
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.virtual.actions import Kind
from marketplace.web.seller.attribute_fields import entries_of
from marketplace.web.seller.gallery import gallery_of
from marketplace.web.seller.product_form import ProductForm
from marketplace.web.seller.variants import has_shown_prices, key_of_variant


def keys_of_rows(form: ProductForm, row: Product | None, product_id: UUID) -> list[UUID]:
    """The variants' keys: a combination that the product has, or had once, keeps its own."""
    known = {tuple(sorted((int(a), int(v)) for a, v in one.options.items())): one.pk for one in row.variants.all()} if row else {}
    return [known.get(tuple(sorted(each.options.items()))) or key_of_variant(product_id, each.options) for each in form.rows]


def save(by: Actor, form: ProductForm, row: Product | None, *, submits: bool) -> Product:
    """Save what the form holds, and ask for its review. Raises InvalidInput, SkuTaken, StockHeld, ProductIncomplete, ProductChangedMeanwhile."""
    data = form.cleaned_data
    product_id: UUID = row.pk if row else data["product_id"]
    keys = keys_of_rows(form, row, product_id)
    rows = form.entered_rows()
    pictures, shown = gallery_of(form, row).kept(by)
    saved: Product = save_product(
        by=by,
        product_id=product_id,
        is_new=row is None,
        submits=submits,
        shown=shown,
        kind=Kind(data["kind"], data["valid_days"]) if data["kind"] else None,
        seen=data["seen"],
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
            pictures=pictures,
            listed_from=data["listed_from"],
            listed_until=data["listed_until"],
            hides_sold_out=data["hides_sold_out"],
            size_table=data["size_table"].pk if data["size_table"] else None,
            sets_size_table=True,
            source_ref=data["source_ref"] if row is None or "source_ref" in form.data else row.source_ref,
        ),
        # What nobody changed is no price and no count: another may have begun, and orders may have shipped since the form was opened.
        prices={keys[n]: (one.price, one.market) for n, one in rows.items() if one.price is not None and not has_shown_prices(one.row)},
        stock={keys[n]: one.stock for n, one in rows.items() if str(one.stock) != one.row.cells.get("stock_was")},
    )
    return saved


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
