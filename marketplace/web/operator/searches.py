"""What buyers search for, in the console: how often, and what came of it; from each text to a rule for it. And why a listing stands where it does."""

from __future__ import annotations

from typing import Any

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel.inputs import DayInput
from marketplace.platform.listings.models import Listing
from marketplace.web.lists.pages import Column, ListPage
from marketplace.web.operator.search_form import FACTORS, keys_in, names_of
from search.explain import explain
from search.models import SearchedWords
from search.searched import between, searched_by_enough
from search.tokens import LONGEST_QUESTION, folded
from tenants.access.rights import Right

OUTCOMES = [
    ("nothing", pgettext_lazy("searches", "Found nothing")),
    ("few", pgettext_lazy("searches", "Found hardly anything")),
    ("otherwise", pgettext_lazy("searches", "Read otherwise")),
    ("relaxed", pgettext_lazy("searches", "Not all words held")),
]
LANGUAGES = [(code.lower(), name) for code, name in settings.LANGUAGES]


class SearchFilter(django_filters.FilterSet):
    q = django_filters.CharFilter()
    show = django_filters.ChoiceFilter(choices=OUTCOMES)
    language = django_filters.ChoiceFilter(label=_lazy("Language"), choices=LANGUAGES, empty_label=_lazy("All"))
    since = django_filters.DateFilter(label=_lazy("Since"), widget=DayInput())
    until = django_filters.DateFilter(label=_lazy("Until"), widget=DayInput())

    def filter_queryset(self, queryset: QuerySet[SearchedWords]) -> QuerySet[SearchedWords]:
        """Figures are those of the days that were chosen; what counts none of them is left out."""
        asked = self.form.cleaned_data
        if asked["since"] or asked["until"]:
            queryset = between(queryset, asked["since"], asked["until"])
        if asked["q"]:
            queryset = queryset.filter(text__contains=" ".join(folded(asked["q"], LONGEST_QUESTION).split()))
        if asked["language"]:
            queryset = queryset.filter(language=asked["language"])
        return queryset.filter(**{f"of_{asked['show']}__gt": 0}) if asked["show"] else queryset


def _say_languages(_request: HttpRequest, rows: list[Any]) -> None:
    for row in rows:
        row.language_said = _language(row)


def _language(row: Any) -> str:
    return str(dict(LANGUAGES).get(row.language, row.language))


searches = ListPage(
    title=_lazy("What is searched for"),
    name="searches",
    right=Right.MANAGE_MARKET,
    columns=[
        Column(_lazy("Words"), "words", is_fixed=True),
        Column(_lazy("Language"), "language"),
        Column(pgettext_lazy("searches", "Searched"), "times", end=True, sort=("times", "pk")),
        Column(pgettext_lazy("searches", "Found nothing"), "nothing", end=True, sort=("nothing", "pk")),
        Column(pgettext_lazy("searches", "Found hardly anything"), "few", end=True),
        Column(pgettext_lazy("searches", "Read otherwise"), "otherwise", end=True, wide_only=True),
        Column(pgettext_lazy("searches", "Not all words held"), "relaxed", end=True, wide_only=True),
        Column(_lazy("What to do"), "do"),
    ],
    row_template="operator/_search_row.html",
    rows=lambda request: between(searched_by_enough(), None, None),
    prepare=_say_languages,
    filters=SearchFilter,
    order=("-times", "-pk"),
    search_hint=_lazy("Part of the words"),
    empty=_lazy("Nothing yet. What at least five different visitors searched for within 30 days stands here, and what came of it."),
    export_name="searches",
    export_head=[
        _lazy("Words"),
        _lazy("Language"),
        pgettext_lazy("searches", "Searched"),
        *(label for _key, label in OUTCOMES),
        pgettext_lazy("searches", "Last on"),
    ],
    export=lambda row: [(row.text, _language(row), row.of_times, row.of_nothing, row.of_few, row.of_otherwise, row.of_relaxed, row.last_on)],
    base="operator/base.html",
    actions_template="operator/_searches_actions.html",
)


def search_why(request: HttpRequest) -> HttpResponse:
    """For words and a listing: the parts of its score, and what the operator set."""
    text, said = " ".join(request.GET.get("q", "").split())[:200], request.GET.get("listing", "")[:400]
    language = request.GET.get("language", "")
    language = language if language in dict(LANGUAGES) else (get_language() or "").lower()
    keys = keys_in(said)
    listing = Listing.objects.select_related("merchant").filter(pk=keys[0]).first() if keys else None
    explained = explain(text, listing.pk, language) if text and listing else None
    weights: list[Any] = []
    if explained:
        names = names_of([(weight.on, weight.key) for weight in explained.weights])
        weights = [(names.get((weight.on, weight.key), ""), dict(FACTORS).get(str(weight.factor), "")) for weight in explained.weights]
    context = {
        "title": _("Why it stands there"),
        "q": text,
        "said": said,
        "languages": LANGUAGES,
        "language": language,
        "listing": listing,
        "is_unknown": bool(said) and listing is None,
        "told": explained,
        "weights": weights,
        "liked": settings.SEARCH_FOR_LIKED and 1 + settings.SEARCH_FOR_LIKED,
    }
    return render(request, "operator/search_why.html", context)
