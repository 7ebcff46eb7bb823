"""Words that texts of products must not say: the list, adding to it, taking off it, and trying a text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.kernel.errors import MarketError
from marketplace.platform.listings.models import ForbiddenWord
from marketplace.platform.listings.words import drop_word, plain, put_words, words_in
from marketplace.platform.taxonomy.models import Category
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.actors import actor_of
from tenants.access.rights import Right


class WordFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="weight", choices=ForbiddenWord.Weight.choices)

    def search(self, queryset: QuerySet[ForbiddenWord], name: str, value: str) -> QuerySet[ForbiddenWord]:
        return queryset.filter(text__contains=plain(value))


words = ListPage(
    title=_lazy("Forbidden words"),
    name="words",
    right=Right.REVIEW_PRODUCTS,
    columns=[
        Column(_lazy("Word"), "word", is_fixed=True),
        Column(pgettext_lazy("words", "What happens"), "weight"),
        Column(pgettext_lazy("words", "Where"), "category"),
        Column(_lazy("What the shop reads"), "note"),
        Column(pgettext_lazy("words", "Entered"), "at", end=True, sort=("at", "pk")),
    ],
    row_template="operator/_word_row.html",
    rows=lambda request: ForbiddenWord.objects.select_related("category"),
    filters=WordFilter,
    order=("-at", "-pk"),
    search_hint=_lazy("Part of a word"),
    empty=_lazy("No word is on the list. What the law forbids to say, and what you do not want to read, is entered here."),
    teach=Teach(_lazy("Enter words"), "words-new", Right.REVIEW_PRODUCTS),
    export_name="forbidden-words",
    export_head=[
        _lazy("Word"),
        pgettext_lazy("words", "What happens"),
        pgettext_lazy("words", "Where"),
        _lazy("What the shop reads"),
        pgettext_lazy("words", "By"),
    ],
    export=lambda row: [(row.text, row.get_weight_display(), row.category.name if row.category else "", row.note, row.by_label)],
    base="operator/base.html",
    actions_template="operator/_words_actions.html",
)


class WordsForm(forms.Form):
    texts = forms.CharField(
        label=_lazy("Words"),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_lazy("One a line. Width, case and signs between Chinese characters do not matter."),
    )
    weight = forms.ChoiceField(label=pgettext_lazy("words", "What happens"), choices=ForbiddenWord.Weight.choices)
    category = forms.ModelChoiceField(label=pgettext_lazy("words", "Where"), queryset=Category.objects.none(), required=False, empty_label=_lazy("Everywhere"))
    note = forms.CharField(label=_lazy("What the shop reads"), max_length=200, required=False, help_text=_lazy("Why, or what to write instead"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(parent=None).order_by("position", "pk")  # type: ignore[attr-defined]


def words_new(request: HttpRequest) -> HttpResponse:
    """Enter words, or try a text against the list (`try`)."""
    tried = request.GET.get("try", "")[:4000]
    form = WordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        key = data["category"].pk if data["category"] else None
        try:
            n = put_words(by=actor_of(request), texts=data["texts"].splitlines(), weight=data["weight"], category_id=key, note=data["note"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(
                request,
                _(
                    "Kept; {n} of them are new. They hold for whatever is submitted from now on; beside each the list leads to the goods that say it already."
                ).format(n=n),
            )
            return HttpResponseRedirect(reverse("words"))
    context = {"title": _("Enter words"), "form": form, "tried": tried, "found": words_in(tried) if tried else None}
    return render(request, "operator/words_new.html", context, status=422 if form.errors else 200)


def word_dropped(request: HttpRequest, word_id: UUID) -> HttpResponse:
    row = drop_word(by=actor_of(request), word_id=word_id)
    messages.success(request, _("“{word}” is off the list.").format(word=row.text))
    return HttpResponseRedirect(reverse("words"))
