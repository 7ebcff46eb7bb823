"""The gallery of the product form: which pictures of the library a product shows, in which order, what each says and which choice it shows;
and its film. The form's own fields hold all of it: a step (up, down, taken from the library, uploaded) shows the form again and saves nothing
but what was uploaded.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.texts import IN_FIELDS
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.media.actions import LONGEST_ALT, keep_film, keep_picture
from marketplace.merchant.media.models import Film, LibraryPicture
from marketplace.merchant.media.queries import Shown, by_key, films, shown_of
from marketplace.merchant.media.queries import library as library_there
from marketplace.web.seller.product_form import ProductForm
from tenants.tenancy.link import connection

STEP = "gallery-"
MOST_OFFERED = 24  # pictures of the library beside the form, films of it
type_pictures = list[tuple[str, dict[str, str]]]


def token_of(key: str) -> str:
    """What a picture's fields are called by: keys hold signs that names of fields should not."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


@dataclass
class Shot:
    """A picture of the product, as the form shows it."""

    key: str
    alt: dict[str, str] = field(default_factory=dict)
    value: int | None = None
    is_gone: bool = False
    library_id: UUID | None = None

    @property
    def token(self) -> str:
        return token_of(self.key)

    @property
    def address(self) -> str:
        return f"{connection.schema_name}/{self.key}"

    @property
    def zh(self) -> str:
        return self.alt.get("zh-hans", "")

    @property
    def en(self) -> str:
        return self.alt.get("en", "")


