"""What merchants call kinds of goods, over all shops: which names nobody has said a category for, and proposing one to all."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.kernel.errors import MarketError
from marketplace.platform.taxonomy.models import OwnCategory
from marketplace.platform.taxonomy.own_categories import Index, fold, map_own_category
from marketplace.platform.taxonomy.queries import find_categories, in_tree, path_name
from tenants.access.actors import actor_of

A_PAGE = 60


def own_names(request: HttpRequest) -> HttpResponse:
    """The names that most shops use and that are open in some of them, with what is proposed to all."""
    refusal: MarketError | None = None
    place = {name: request.GET[name] for name in ("find", "page") if request.GET.get(name)}
    if request.method == "POST":
        chosen = request.POST.get("category", "")
        try:
            row = map_own_category(
                by=actor_of(request),
                merchant_id=None,
                name=request.POST.get("name", ""),
                category_id=int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None,
            )
        except MarketError as wrong:
            refusal = wrong
        else:
            told = (
                _("“{name}” means this category in every shop that has not said otherwise.")
                if row.category_id
                else _("“{name}” is proposed to nobody any more.")
            )
            messages.success(request, told.format(name=row.name))
            return HttpResponseRedirect(f"/own-names/?{urlencode(place)}" if place else "/own-names/")
    text = request.GET.get("find", "").strip()
    used = OwnCategory.objects.exclude(merchant=None)
    used = used.filter(folded__contains=called) if (called := fold(text)) else used
    ordered = (
        used.values("folded")
        .annotate(shops=Count("pk"), rows=Sum("times"), still_open=Count("pk", filter=Q(category=None)))
        .order_by("-still_open", "-shops", "folded")
    )
    page = Paginator(ordered, A_PAGE).get_page(request.GET.get("page"))
    names = list(page.object_list)
    folded = [one["folded"] for one in names]
    written = dict(used.filter(folded__in=folded).order_by("seen_at").values_list("folded", "name"))
    proposed = dict(OwnCategory.objects.filter(merchant=None, folded__in=folded).exclude(category=None).values_list("folded", "category_id"))
    index = Index.of_tree() if folded else None
    guesses = {name: index.guess(name) if index and name not in proposed else None for name in folded}
    wanted = {key for key in proposed.values() if key} | {guess.category_id for guess in guesses.values() if guess}
    paths = {row.pk: path_name(row) for row in in_tree().filter(pk__in=wanted)}
    rows = []
    for one in names:
        key, guess = proposed.get(one["folded"]), guesses[one["folded"]]
        rows.append(
            one
            | {"name": written[one["folded"]], "means": paths.get(key or 0, ""), "guess": guess, "guessed": paths.get(guess.category_id, "") if guess else ""}
        )
    q = request.GET.get("q", "")
    context = {
        "title": _("Merchants' own names"),
        "rows": rows,
        "page": page,
        "place": place,
        "find": text,
        "asked": request.GET.get("for", ""),
        "q": q,
        "found": [(row, path_name(row)) for row in find_categories(q)],
        "refusal": refusal,
    }
    return render(request, "operator/own_names.html", context, status=refusal.status if refusal else 200)
