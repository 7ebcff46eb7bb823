"""The shop's library: its pictures and its films, found, uploaded many at once, described and deleted."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.flows.library import describe_picture
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.kernel.texts import IN_FIELDS
from marketplace.merchant.catalogue.models import Picture, Product
from marketplace.merchant.media.actions import delete_film, delete_picture, keep_film, keep_picture
from marketplace.merchant.media.models import Film, LibraryPicture, ProductFilm, TextPicture
from marketplace.merchant.media.queries import films as films_there
from marketplace.merchant.media.queries import with_use, without_words
from marketplace.web.lists.bulk import Bulk, chosen, with_each
from marketplace.web.lists.pages import Column, ListPage
from marketplace.web.seller.product_search import products_said
from tenants.access.actors import actor_of
from tenants.access.rights import Right

MOST_AT_ONCE = 50  # files of one form
MOST_PRODUCTS = 1001  # whose pictures a search finds


def _products(text: str) -> list[UUID]:
    """Those that a search means: by title, SKU or code."""
    return list(Product.objects.filter(products_said(text)).values_list("pk", flat=True)[:MOST_PRODUCTS])


class _Kept(django_filters.FilterSet):
    """What is deleted stands under its own tab, and nowhere else."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        is_deleted = self.form.cleaned_data.get("show") == "deleted"
        return super().filter_queryset(queryset.filter(deleted_at__isnull=not is_deleted))  # type: ignore[no-any-return]


class LibraryFilter(_Kept):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="tab",
        choices=[
            ("used", _lazy("In use")),
            ("unused", _lazy("Not in use")),
            ("wordless", _lazy("Without words")),
            ("deleted", _lazy("Deleted")),
        ],
    )
    product = django_filters.UUIDFilter(method="of_product", widget=forms.HiddenInput, label=_lazy("Product"))

    def search(self, queryset: QuerySet[LibraryPicture], name: str, value: str) -> QuerySet[LibraryPicture]:
        """By name, by what it shows, and by title or number of a product that uses it."""
        text = value.strip()
        of_products = Picture.objects.filter(product__in=_products(text)).values("key")
        words = Q(**{"alt__zh-hans__icontains": text}) | Q(alt__en__icontains=text)
        return queryset.filter(Q(name__icontains=text) | words | Q(key__in=of_products))

    def tab(self, queryset: QuerySet[LibraryPicture], name: str, value: str) -> QuerySet[LibraryPicture]:
        if value in ("used", "unused"):
            return queryset.filter(Q(("is_used", value == "used")))
        return queryset.filter(without_words()) if value == "wordless" else queryset

    def of_product(self, queryset: QuerySet[LibraryPicture], name: str, value: UUID) -> QuerySet[LibraryPicture]:
        shown = Picture.objects.filter(product=value).values("key").union(TextPicture.objects.filter(product=value).values("key"))
        return queryset.filter(key__in=shown)


def _with_uses(request: HttpRequest, rows: list[Any]) -> None:
    """How many products each is in, and what it lacks."""
    keys = [row.key for row in rows]
    pairs = Picture.objects.filter(key__in=keys).values_list("key", "product").union(TextPicture.objects.filter(key__in=keys).values_list("key", "product"))
    uses = Counter(key for key, _product in pairs)
    for row in rows:
        row.address = f"{request.merchant.schema_name}/{row.square or row.key}"  # type: ignore[attr-defined]
        row.uses = uses[row.key]
        row.lacks = [name for code, name in (("zh-hans", _("Chinese")), ("en", _("English"))) if not row.alt.get(code)]