class Gallery:
    """Of a form: what was sent, or what the product has."""

    def __init__(self, form: ProductForm, product: Product | None) -> None:
        self.form, self.product = form, product
        held = list(product.pictures.order_by("position")) if product else []
        shown = shown_of([product.pk])[product.pk] if product else Shown()
        self.shots = [Shot(picture.key, dict(picture.alt), shown.values.get(picture.key)) for picture in held]
        self.film: Film | None = shown.film
        self.unknown = False  # a picture that was sent is not the shop's
        self.refused: list[tuple[str, str]] = []  # file, why
        if form.is_bound and "gallery" in form.data:
            self._read()
        self._link()

    def _read(self) -> None:
        data: Any = self.form.data
        held = {shot.key: shot for shot in self.shots}
        sent = list(dict.fromkeys(data.getlist("shot")))[:200]
        known = by_key(sent)
        read: list[tuple[int, int, Shot]] = []
        for n, key in enumerate(sent):
            row = known.get(key)
            if row is None and key not in held:
                self.unknown = True
                continue
            token, before = token_of(key), held.get(key)
            alt = dict(before.alt) if before else dict(row.alt) if row else {}
            for code, name in IN_FIELDS.items():
                if (text := data.get(f"alt_{name}_{token}")) is not None:
                    alt[code] = " ".join(str(text).split())
            place, value = _number(data.get(f"place_{token}")), _number(data.get(f"value_{token}"))
            shot = Shot(row.key if row else key, {code: text for code, text in alt.items() if text}, value, bool(data.get(f"gone_{token}")))
            read.append((place if place is not None else n + 1, n, shot))
        unique: dict[str, Shot] = {}
        for _place, _n, shot in sorted(read, key=lambda one: one[:2]):
            unique.setdefault(shot.key, shot)
        self.shots = list(unique.values())
        self.film = self._film(str(data.get("film", "")))

    def _film(self, sent: str) -> Film | None:
        try:
            return films().filter(pk=UUID(sent)).first() or (self.film if self.film and str(self.film.pk) == sent else None) if sent else None
        except ValueError:
            return None

    def _link(self) -> None:
        """Each shot knows its picture in the library, and only choices that there are."""
        known = by_key([shot.key for shot in self.shots])
        offered = {value for _name, values in self.choices() for value, _label in values}
        for shot in self.shots:
            row = known.get(shot.key)
            shot.library_id = row.pk if row else None
            if shot.value is not None and shot.value not in offered and self.form.is_bound:
                shot.value = None

    def choices(self) -> list[tuple[str, list[tuple[int, str]]]]:
        """What a picture may show: the values of the chosen axes, by the name of each."""
        chosen = dict(self.form.axes_chosen)
        return [
            (axis.attribute.name, [(value.pk, value.name) for value, _is in axis.values if value.pk in chosen[axis.attribute.pk]])
            for axis in self.form.axis_choices()
            if axis.attribute.pk in chosen
        ]

    def offered(self) -> list[tuple[LibraryPicture, str, bool]]:
        """Pictures of the library to choose from: (picture, address, whether the product has it)."""
        here = {shot.key for shot in self.shots}
        return [(row, address, row.key in here) for row, address in found_pictures(self.query)]

    @property
    def query(self) -> str:
        return str(self.form.data.get("library_query", "")).strip() if self.form.is_bound else ""

    def offered_films(self) -> list[Film]:
        found = list(films().order_by("-added_at", "-pk")[:MOST_OFFERED])
        return found if self.film is None or self.film in found else [self.film, *found]

    @property
    def film_address(self) -> str:
        return f"{connection.schema_name}/{self.film.key}" if self.film else ""

    @property
    def film_kind(self) -> str:
        return f"video/{self.film.key.rpartition('.')[2]}" if self.film else ""

    @property
    def film_poster(self) -> str:
        key = self.film.poster.key if self.film and self.film.poster else self.shots[0].key if self.shots else ""
        return f"{connection.schema_name}/{key}" if key else ""

    # ── Steps ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def step(self, by: Actor, then: str) -> None:
        """Move a picture, take some of the library, or keep what was handed in."""
        what, _dash, token = then.removeprefix(STEP).partition("-")
        if what in ("up", "down", "first"):
            self._move(what, token)
        elif what == "take":
            self._take()
        elif what == "upload":
            self.keep_uploads(by)
        self._link()

    def _move(self, what: str, token: str) -> None:
        at = next((n for n, shot in enumerate(self.shots) if shot.token == token), None)
        if at is not None:
            to = {"up": max(at - 1, 0), "down": at + 1, "first": 0}[what]
            self.shots.insert(to, self.shots.pop(at))

    def _take(self) -> None:
        data: Any = self.form.data
        keys = [UUID(key) for key in data.getlist("take")[:200] if _is_key(key)]
        rows = LibraryPicture.objects.filter(deleted_at=None).in_bulk(keys)
        here = {shot.key for shot in self.shots}
        self.shots += [Shot(row.key, dict(row.alt)) for key in keys if (row := rows.get(key)) and row.key not in here]

    def keep_uploads(self, by: Actor) -> None:
        """What stands in the file fields goes into the library and into the gallery; what is refused is told by its name."""
        here = {shot.key for shot in self.shots}
        for file in self.form.files.getlist("pictures"):  # type: ignore[attr-defined]
            try:
                row = keep_picture(by=by, upload=file, name=file.name)
            except MarketError as refusal:
                self.refused.append((str(file.name), str(refusal)))
            else:
                self.shots += [Shot(row.key, dict(row.alt))] if row.key not in here else []
                here.add(row.key)
        if film := self.form.files.get("film_file"):
            try:
                self.film = keep_film(by=by, upload=film, name=film.name)
            except MarketError as refusal:
                self.refused.append((str(film.name), str(refusal)))

    # ── Saving ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def kept(self, by: Actor) -> tuple[type_pictures, Shown]:
        """What the product shows from now on. Raises InvalidInput where anything of it cannot be."""
        if self.unknown:
            raise InvalidInput(field="pictures", why=_("One of these pictures is no longer in your library. Load the page anew."))
        if any(len(text) > LONGEST_ALT for shot in self.shots for text in shot.alt.values()):
            raise InvalidInput(field="pictures", why=_("What a picture shows is told in at most {most} characters.").format(most=LONGEST_ALT))
        self.keep_uploads(by)
        if self.refused:
            raise InvalidInput(field="pictures", why=" ".join(f"{name}: {why}" for name, why in self.refused))
        stay = [shot for shot in self.shots if not shot.is_gone]
        return [(shot.key, shot.alt) for shot in stay], Shown({shot.key: shot.value for shot in stay if shot.value is not None}, self.film)


def gallery_of(form: ProductForm, product: Product | None) -> Gallery:
    """Made once for a form."""
    if not hasattr(form, "_gallery"):
        form._gallery = Gallery(form, product)  # type: ignore[attr-defined]
    found: Gallery = form._gallery  # type: ignore[attr-defined]
    return found


def found_pictures(text: str) -> list[tuple[LibraryPicture, str]]:
    """The newest of the library that a search means, with their addresses."""
    rows = library_there()
    if text := text.strip()[:100]:
        rows = rows.filter(Q(name__icontains=text) | Q(**{"alt__zh-hans__icontains": text}) | Q(alt__en__icontains=text))
    return [(row, f"{connection.schema_name}/{row.key}") for row in rows.order_by("-added_at", "-pk")[:MOST_OFFERED]]


def choose(request: HttpRequest) -> HttpResponse:
    """Pictures of the library that match what was typed, to tick."""
    offered = [(row, address, False) for row, address in found_pictures(request.GET.get("library_query", ""))]
    return render(request, "seller/_library_choice.html", {"offered": offered})


def choose_for_text(request: HttpRequest) -> HttpResponse:
    """The same for a description: one is put where the cursor is."""
    return render(request, "seller/_library_for_text.html", {"offered": found_pictures(request.GET.get("for_text", ""))})


def _number(text: Any) -> int | None:
    said = str(text or "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
