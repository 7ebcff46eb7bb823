"""Rules of search in the console: the list, one with what it would change before it is in force, and what became of them, each step to be taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel.errors import MarketError
from marketplace.kernel.plain import fingerprint
from marketplace.platform.listings.models import Listing
from marketplace.web.lists.pages import Column, ListPage, Teach
from marketplace.web.operator.search_form import Kind, SearchRuleForm, begun, effect_of, keys_in, names_of, targets_of
from marketplace.web.operator.searches import LANGUAGES
from search.contract import Query
from search.errors import RuleUnknown
from search.find import find
from search.models import SearchRule, SearchRuleChange
from search.preview import Compared, compare
from search.ruling import Draft, keep_rule, remove_rule, undo_change
from tenants.access.actors import actor_of
from tenants.access.rights import Right

MOST_CHANGES = 100
OFFERED = 10  # of the first results, that can be put at the top with one press


class RuleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(field_name="kind", choices=Kind.choices)
    language = django_filters.ChoiceFilter(
        label=_lazy("Language"), choices=[("all", _lazy("All languages")), *LANGUAGES], method="of", empty_label=_lazy("All")
    )

    def search(self, queryset: QuerySet[SearchRule], name: str, value: str) -> QuerySet[SearchRule]:
        return queryset.filter(text__contains=" ".join(value.casefold().split()))

    def of(self, queryset: QuerySet[SearchRule], name: str, value: str) -> QuerySet[SearchRule]:
        return queryset.filter(language="" if value == "all" else value)


def dress(request: HttpRequest, rows: list[Any]) -> None:
    names = names_of(targets_of(rows))
    for row in rows:
        row.words, row.effect = row.said("words"), effect_of(row, names)
        row.language_said = dict(LANGUAGES).get(row.language, "")


search_rules = ListPage(
    title=_lazy("Rules of search"),
    name="search-rules",
    right=Right.MANAGE_MARKET,
    columns=[
        Column(_lazy("Words"), "words", is_fixed=True),
        Column(_lazy("Kind"), "kind"),
        Column(pgettext_lazy("search rule", "What it does"), "effect"),
        Column(_lazy("Language"), "language"),
        Column(pgettext_lazy("search rule", "Set"), "at", end=True, sort=("at", "pk")),
    ],
    row_template="operator/_search_rule_row.html",
    rows=lambda request: SearchRule.objects.all(),
    filters=RuleFilter,
    order=("-at", "-pk"),
    prepare=dress,
    search_hint=_lazy("Part of a word"),
    empty=_lazy("No rules yet. Synonyms, words to leave out, goods at the top, and what stands higher or lower for some words are set here."),
    teach=Teach(_lazy("New rule"), "search-rule-new", Right.MANAGE_MARKET),
    export_name="search-rules",
    export_head=[_lazy("Words"), _lazy("Kind"), pgettext_lazy("search rule", "What it does"), _lazy("Language"), pgettext_lazy("search rule", "By")],
    export=lambda row: [
        (", ".join(row.said("words")), row.get_kind_display(), effect_of(row, names_of(targets_of([row]))), dict(LANGUAGES).get(row.language, ""), row.by_label)
    ],
    base="operator/base.html",
    actions_template="operator/_search_rules_actions.html",
)


def search_rule_new(request: HttpRequest) -> HttpResponse:
    """The address says the kind, and what the page that led here knows already."""
    kind = request.GET.get("kind", "")
    if kind not in Kind:
        return render(request, "operator/search_rule_kinds.html", {"title": _("New rule"), "words": request.GET.get("words", "")[:200]})
    return _rule_page(request, None, kind)


def search_rule(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    row = _rule(rule_id)
    return _rule_page(request, row, row.kind)


def _rule_page(request: HttpRequest, row: SearchRule | None, kind: str) -> HttpResponse:
    """What it would change is shown first; only a rule that was looked at as it is (`looked`) is put in force."""
    form = SearchRuleForm(_with_more(request) if request.method == "POST" else None, initial=begun(row, request.GET), kind=kind)
    wanted: Draft | None = None
    if request.method == "POST" and form.is_valid():
        try:
            wanted = form.wanted()
            if request.POST.get("then") == "save" and request.POST.get("looked") == digest_of(wanted):
                keep_rule(
                    by=actor_of(request), rule_id=row.pk if row else None, seen=form.cleaned_data["seen"] or 0, wanted=wanted, why=form.cleaned_data["why"]
                )
                messages.success(request, _("In force: buyers find by it from now on."))
                return HttpResponseRedirect(reverse("search-rules"))
        except MarketError as refusal:
            form.add_error({"key": "which"}.get(refusal.field or "", refusal.field) if refusal.field in (*form.fields, "key") else None, str(refusal))
    compared = compare(wanted, rule_id=row.pk if row else None, language=(get_language() or "").lower()) if wanted else []
    context = {
        "title": Kind(kind).label,
        "row": row,
        "kind": kind,
        "form": form,
        "looked": digest_of(wanted) if wanted else "",
        "compared": dressed(compared),
        "is_pins": kind == Kind.PINS,
        "offered": _offered(str(form["words"].value() or "")) if kind == Kind.PINS and not wanted else [],
        "changes": list(SearchRuleChange.objects.filter(rule_key=row.pk).order_by("-at", "-pk")[:3]) if row else [],
    }
    return render(request, "operator/search_rule.html", context, status=422 if form.errors else 200)


def _offered(lines: str) -> list[Listing]:
    """What is found now for the first line, to be put at the top."""
    text = next((line.strip() for line in lines.splitlines() if line.strip()), "")
    answer = find(Query(text=text, language=(get_language() or "").lower(), size=OFFERED)) if text else None
    found = Listing.objects.in_bulk(answer.ids) if answer else {}
    return [found[key] for key in answer.ids if key in found] if answer else []


def _with_more(request: HttpRequest) -> Any:
    """The form as it was sent; a product that was pressed among the first results (`add`) stands last in its list."""
    more = keys_in(request.POST.get("add", ""))
    if not more:
        return request.POST
    sent = request.POST.copy()
    sent["listings"] = "\n".join(map(str, dict.fromkeys([*keys_in(sent.get("listings", "")), *more])))
    return sent


def digest_of(wanted: Draft) -> str:
    return fingerprint(wanted.as_kept)


def dressed(compared: list[Compared]) -> list[dict[str, Any]]:
    """With the goods themselves."""
    listings = Listing.objects.select_related("merchant").in_bulk({place.key for each in compared for place in (*each.before, *each.after)})
    return [
        {
            "it": each,
            "before": [(place, listings[place.key], place.key in each.out) for place in each.before if place.key in listings],
            "after": [(place, listings[place.key]) for place in each.after if place.key in listings],
        }
        for each in compared
    ]


def search_rule_remove(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """What removing it changes, and removing it."""
    row = _rule(rule_id)
    refusal: MarketError | None = None
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        try:
            number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
            remove_rule(by=actor_of(request), rule_id=row.pk, seen=number, why=request.POST.get("why", "")[:500])
        except RuleUnknown:
            raise
        except MarketError as error:
            refusal = error
        else:
            messages.success(request, _("Removed. It can be taken back among the changes."))
            return HttpResponseRedirect(reverse("search-rules"))
    dress(request, [row])
    compared = dressed(compare(None, rule_id=row.pk, language=(get_language() or "").lower()))
    context = {"title": _("Remove the rule"), "row": row, "compared": compared, "refusal": refusal, "why": request.POST.get("why", "")}
    return render(request, "operator/search_rule_remove.html", context, status=refusal.status if refusal else 200)


def search_rule_changes(request: HttpRequest) -> HttpResponse:
    """The latest; with `rule` those of one."""
    return _changes_page(request, keys_in(request.GET.get("rule", "")))


def _changes_page(request: HttpRequest, keys: list[UUID], refusal: MarketError | None = None) -> HttpResponse:
    found = SearchRuleChange.objects.filter(rule_key=keys[0]) if keys else SearchRuleChange.objects.all()
    changes = list(found.select_related("undone_by", "takes_back").order_by("-at", "-pk")[:MOST_CHANGES])
    latest = dict(SearchRuleChange.objects.filter(rule_key__in={row.rule_key for row in changes}).order_by("at", "pk").values_list("rule_key", "pk"))
    there = set(SearchRule.objects.filter(pk__in=latest).values_list("pk", flat=True))
    states = [SearchRule(**state) for row in changes for state in (row.before, row.after) if state]
    names = names_of(targets_of(states))

    def said(state: dict[str, Any] | None) -> tuple[str, ...] | None:
        if state is None:
            return None
        rule = SearchRule(**state)
        return str(rule.get_kind_display()), ", ".join(rule.said("words")), effect_of(rule, names), str(dict(LANGUAGES).get(rule.language, ""))

    rows = [(row, said(row.before), said(row.after), latest[row.rule_key] == row.pk, row.rule_key in there) for row in changes]
    context = {"title": _("Changes of the rules"), "rows": rows, "refusal": refusal}
    return render(request, "operator/search_rule_changes.html", context, status=refusal.status if refusal else 200)


def search_rule_undo(request: HttpRequest, change_id: UUID) -> HttpResponse:
    try:
        undo_change(by=actor_of(request), change_id=change_id, why=request.POST.get("why", "")[:500])
    except RuleUnknown:
        raise
    except MarketError as refusal:
        return _changes_page(request, [], refusal)
    messages.success(request, _("Taken back. Buyers find as before the change."))
    return HttpResponseRedirect(reverse("search-rule-changes"))


def _rule(rule_id: UUID) -> SearchRule:
    row = SearchRule.objects.filter(pk=rule_id).first()
    if row is None:
        raise RuleUnknown
    return row
