"""One address for each language of a page: what search engines keep, and what is shared.

What an address means is said by the address alone: the plain one stays the plain one, in whichever language a reader's cookie shows it.
The market's first language has the plain address, which is also the one for everybody else (x-default); the others have `?hl=…`
(docs/decisions/language.md). A page number belongs to the address, filters and the rest do not.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.http import urlencode

from storefront.templatetags.market import html_language
from tenants.tenancy.hosts import origin

TERRITORIES = {"zh-hans": "zh_CN", "zh-hant": "zh_TW", "en": "en_US"}  # as Open Graph names languages


def base_of(request: HttpRequest) -> str:
    """Scheme and host this page is kept under: its own host's."""
    return origin(request.domain.host)  # type: ignore[attr-defined]


def languages_of(request: HttpRequest) -> Sequence[str]:
    """The market's, its first first."""
    market = getattr(request, "market", None)
    return market.languages if market else [request.LANGUAGE_CODE]


def address(base: str, path: str, language: str, first: str, page: int = 1) -> str:
    """A page's address in a language."""
    query = {"hl": language if language != first else "", "page": str(page) if page > 1 else ""}
    query = {name: value for name, value in query.items() if value}
    return f"{base}{path}" + (f"?{urlencode(query)}" if query else "")


def canonical(request: HttpRequest, path: str = "", page: int = 1) -> str:
    """The one address of what is shown here, in the language it asks for."""
    codes, asked = languages_of(request), request.GET.get("hl", "")
    return address(base_of(request), path or request.path, asked if asked in codes else codes[0], codes[0], page)


def alternates(request: HttpRequest, path: str = "", page: int = 1) -> list[tuple[str, str]]:
    """(hreflang, address) of a page in every language, and for readers of others. Nothing where there is one language."""
    codes = languages_of(request)
    if len(codes) < 2:
        return []
    base, path = base_of(request), path or request.path
    found = [(html_language(code), address(base, path, code, codes[0], page)) for code in codes]
    return [*found, ("x-default", address(base, path, codes[0], codes[0], page))]


def territory(code: str) -> str:
    return TERRITORIES.get(code, code.replace("-", "_"))