library = ListPage(
    title=_lazy("Pictures"),
    name="library",
    right=Right.VIEW_PRODUCTS,
    columns=[
        Column(_lazy("Picture"), "picture", is_fixed=True),
        Column(_lazy("Words"), "words"),
        Column(_lazy("In use"), "used"),
        Column(_lazy("Size"), "size"),
        Column(_lazy("Added"), "added", sort=("added_at", "pk")),
    ],
    row_template="seller/_library_row.html",
    rows=lambda request: with_use(LibraryPicture.objects.all()),
    filters=LibraryFilter,
    order=("-added_at", "-pk"),
    size=42,
    is_grid=True,
    search_hint=_lazy("Name, words, product or SKU"),
    empty=_lazy("No picture yet. Upload as many as you like at once; use them in any product afterwards."),
    prepare=_with_uses,
    actions_template="seller/_library_actions.html",
    bulk=[
        Bulk(_lazy("Say what they show"), "library-words", Right.EDIT_PRODUCTS, "edit", shows=True, stays=True),
        Bulk(_lazy("Delete"), "library-delete", Right.EDIT_PRODUCTS, "close", do=lambda by, key: delete_picture(by=by, picture_id=key)),
    ],
    export_name="pictures",
    export_head=[
        _lazy("Name"),
        _lazy("Shows, in Chinese"),
        _lazy("Shows, in English"),
        _lazy("Products"),
        _lazy("Width"),
        _lazy("Height"),
        _lazy("Bytes"),
        _lazy("Key"),
        _lazy("Added"),
    ],
    export=lambda row: [(row.name, row.alt.get("zh-hans", ""), row.alt.get("en", ""), row.uses, row.width, row.height, row.size, row.key, row.added_at)],
)


class FilmFilter(_Kept):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(method="tab", choices=[("used", _lazy("In use")), ("unused", _lazy("Not in use")), ("deleted", _lazy("Deleted"))])

    def search(self, queryset: QuerySet[Film], name: str, value: str) -> QuerySet[Film]:
        text = value.strip()
        of_products = ProductFilm.objects.filter(product__in=_products(text)).values("film")
        return queryset.filter(Q(name__icontains=text) | Q(**{"alt__zh-hans__icontains": text}) | Q(alt__en__icontains=text) | Q(pk__in=of_products))

    def tab(self, queryset: QuerySet[Film], name: str, value: str) -> QuerySet[Film]:
        return queryset if value == "deleted" else queryset.filter(Q(("is_used", value == "used")))


def _with_posters(request: HttpRequest, rows: list[Any]) -> None:
    ids = [row.pk for row in rows]
    uses = dict(ProductFilm.objects.filter(film__in=ids).values("film").annotate(n=Count("pk")).values_list("film", "n"))
    posters = LibraryPicture.objects.in_bulk([row.poster_id for row in rows if row.poster_id])
    for row in rows:
        row.products = uses.get(row.pk, 0)
        row.picture = f"{request.merchant.schema_name}/{posters[row.poster_id].key}" if row.poster_id else ""  # type: ignore[attr-defined]


films = ListPage(
    title=_lazy("Films"),
    name="films",
    right=Right.VIEW_PRODUCTS,
    columns=[
        Column(_lazy("Film"), "film", is_fixed=True),
        Column(_lazy("In use"), "used"),
        Column(_lazy("Size"), "size", end=True),
        Column(_lazy("Added"), "added", end=True, sort=("added_at", "pk")),
    ],
    row_template="seller/_film_row.html",
    rows=lambda request: films_there(with_deleted=True),
    filters=FilmFilter,
    order=("-added_at", "-pk"),
    search_hint=_lazy("Name, words, product or SKU"),
    empty=_lazy("No film yet. A short one of the goods in use says more than ten pictures: MP4 or WebM, up to 50 MB."),
    prepare=_with_posters,
    actions_template="seller/_films_actions.html",
    bulk=[Bulk(_lazy("Delete"), "films-delete", Right.EDIT_PRODUCTS, "close", do=lambda by, key: delete_film(by=by, film_id=key))],
    export_name="films",
    export_head=[_lazy("Name"), _lazy("Shows, in Chinese"), _lazy("Shows, in English"), _lazy("Products"), _lazy("Bytes"), _lazy("Key"), _lazy("Added")],
    export=lambda row: [(row.name, row.alt.get("zh-hans", ""), row.alt.get("en", ""), row.products, row.size, row.key, row.added_at)],
)


def delete_chosen(request: HttpRequest) -> HttpResponse:
    def told(n: int) -> str:
        return ngettext(
            "{n} picture is deleted. It can be taken back under “Deleted”.", "{n} pictures are deleted. They can be taken back under “Deleted”.", n
        ).format(n=n)

    return with_each(request, library, "library-delete", told)


def delete_chosen_films(request: HttpRequest) -> HttpResponse:
    def told(n: int) -> str:
        return ngettext(
            "{n} film is deleted. It can be taken back under “Deleted”.", "{n} films are deleted. They can be taken back under “Deleted”.", n
        ).format(n=n)

    return with_each(request, films, "films-delete", told)


