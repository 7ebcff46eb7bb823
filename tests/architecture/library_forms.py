"""Forms of the shop's library, as a person would send them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from demo.draw_film import FILE
from marketplace.kernel.actors import SYSTEM
from marketplace.merchant.media.actions import delete_film, delete_picture, keep_film, keep_picture
from tests import factories as make
from tests.architecture.stock_forms import inside


def a_picture() -> SimpleUploadedFile:
    """Another one each time."""
    chance = f"#{uuid4().hex[:6]}"
    return SimpleUploadedFile("picture.png", make.a_picture(chance, (300, 200)).read(), "image/png")


def a_film() -> SimpleUploadedFile:
    """Another one each time: what is behind its end is made empty, and is as long as chance says."""
    more = uuid4().int % 4000
    return SimpleUploadedFile("film.mp4", FILE.read_bytes() + (8 + more).to_bytes(4, "big") + b"free" + bytes(more), "video/mp4")


def _kept(is_deleted: bool = False) -> UUID:
    key: UUID = keep_picture(by=SYSTEM, upload=a_picture(), name="picture.png").pk
    if is_deleted:
        delete_picture(by=SYSTEM, picture_id=key)
    return key


def _filmed(is_deleted: bool = False) -> UUID:
    key: UUID = keep_film(by=SYSTEM, upload=a_film(), name="film.mp4").pk
    if is_deleted:
        delete_film(by=SYSTEM, film_id=key)
    return key


def _words(t: Any) -> tuple[str, dict[str, Any]]:
    key = _kept()
    return "/library/words/", {"chosen": key, f"alt_zh_{key.hex}": "一只碗", f"alt_en_{key.hex}": "A bowl"}


def _described(path: str, key: UUID) -> tuple[str, dict[str, Any]]:
    return path, {"name": "A bowl", "alt_zh": "一只碗", "alt_en": "A bowl"}


CUT = {"left": "10", "top": "0", "width": "200", "height": "150", "across": "20", "down": "50"}
FORMS_OF_THE_LIBRARY: dict[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "library-upload"): lambda t: ("/library/upload/", {"pictures": a_picture()}),
    ("workbench", "library-words"): inside(_words),
    ("workbench", "library-delete"): inside(lambda t: ("/library/delete/", {"chosen": _kept()})),
    ("workbench", "library-picture"): inside(lambda t: _described(f"/library/{(key := _kept())}/", key)),
    ("workbench", "library-cut"): inside(lambda t: (f"/library/{_kept()}/cut/", CUT)),
    ("workbench", "library-replace"): inside(lambda t: (f"/library/{_kept()}/replace/", {"picture": a_picture()})),
    ("workbench", "library-picture-delete"): inside(lambda t: (f"/library/{_kept()}/delete/", {})),
    ("workbench", "library-picture-restore"): inside(lambda t: (f"/library/{_kept(is_deleted=True)}/restore/", {})),
    ("workbench", "film-upload"): lambda t: ("/films/upload/", {"film": a_film()}),
    ("workbench", "films-delete"): inside(lambda t: ("/films/delete/", {"chosen": _filmed()})),
    ("workbench", "film"): inside(lambda t: _described(f"/films/{(key := _filmed())}/", key)),
    ("workbench", "film-delete"): inside(lambda t: (f"/films/{_filmed()}/delete/", {})),
    ("workbench", "film-restore"): inside(lambda t: (f"/films/{_filmed(is_deleted=True)}/restore/", {})),
}
