"""Brands: verbs of the console."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.ids import new_code
from marketplace.kernel.verbs import verb
from marketplace.platform.taxonomy.errors import BrandChanged, BrandUnknown
from marketplace.platform.taxonomy.models import Brand, Merge
from marketplace.platform.taxonomy.tree import LONGEST_NAME, tree_changed
from tenants.onboarding.brands import demands_authorisation

MOST_ALIASES = 30


@verb
def keep_brand(*, by: Actor, brand_id: int | None, seen: int, names: Mapping[str, str], aliases: Iterable[str], logo: str | None = None) -> Brand:
    """Make a brand, or change one. Another brand's name or alias is refused, naming it: two rows for one brand are merged instead.

    Raises InvalidInput, BrandUnknown, BrandChanged.
    """
    named = {code: " ".join(text.split()) for code, text in names.items() if text and text.strip()}
    if not named:
        raise InvalidInput(field="name_zh", why=_("Give the brand a name in at least one language."))
    if any(len(text) > LONGEST_NAME for text in named.values()):
        raise InvalidInput(field="name_zh", why=_("A name has at most {n} characters.").format(n=LONGEST_NAME))
    with transaction.atomic():
        row = locked_brand(brand_id, seen) if brand_id else Brand(code=new_code())
        others = _clean_aliases(aliases, named)
        _check_not_taken(row, named.values(), others)
        before = {"names": row.names, "aliases": row.aliases, "logo": row.logo} if brand_id else None
        row.names, row.aliases = named, others
        row.logo = row.logo if logo is None else logo
        after = {"names": row.names, "aliases": row.aliases, "logo": row.logo}
        if after == before:
            return row
        row.is_kept, row.version = True, row.version + (before is not None)
        row.save()
        if before is None:
            _audit(by, row, "brand.added", after=after)
        else:
            _audit(by, row, "brand.kept", before=before, after=after)
        tree_changed()
    return row


@verb
def merge_brand(*, by: Actor, brand_id: int, seen: int, into_id: int, seen_into: int, why: str) -> Merge:
    """Its names are other names of the other from now on; nothing new can name it. Raises InvalidInput, BrandUnknown, BrandChanged."""
    if brand_id == into_id:
        raise InvalidInput(field="into", why=_("Choose another brand to merge it into."))
    with transaction.atomic():
        first, second = sorted(((brand_id, seen), (into_id, seen_into)))
        rows = {key: locked_brand(key, version) for key, version in (first, second)}
        row, into = rows[brand_id], rows[into_id]
        check_brand_merge(row, into)
        Brand.objects.filter(merged_into=row).update(merged_into=into)
        into.aliases = _clean_aliases([*into.aliases, *row.names.values(), *row.aliases], into.names)
        into.logo, into.is_kept, into.version = into.logo or row.logo, True, into.version + 1
        into.save(update_fields=["aliases", "logo", "is_kept", "version"])
        row.merged_into, row.version = into, row.version + 1
        row.save(update_fields=["merged_into", "version"])
        _audit(by, row, "brand.merged", before={"names": row.names}, after={"into": into.pk, "names": into.names}, why=why)
        tree_changed()
        return Merge.objects.create(kind=Merge.Kind.BRAND, key=row.pk, into_key=into.pk, by_label=by.label)


def check_brand_merge(row: Brand, into: Brand) -> None:
    """Raises InvalidInput where authorisation that a brand demands would end with it."""
    if demands_authorisation(row.pk) and not demands_authorisation(into.pk):
        raise InvalidInput(field="into", why=_("“{brand}” is sold with authorisation only. Ask for it for the other brand first.").format(brand=row.name))


def locked_brand(brand_id: int, seen: int | None = None) -> Brand:
    """Raises BrandUnknown, BrandChanged."""
    row = Brand.objects.select_for_update(of=("self",)).filter(pk=brand_id, merged_into=None).first()
    if row is None:
        raise BrandUnknown
    if seen is not None and seen != row.version:
        raise BrandChanged(name=row.name)
    return row


def led_to_brand(brand_id: int) -> Brand | None:
    """The brand of this key, or the one it was merged into."""
    row = Brand.objects.filter(pk=brand_id).select_related("merged_into").first()
    return row and (row.merged_into or row)


def alike(row: Brand, most: int = 6) -> list[Brand]:
    """Brands that may be the same: one name begins with the other's first word, or an alias is the other's name."""
    words = {word.casefold() for name in [*row.names.values(), *row.aliases] for word in name.split()[:1] if len(word) > 1}
    if not words:
        return []
    asked = Q()
    for word in sorted(words)[:6]:
        asked |= Q(**{"names__zh-hans__istartswith": word}) | Q(names__en__istartswith=word)
    return list(Brand.objects.filter(asked, merged_into=None).exclude(pk=row.pk).order_by("code")[:most])


def _clean_aliases(words: Iterable[str], names: Mapping[str, str]) -> list[str]:
    known = {name.casefold() for name in names.values()}
    found = [word for word in dict.fromkeys(" ".join(word.split()) for word in words if word and word.strip()) if word.casefold() not in known]
    if len(found) > MOST_ALIASES or any(len(word) > 80 for word in found):
        raise InvalidInput(field="aliases", why=_("At most {n} other names, each of at most 80 characters.").format(n=MOST_ALIASES))
    return found


def _check_not_taken(row: Brand, names: Iterable[str], aliases: Iterable[str]) -> None:
    for word, field in [*((name, "name_zh") for name in names), *((alias, "aliases") for alias in aliases)]:
        same = Q(**{"names__zh-hans__iexact": word}) | Q(names__en__iexact=word) | Q(aliases__contains=[word])
        other = Brand.objects.filter(same, merged_into=None).exclude(pk=row.pk).first()
        if other is not None:
            raise InvalidInput(field=field, why=_("“{word}” is the brand “{brand}” already. Merge the two instead.").format(word=word, brand=other.name))


def _audit(by: Actor, row: Brand, action: str, **said: Any) -> None:
    audit(by=by, action=action, subject="brand", subject_id=row.pk, **said)
