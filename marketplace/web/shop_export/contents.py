"""The table of contents of a packed shop, in its order: what pages and the README name."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from marketplace.web.shop_export.files import FILES
from marketplace.web.shop_export.parts import PARTS


@dataclass(frozen=True)
class Content:
    name: str
    about: str | Promise
    is_table: bool


def contents() -> list[Content]:
    return [*(Content(part.name, part.about, True) for part in PARTS), *(Content(name, about, False) for name, about, _files in FILES)]
