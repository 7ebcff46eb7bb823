"""Pictures of the library in descriptions: which they are, that they are the shop's own, and how the public copy tells of them.

All run in the merchant's schema that is open.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.descriptions import named_in, published, renamed
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.texts import IN_FIELDS, localised
from marketplace.merchant.catalogue.actions import ProductInput
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.media.actions import note_pictures
from marketplace.merchant.media.cutting import measured
from marketplace.merchant.media.models import LibraryPicture, TextPicture
from marketplace.merchant.media.queries import by_key
from tenants.tenancy.link import connection

MOST_IN_TEXT = 40
ADDRESS = re.compile(r"/media/(m_[0-9a-f]{32})/(.+)")


def known_in(products: Iterable[ProductInput]) -> dict[str, str]:
    """What descriptions that are cleaned name pictures by → the present key; only what is in the shop's library."""
    names = {name: _key(name) for one in products for html in one.descriptions.values() for name in named_in(html)}
    found = by_key(set(names.values())) if names else {}
    return {name: found[key].key for name, key in names.items() if key in found}


def _key(name: str) -> str:
    """The key in an address of this shop's media; another's stays as it is, and is in no library."""
    parts = ADDRESS.fullmatch(name)
    return parts[2] if parts and parts[1] == connection.schema_name else name


def check_pictures(product: ProductInput, known: dict[str, str]) -> None:
    """Name every picture of its descriptions by its present key. Raises InvalidInput, naming the description."""
    for code, html in product.descriptions.items():
        names = named_in(html)
        field = f"description_{IN_FIELDS.get(code, code)}"
        if any(name not in known for name in names):
            raise InvalidInput(field=field, why=_("A picture in the description is not in your library. Choose it there, or take it out."))
        if len(names) > MOST_IN_TEXT:
            raise InvalidInput(field=field, why=_("A description has at most {most} pictures.").format(most=MOST_IN_TEXT))
    product.descriptions = {code: renamed(html, known) for code, html in product.descriptions.items()}


def check_each(products: Mapping[str, ProductInput]) -> dict[str, MarketError]:
    """The same for many: why not, by what each is known by."""
    known, refused = known_in(products.values()), {}
    for ref, one in products.items():
        try:
            check_pictures(one, known)
        except MarketError as refusal:
            refused[ref] = refusal
    return refused


def note_in_texts(by: Actor, products: Iterable[Product]) -> None:
    """Write down which pictures the descriptions of these products use; what was deleted comes back. One question where nothing has changed."""
    wanted = {row.pk: {name for html in row.descriptions.values() for name in named_in(html)} for row in products}
    held: dict[UUID, set[str]] = defaultdict(set)
    for product_id, key in TextPicture.objects.filter(product__in=wanted).values_list("product_id", "key"):
        held[product_id].add(key)
    changed = [pk for pk, keys in wanted.items() if keys != held[pk]]
    if changed:
        note_pictures(by=by, pictures=[(key, "", {}) for key in {key for pk in changed for key in wanted[pk] - held[pk]}])
        TextPicture.objects.filter(product__in=changed).delete()
        TextPicture.objects.bulk_create([TextPicture(product_id=pk, key=key) for pk in changed for key in sorted(wanted[pk])], batch_size=500)


def public_descriptions(products: Iterable[Product], schema: str) -> dict[UUID, dict[str, str]]:
    """Descriptions as the public copy of each product holds them (Listing.descriptions)."""
    rows = list(products)
    keys = {name for row in rows for html in row.descriptions.values() for name in named_in(html)}
    known = {row.key: row for row in LibraryPicture.objects.filter(key__in=keys)} if keys else {}
    sizes = {key: _size(row) for key, row in known.items()}

    def told(key: str, code: str) -> tuple[str, int, int, str] | None:
        return (f"{schema}/{key}", *sizes[key], localised(known[key].alt, code).text) if key in known else None

    return {row.pk: {code: published(html, lambda key, code=code: told(key, code)) for code, html in row.descriptions.items()} for row in rows}  # type: ignore[misc]


def _size(row: LibraryPicture) -> tuple[int, int]:
    """Width and height of what is shown, in pixels; of a picture nobody has measured yet its file says."""
    if row.cut:
        return row.cut[2], row.cut[3]
    return (row.width, row.height) if row.width else measured(row.key)[:2]
