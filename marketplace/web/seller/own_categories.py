"""The shop's own names for kinds of goods, and the market's categories they mean."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.kernel.errors import MarketError
from marketplace.platform.taxonomy.models import OwnCategory
from marketplace.platform.taxonomy.own_categories import Index, categories_of_own_names, fold, map_own_category
from marketplace.platform.taxonomy.queries import in_tree, path_name
from marketplace.web.seller.product_form import category_rows
from tenants.access.actors import actor_of

A_PAGE = 60


def own_categories(request: HttpRequest) -> HttpResponse:
    """Those nobody has said a category for first; `show=done` the others; `find` narrows both. `for` with `q` finds another category for one of them."""
    merchant = request.merchant  # type: ignore[attr-defined]
    refusal: MarketError | None = None
    place = {name: request.GET[name] for name in ("show", "find", "page") if request.GET.get(name)}
    if request.method == "POST":
        chosen = request.POST.get("category", "")
        try:
            row = map_own_category(
                by=actor_of(request),
                merchant_id=merchant.pk,
                name=request.POST.get("name", ""),
                category_id=int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None,
            )
        except MarketError as wrong:
            refusal = wrong
        else:
            told = _("Kept. Imports put “{name}” there from now on.") if row.category_id else _("“{name}” is open again.")
            messages.success(request, told.format(name=row.name))
            return HttpResponseRedirect(f"/own-categories/?{urlencode(place)}" if place else "/own-categories/")
    is_done, text = request.GET.get("show") == "done", request.GET.get("find", "").strip()
    mine = OwnCategory.objects.filter(merchant=merchant)
    mine = mine.filter(folded__contains=called) if (called := fold(text)) else mine
    page = Paginator(mine.filter(category__isnull=not is_done).order_by("-times", "folded"), A_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    known = categories_of_own_names(merchant.pk, [row.name for row in rows])
    index = Index.of_tree() if rows and not is_done else None
    guesses = {row.pk: index.guess(row.folded) if index else None for row in rows}
    wanted = {key for key in known.values() if key} | {guess.category_id for guess in guesses.values() if guess}
    paths = {row.pk: path_name(row) for row in in_tree().filter(pk__in=wanted)}
    shown = []
    for row in rows:
        guess, means = guesses[row.pk], known.get(row.name)
        shown.append((row, paths.get(means or 0, ""), guess if guess and not means else None, paths.get(guess.category_id, "") if guess else ""))
    context = {
        "title": _("Own categories"),
        "rows": shown,
        "page": page,
        "place": place,
        "find": text,
        "is_done": is_done,
        "open_count": mine.filter(category=None).count(),
        "done_count": mine.exclude(category=None).count(),
        "asked": request.GET.get("for", "") or request.POST.get("name", ""),
        "q": request.GET.get("q", ""),
        "found": category_rows(request.GET.get("q", "")),
        "refusal": refusal,
    }
    return render(request, "seller/own_categories.html", context, status=refusal.status if refusal else 200)
