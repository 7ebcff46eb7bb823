"""Where the pages of the shop's library stand in a workbench."""

from __future__ import annotations

from django.urls import URLPattern

from marketplace.web.seller import gallery, library, library_pages
from tenants.access.rights import Right
from tenants.access.rules import route, staff

SEE, KEEP = Right.VIEW_PRODUCTS, Right.EDIT_PRODUCTS


def library_routes() -> list[URLPattern]:
    return [
        route("library/", library.library, may=staff(SEE), name="library", methods="GET POST"),
        route("library/upload/", library.upload, may=staff(KEEP), name="library-upload", methods="POST", limit="pictures"),
        route("library/words/", library.words, may=staff(KEEP), name="library-words", methods="GET POST"),
        route("library/delete/", library.delete_chosen, may=staff(KEEP), name="library-delete", methods="POST"),
        route("library/choose/", gallery.choose, may=staff(KEEP), name="library-choose"),
        route("library/for-text/", gallery.choose_for_text, may=staff(KEEP), name="library-for-text"),
        route("library/<uuid:picture_id>/", library_pages.picture, may=staff(SEE, change=KEEP), name="library-picture", methods="GET POST"),
        route("library/<uuid:picture_id>/cut/", library_pages.cut, may=staff(KEEP), name="library-cut", methods="POST"),
        route("library/<uuid:picture_id>/replace/", library_pages.replace, may=staff(KEEP), name="library-replace", methods="POST", limit="pictures"),
        route("library/<uuid:picture_id>/delete/", library_pages.delete, may=staff(KEEP), name="library-picture-delete", methods="POST"),
        route("library/<uuid:picture_id>/restore/", library_pages.restore, may=staff(KEEP), name="library-picture-restore", methods="POST"),
        route("films/", library.films, may=staff(SEE), name="films", methods="GET POST"),
        route("films/upload/", library.upload_film, may=staff(KEEP), name="film-upload", methods="POST", limit="upload"),
        route("films/delete/", library.delete_chosen_films, may=staff(KEEP), name="films-delete", methods="POST"),
        route("films/<uuid:film_id>/", library_pages.film, may=staff(SEE, change=KEEP), name="film", methods="GET POST", limit="pictures"),
        route("films/<uuid:film_id>/delete/", library_pages.film_delete, may=staff(KEEP), name="film-delete", methods="POST"),
        route("films/<uuid:film_id>/restore/", library_pages.film_restore, may=staff(KEEP), name="film-restore", methods="POST"),
    ]
