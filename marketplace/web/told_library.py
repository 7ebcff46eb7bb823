"""What is done in a shop's library of pictures and films, in words of the log."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

OF_THE_LIBRARY: dict[str, str | Promise] = {
    "film.added": pgettext_lazy("log", "Film added to the library"),
    "film.deleted": pgettext_lazy("log", "Film deleted"),
    "film.described": pgettext_lazy("log", "Film described"),
    "film.restored": pgettext_lazy("log", "Film taken back"),
    "library.tidied": pgettext_lazy("log", "Files of the library that nothing used deleted"),
    "library_picture.added": pgettext_lazy("log", "Picture added to the library"),
    "library_picture.cut": pgettext_lazy("log", "Picture cut"),
    "library_picture.deleted": pgettext_lazy("log", "Picture deleted"),
    "library_picture.described": pgettext_lazy("log", "Picture described"),
    "library_picture.replaced": pgettext_lazy("log", "Picture replaced"),
    "library_picture.restored": pgettext_lazy("log", "Picture taken back"),
    "product.pictured": pgettext_lazy("log", "Film or choices of pictures set"),
}
