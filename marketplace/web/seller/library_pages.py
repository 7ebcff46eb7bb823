"""A picture of the library, or a film: what it shows, where it is used, how it is cut, another in its place, and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.library import cut_picture, describe_film, describe_picture, replace_picture
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.texts import IN_FIELDS
from marketplace.merchant.media import actions
from marketplace.merchant.media.cutting import measured
from marketplace.merchant.media.errors import FilmUnknown, PictureUnknown
from marketplace.merchant.media.models import Film, LibraryPicture
from marketplace.merchant.media.queries import library as library_there
from marketplace.merchant.media.queries import products_with
from tenants.access.actors import actor_of

SHOWN_USES = 20
POSTERS = 12  # pictures to choose a poster from
SIDES = ("left", "top", "width", "height")


class WordsForm(forms.Form):
    name = forms.CharField(label=_lazy("Name"), max_length=200, help_text=_lazy("For you, to find it again. Buyers do not see it."))
    alt_zh = forms.CharField(label=_lazy("Shows, in Chinese"), max_length=200, required=False)
    alt_en = forms.CharField(label=_lazy("Shows, in English"), max_length=200, required=False)

    @classmethod
    def of(cls, row: LibraryPicture | Film) -> WordsForm:
        return cls(initial={"name": row.name, **{f"alt_{field}": row.alt.get(code, "") for code, field in IN_FIELDS.items()}})

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"name": data["name"], "alt": {code: data[f"alt_{field}"] for code, field in IN_FIELDS.items()}}


class CutForm(forms.Form):
    """In pixels of what was handed in; the focus in per cent of the cut."""

    left = forms.IntegerField(label=_lazy("From the left"), min_value=0, max_value=20_000)
    top = forms.IntegerField(label=_lazy("From the top"), min_value=0, max_value=20_000)
    width = forms.IntegerField(label=_lazy("Width"), min_value=1, max_value=20_000)
    height = forms.IntegerField(label=_lazy("Height"), min_value=1, max_value=20_000)
    across = forms.FloatField(label=_lazy("Centre of the square, % across"), min_value=0, max_value=100)
    down = forms.FloatField(label=_lazy("% down"), min_value=0, max_value=100)


def _picture(picture_id: UUID) -> LibraryPicture:
    row: LibraryPicture | None = LibraryPicture.objects.filter(pk=picture_id).first()
    if row is None:
        raise PictureUnknown
    return row


def picture(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """The page of a picture; posted, its name and what it shows."""
    row = _picture(picture_id)
    if request.method != "POST":
        return _picture_page(request, row)
    form = WordsForm(request.POST)
    if form.is_valid():
        try:
            describe_picture(by=actor_of(request), picture_id=picture_id, **form.said())
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("library-picture", args=[picture_id]))
    return _picture_page(request, row, words=form)


def cut(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    row = _picture(picture_id)
    is_whole = request.POST.get("then") == "whole"
    form = CutForm(request.POST)
    if not is_whole and not form.is_valid():
        return _picture_page(request, row, cutting=form)
    data = form.cleaned_data if not is_whole else {}
    box = None if is_whole else [data[name] for name in SIDES]
    focus = [500, 500] if is_whole else [round(data["across"] * 10), round(data["down"] * 10)]
    try:
        cut_picture(by=actor_of(request), picture_id=picture_id, cut=box, focus=focus)
    except MarketError as refusal:
        form.add_error(None, str(refusal))
        return _picture_page(request, row, cutting=form)
    messages.success(request, _("The whole picture is shown again.") if is_whole else _("The picture is cut anew; the original is kept."))
    return HttpResponseRedirect(reverse("library-picture", args=[picture_id]))


def replace(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    row, file = _picture(picture_id), request.FILES.get("picture")
    try:
        if file is None:
            raise InvalidInput(field="picture", why=_("Choose a file first."))
        replace_picture(by=actor_of(request), picture_id=picture_id, upload=file)
    except MarketError as refusal:
        return _picture_page(request, row, not_replaced=str(refusal))
    messages.success(request, _("The picture is replaced, everywhere it is used."))
    return HttpResponseRedirect(reverse("library-picture", args=[picture_id]))


def delete(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    return _deleted(request, _picture(picture_id), "library-picture", lambda by: actions.delete_picture(by=by, picture_id=picture_id), _picture_page)


def restore(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    actions.restore_picture(by=actor_of(request), picture_id=picture_id)
    return _restored(request, "library-picture", picture_id)


def _deleted(request: HttpRequest, row: Any, route: str, delete_it: Callable[[Actor], object], page: Callable[..., HttpResponse]) -> HttpResponse:
    """Its page, from which it can be taken back; where it is still used, the reason stands there."""
    try:
        delete_it(actor_of(request))
    except MarketError as refusal:
        return page(request, row, not_deleted=str(refusal))
    messages.success(request, _("“{name}” is deleted. You can take it back here.").format(name=row.name))
    return HttpResponseRedirect(reverse(route, args=[row.pk]))


def _restored(request: HttpRequest, route: str, key: UUID) -> HttpResponse:
    messages.success(request, _("It is in the library again."))
    return HttpResponseRedirect(reverse(route, args=[key]))


def _picture_page(
    request: HttpRequest, row: LibraryPicture, *, words: WordsForm | None = None, cutting: CutForm | None = None, not_replaced: str = "", not_deleted: str = ""
) -> HttpResponse:
    schema = request.merchant.schema_name  # type: ignore[attr-defined]
    width, height = (row.width, row.height) if row.width else measured(row.original)[:2]
    box = row.cut or [0, 0, width, height]
    at = {**dict(zip(SIDES, box, strict=True)), "across": row.focus[0] / 10, "down": row.focus[1] / 10}
    uses = list(products_with(row.key)[: SHOWN_USES + 1])
    is_wrong = bool((words and words.errors) or (cutting and cutting.errors) or not_replaced or not_deleted)
    context = {
        "title": row.name,
        "picture": row,
        "address": f"{schema}/{row.key}",
        "original": f"{schema}/{row.original}",
        "square": f"{schema}/{row.square or row.key}",
        "width": width,
        "height": height,
        "words": words or WordsForm.of(row),
        "cutting": cutting or CutForm(initial=at),
        "uses": uses[:SHOWN_USES],
        "has_more_uses": len(uses) > SHOWN_USES,
        "films": list(row.films.filter(deleted_at=None)),
        "not_replaced": not_replaced,
        "not_deleted": not_deleted,
    }
    return render(request, "seller/library_picture.html", context, status=422 if is_wrong else 200)


# ── Films ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _film(film_id: UUID) -> Film:
    row: Film | None = Film.objects.filter(pk=film_id).select_related("poster").first()
    if row is None:
        raise FilmUnknown
    return row


def film(request: HttpRequest, film_id: UUID) -> HttpResponse:
    """The page of a film; posted, its name, what it shows, and its poster."""
    row = _film(film_id)
    if request.method != "POST":
        return _film_page(request, row)
    form = WordsForm(request.POST)
    if form.is_valid():
        try:
            describe_film(by=actor_of(request), film_id=film_id, poster_id=_poster(request), **form.said())
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("film", args=[film_id]))
    return _film_page(request, row, words=form)


def _poster(request: HttpRequest) -> UUID | None:
    """Handed in right here, or chosen. Raises InvalidInput, LimitReached, PictureUnknown."""
    if file := request.FILES.get("poster_file"):
        return actions.keep_picture(by=actor_of(request), upload=file, name=file.name).pk
    try:
        return UUID(request.POST["poster"]) if request.POST.get("poster") else None
    except ValueError:
        raise PictureUnknown from None


def film_delete(request: HttpRequest, film_id: UUID) -> HttpResponse:
    return _deleted(request, _film(film_id), "film", lambda by: actions.delete_film(by=by, film_id=film_id), _film_page)


def film_restore(request: HttpRequest, film_id: UUID) -> HttpResponse:
    actions.restore_film(by=actor_of(request), film_id=film_id)
    return _restored(request, "film", film_id)


def _film_page(request: HttpRequest, row: Film, *, words: WordsForm | None = None, not_deleted: str = "") -> HttpResponse:
    schema = request.merchant.schema_name  # type: ignore[attr-defined]
    posters = list(library_there().order_by("-added_at", "-pk")[:POSTERS])
    if row.poster and row.poster not in posters:
        posters.insert(0, row.poster)
    context = {
        "title": row.name,
        "film": row,
        "address": f"{schema}/{row.key}",
        "kind": f"video/{row.key.rpartition('.')[2]}",
        "poster": f"{schema}/{row.poster.key}" if row.poster else "",
        "posters": [(one, f"{schema}/{one.key}") for one in posters],
        "words": words or WordsForm.of(row),
        "uses": [use.product for use in row.uses.select_related("product")[:SHOWN_USES]],
        "not_deleted": not_deleted,
    }
    is_wrong = bool((words and words.errors) or not_deleted)
    return render(request, "seller/film.html", context, status=422 if is_wrong else 200)
