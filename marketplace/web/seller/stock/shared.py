"""What the pages of stock share: variants in words, lines that somebody typed, where a movement's reference leads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.kernel.errors import InvalidInput
from marketplace.merchant.catalogue.barcodes import LENGTHS, digits_of, variants_by_code
from marketplace.merchant.inventory.models import StockLevel, StockLocation, StockMovement, StockTransfer
from marketplace.merchant.inventory.moves import MOST_LINES
from marketplace.platform.taxonomy.models import AttributeValue

K = StockMovement.Kind
FREE = F("on_hand") - F("reserved") - F("allocated")
SAFETY = Coalesce(F("safety"), F("location__safety"))
LOW = Q(free__lt=F("least"))
PLACES: Mapping[str, str] = {
    K.SHIPPED: "orders",
    K.RETURNED: "returns",
    K.MOVED_IN: "transfers",
    K.MOVED_OUT: "transfers",
    K.STOCKTAKE: "stocktakes",
    K.RECEIVED: "restocks",
}


def levels() -> QuerySet[Any]:
    """Levels of open places, of what is sold or lies there still; with `free` and `least` as numbers to filter by."""
    rows = StockLevel.objects.filter(Q(variant__is_active=True) | Q(on_hand__gt=0), location__closed_at=None)
    return rows.select_related("variant__product", "location").annotate(free=FREE, least=SAFETY)


def found_by(text: str, prefix: str = "variant__") -> Q:
    """By SKU, barcode, or title in any language."""
    text = text.strip()
    titles = Q(**{f"{prefix}product__titles__zh-hans__icontains": text}) | Q(**{f"{prefix}product__titles__en__icontains": text})
    code = digits_of(text).lstrip("0")
    by_code = Q(**{f"{prefix}barcode__in": [code.zfill(length) for length in LENGTHS if len(code) <= length]}) if code else Q()
    return Q(**{f"{prefix}sku__icontains": text}) | titles | by_code


def open_locations() -> list[StockLocation]:
    return list(StockLocation.objects.filter(closed_at=None).order_by("preference", "pk"))


def location_choices(*, all_too: bool = False) -> list[tuple[str, str]]:
    first = [("", _("All"))] if all_too else []
    return first + [(str(each.pk), each.name) for each in open_locations()]


def with_labels(variants: Iterable[Any]) -> None:
    """Give each variant its label: "Jade / 280 ml", "" for a product with one."""
    variants = list(variants)
    wanted = {int(value) for variant in variants for value in variant.options.values()}
    values = AttributeValue.objects.in_bulk(wanted) if wanted else {}
    for variant in variants:
        variant.label = " / ".join(values[int(value)].name for value in variant.options.values() if int(value) in values)


def chosen_levels(request: HttpRequest) -> list[Any]:
    """The rows that were ticked in a list of stock, in its order; what is no key is left out."""
    keys = []
    for key in request.GET.getlist("chosen")[:MOST_LINES]:
        try:
            keys.append(UUID(key))
        except ValueError:
            continue
    found: list[Any] = list(levels().filter(pk__in=keys).order_by("variant__sku", "pk"))
    with_labels(level.variant for level in found)
    return found


def typed_lines(text: str, *, field: str = "more", least: int = 1) -> dict[UUID, int]:
    """ "SKU pieces" a line, as typed or pasted from a sheet: variant id → pieces. Raises InvalidInput, naming the line."""
    wanted: list[tuple[int, str, int]] = []
    for n, line in enumerate(text.splitlines(), start=1):
        words = line.replace("\t", " ").replace(",", " ").replace("，", " ").split()
        if not words:
            continue
        number = words[-1]
        if len(words) < 2 or not (number.isascii() and number.isdigit() and len(number) < 9 and int(number) >= least):
            raise InvalidInput(field=field, why=_("Line {n}: write a SKU and how many pieces, such as MUG-1 12.").format(n=n))
        wanted.append((n, " ".join(words[:-1]), int(number)))
    if len(wanted) > MOST_LINES:
        raise InvalidInput(field=field, why=_("At most {most} lines at once.").format(most=MOST_LINES))
    keys = keys_of(sku for _n, sku, _number in wanted)
    found: dict[UUID, int] = {}
    for n, sku, number_of in wanted:
        if sku not in keys:
            raise InvalidInput(field=field, why=_("Line {n}: no variant has the SKU “{sku}”.").format(n=n, sku=sku))
        found[keys[sku]] = found.get(keys[sku], 0) + number_of
    return found


def keys_of(codes: Iterable[str]) -> dict[str, UUID]:
    """SKU or barcode as it was written → variant; upper and lower case of a SKU count as one where that is clear."""
    return {code: row.pk for code, row in variants_by_code(list(codes)).items()}


def sent_numbers(data: Mapping[str, Any], prefix: str, keys: Collection[UUID]) -> dict[UUID, int]:
    """`<prefix>_<key>` of a form: key → pieces; nothing typed is 0. Raises InvalidInput."""
    found = {}
    for key in keys:
        text = str(data.get(f"{prefix}_{key.hex}", "")).strip()
        if text and not (text.isascii() and text.isdigit() and len(text) < 9):
            raise InvalidInput(field="lines", why=_("Write whole numbers of pieces."))
        found[key] = int(text or 0)
    return found


def sent_keys(request: HttpRequest) -> list[UUID]:
    """The rows that a form held: each has a hidden field `row` with its key."""
    keys = []
    for text in request.POST.getlist("row")[:MOST_LINES]:
        with suppress(ValueError):
            keys.append(UUID(text))
    return keys


def with_places(movements: Sequence[Any]) -> None:
    """Give each movement the address of what it was for: as a path, because workers that export know no routes of a workbench."""
    transfers = set(StockTransfer.objects.filter(number__in={row.ref for row in movements if row.kind == K.LOST and row.ref}).values_list("number", flat=True))
    for row in movements:
        row.href = ""
        if not row.ref:
            continue
        where = "transfers" if row.ref in transfers else PLACES.get(row.kind, "")
        if where:
            row.href = f"/{where}/{row.ref}/"
