"""Themes: verbs."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import IO
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.uploads import clean_picture, read_upload
from marketplace.kernel.verbs import verb
from marketplace.platform.themes.colours import HEX
from marketplace.platform.themes.dress import FACES, SHAPES, Dress, TooNearToAWarning, css_of, dress_of
from marketplace.platform.themes.errors import ColourTooNear, NoSuchRevision
from marketplace.platform.themes.models import Look, Theme, ThemeRevision
from tenants.tenancy.link import connection
from tenants.tenancy.models import Merchant

KEPT = 20
SIDES = {"logo": 400, "banner": 2000}


@dataclass(frozen=True)
class Chosen:
    """What a shop chooses: colours as `#rrggbb`, the rest by the codes of Look; pictures as storage keys with schema, or empty."""

    brand: str = "#0d5c4d"
    band: str = "#e1f0ea"
    face: str = "sans"
    shape: str = "soft"
    grid: str = "dense"
    logo: str = ""
    banner: str = ""


def checked(chosen: Chosen) -> Dress:
    """The dress that follows. Raises InvalidInput, ColourTooNear."""
    for name in ("brand", "band"):
        if not HEX.match(getattr(chosen, name)):
            raise InvalidInput(field=name, why=_("A colour is written as # and six figures, like #566b3a."))
    for name, known in (("face", FACES), ("shape", SHAPES), ("grid", Look.Grid.values)):
        if getattr(chosen, name) not in known:
            raise InvalidInput(field=name, why=_("Choose one of the offered looks."))
    try:
        return dress_of(chosen.brand, chosen.band)
    except TooNearToAWarning as near:
        raise ColourTooNear from near


def chosen_of(look: Look) -> Chosen:
    return Chosen(**{name: getattr(look, name) for name in Chosen.__dataclass_fields__})


@verb
def set_theme(*, by: Actor, merchant_id: UUID, chosen: Chosen) -> Theme:
    """Dress the shop. Chosen as it is already: nothing changes. Raises InvalidInput, ColourTooNear."""
    dress = checked(chosen)
    with transaction.atomic():
        merchant = Merchant.objects.select_for_update(of=("self",), no_key=True).get(pk=merchant_id)
        before = Theme.objects.filter(merchant=merchant).first()
        if before and chosen_of(before) == chosen:
            return before
        newest = ThemeRevision.objects.filter(merchant=merchant).order_by("-number").first()
        number = newest.number + 1 if newest else 1
        css = css_of(merchant.slug, dress, face=chosen.face, shape=chosen.shape)
        facts = {**asdict(chosen), "css": css, "stamp": stamp_of(css), "was_adjusted": dress.was_adjusted, "number": number, "changed_at": clock.now()}
        theme, _made = Theme.objects.update_or_create(merchant=merchant, defaults=facts)
        ThemeRevision.objects.create(merchant=merchant, number=number, made_by=by.label, **asdict(chosen))
        ThemeRevision.objects.filter(merchant=merchant, number__lte=number - KEPT).delete()
        audit(
            by=by,
            action="theme.set",
            subject="shop",
            subject_id=merchant.pk,
            merchant_id=merchant.pk,
            before=asdict(chosen_of(before)) if before else None,
            after=asdict(chosen),
        )
    return theme


@verb
def go_back_to(*, by: Actor, merchant_id: UUID, number: int) -> Theme:
    """Dress the shop as in revision `number`; that is a new revision, so it can be undone as well. Raises NoSuchRevision."""
    with transaction.atomic():
        revision = ThemeRevision.objects.filter(merchant_id=merchant_id, number=number).first()
        if revision is None:
            raise NoSuchRevision
        return set_theme(by=by, merchant_id=merchant_id, chosen=chosen_of(revision))


def store_theme_picture(upload: IO[bytes], kind: str) -> str:
    """A logo (400 pixels) or banner (2000) as WebP in the open schema's public media; its key with schema. Raises InvalidInput."""
    clean = clean_picture(read_upload(upload, kind), kind, longest_side=SIDES[kind], to="WEBP")
    key = f"theme/{hashlib.sha256(clean.data).hexdigest()[:24]}.webp"
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(clean.data))
    return f"{connection.schema_name}/{key}"


def stamp_of(css: str) -> str:
    return hashlib.sha256(css.encode()).hexdigest()[:16]