# ── Uploading ────────────────────────────────────────────────────────────────────────────────────────────────────────


def upload(request: HttpRequest) -> HttpResponse:
    """Keep pictures, each by itself: what is refused is told by its file's name, and the others are kept all the same.

    A script sends one file a request and is answered with what became of it; a form sends many and is led back to the list.
    """
    done: list[tuple[str, LibraryPicture | None, str]] = []
    by, files = actor_of(request), request.FILES.getlist("pictures")
    if not files:
        return _back(request, "library", [("", None, _("Choose at least one file first."))])
    for file in files[:MOST_AT_ONCE]:
        try:
            done.append((str(file.name), keep_picture(by=by, upload=file, name=file.name), ""))
        except MarketError as refusal:
            done.append((str(file.name), None, str(refusal)))
    done += [(str(file.name), None, _("Upload at most {most} files at once.").format(most=MOST_AT_ONCE)) for file in files[MOST_AT_ONCE:]]
    if request.htmx or request.POST.get("as") == "part":  # type: ignore[attr-defined]
        status = 200 if any(row for _name, row, _why in done) else 422
        schema = request.merchant.schema_name  # type: ignore[attr-defined]
        said = [{"name": name, "row": row, "address": f"{schema}/{row.key}" if row else "", "why": why} for name, row, why in done]
        return render(request, "seller/_uploaded.html", {"done": said}, status=status)
    return _back(request, "library", [(name, row, why) for name, row, why in done])


def upload_film(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("film")
    if file is None:
        return _back(request, "films", [("", None, _("Choose a file first."))])
    try:
        row = keep_film(by=actor_of(request), upload=file, name=file.name)
    except MarketError as refusal:
        if request.POST.get("as") == "part":
            return render(request, "seller/_uploaded.html", {"done": [{"name": file.name, "row": None, "why": str(refusal)}]}, status=422)
        return _back(request, "films", [(str(file.name), None, str(refusal))])
    if request.POST.get("as") == "part":
        return render(request, "seller/_uploaded.html", {"done": [{"name": file.name, "row": row, "film": row, "why": ""}]})
    return HttpResponseRedirect(reverse("film", args=[row.pk]))


def _back(request: HttpRequest, route: str, done: list[tuple[str, Any, str]]) -> HttpResponse:
    kept = sum(row is not None for _name, row, _why in done)
    if kept:
        messages.success(request, ngettext("{n} picture is in the library.", "{n} pictures are in the library.", kept).format(n=kept))
    for name, row, why in done:
        if row is None:
            messages.error(request, f"{name}: {why}" if name else why)
    return HttpResponseRedirect(reverse(route))


# ── Words of many ────────────────────────────────────────────────────────────────────────────────────────────────────


def words(request: HttpRequest) -> HttpResponse:
    """What the ticked pictures show, all on one page."""
    try:
        rows = sorted(LibraryPicture.objects.filter(pk__in=chosen(request)), key=lambda row: (row.added_at, row.pk), reverse=True)
        if not rows:
            raise InvalidInput(field="chosen", why=_("Tick at least one row first."))
    except MarketError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("library"))
    wrong: dict[UUID, str] = {}
    if request.method == "POST":
        said = 0
        for row in rows:
            alt = {code: request.POST.get(f"alt_{name}_{row.pk.hex}", row.alt.get(code, "")) for code, name in IN_FIELDS.items()}
            if {code: row.alt.get(code, "") for code in IN_FIELDS} == {code: " ".join(text.split()) for code, text in alt.items()}:
                continue
            try:
                describe_picture(by=actor_of(request), picture_id=row.pk, name=row.name, alt=alt)
                said += 1
            except MarketError as refusal:
                wrong[row.pk] = str(refusal)
            row.alt = {**row.alt, **alt}
        if said:
            messages.success(request, ngettext("{n} picture says what it shows.", "{n} pictures say what they show.", said).format(n=said))
        if not wrong:
            return HttpResponseRedirect(reverse("library"))
    schema = request.merchant.schema_name  # type: ignore[attr-defined]
    shown = [
        {"row": row, "address": f"{schema}/{row.key}", "zh": row.alt.get("zh-hans", ""), "en": row.alt.get("en", ""), "why": wrong.get(row.pk)} for row in rows
    ]
    return render(request, "seller/library_words.html", {"title": _("What the pictures show"), "shown": shown}, status=422 if wrong else 200)
