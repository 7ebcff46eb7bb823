"""Attributes in the console: the list, one with its values, what a category asks for."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.flows.keep_attributes import Use, goods_without, keep_used_attribute, merge_values, use_of_attribute, use_of_value
from marketplace.kernel.errors import InvalidInput, MarketError
from marketplace.platform.taxonomy.attributes import LONGEST_HELP, MOST_VALUES, Described, describe_by_hand, described, keep_value
from marketplace.platform.taxonomy.errors import AttributeUnknown, CategoryUnknown
from marketplace.platform.taxonomy.models import Attribute, AttributeValue, Category, CategoryAttribute, Merge
from marketplace.platform.taxonomy.queries import in_tree, path_name
from marketplace.platform.taxonomy.tree import LONGEST_NAME
from marketplace.platform.taxonomy.units import UNITS
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.actors import actor_of
from tenants.access.rights import Right

MOST_VALUES_SHOWN = 200
MOST_FOUND = 12


class AttributeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    kind = django_filters.ChoiceFilter(choices=Attribute.Kind.choices, label=_lazy("Kind"), empty_label=_lazy("All"))
    show = django_filters.ChoiceFilter(method="tab", choices=[("facet", _lazy("Filters of buyers")), ("used", _lazy("Asked for by categories"))])

    def search(self, queryset: QuerySet[Attribute], name: str, value: str) -> QuerySet[Attribute]:
        return queryset.filter(named(value))

    def tab(self, queryset: QuerySet[Attribute], name: str, value: str) -> QuerySet[Attribute]:
        if value == "facet":
            return queryset.filter(is_facet=True)
        return queryset.filter(pk__in=CategoryAttribute.objects.values("attribute_id"))


def named(text: str) -> Q:
    """By name in either language, other name or code."""
    text = text.strip()
    return Q(**{"names__zh-hans__icontains": text}) | Q(names__en__icontains=text) | Q(synonyms__contains=[text]) | Q(code=text)


def _with_counts(request: HttpRequest, rows: list[Any]) -> None:
    ids = [row.pk for row in rows]
    values = dict(AttributeValue.objects.filter(attribute__in=ids, merged_into=None).values_list("attribute_id").annotate(n=Count("pk")))
    categories = dict(CategoryAttribute.objects.filter(attribute__in=ids).values_list("attribute_id").annotate(n=Count("pk")))
    for row in rows:
        row.value_count, row.category_count = values.get(row.pk, 0), categories.get(row.pk, 0)


attributes = ListPage(
    title=_lazy("Attributes"),
    name="attributes",
    right=Right.MANAGE_MARKET,
    columns=[
        Column(_lazy("Attribute"), "attribute", is_fixed=True),
        Column(_lazy("Kind"), "kind"),
        Column(_lazy("Values"), "values", end=True),
        Column(pgettext_lazy("console", "Categories"), "categories", end=True),
    ],
    row_template="operator/_attribute_row.html",
    rows=lambda request: Attribute.objects.all(),
    filters=AttributeFilter,
    order=("-pk",),
    prepare=_with_counts,
    search_hint=_lazy("Name, other name or code"),
    empty=_lazy("No attribute yet. Goods are described, and buyers narrow their search, by attributes."),
    teach=Teach(_lazy("New attribute"), "attribute-new", Right.MANAGE_MARKET),
    export_name="attributes",
    export_head=[
        _lazy("Code"),
        _lazy("Name in Chinese"),
        _lazy("Name in English"),
        _lazy("Kind"),
        _lazy("Unit"),
        _lazy("Filter"),
        _lazy("Values"),
        pgettext_lazy("console", "Categories"),
    ],
    export=lambda row: [
        (
            row.code,
            row.names.get("zh-hans", ""),
            row.names.get("en", ""),
            row.get_kind_display(),
            row.unit,
            _("Yes") if row.is_facet else _("No"),
            row.value_count,
            row.category_count,
        )
    ],
    base="operator/base.html",
    actions_template="operator/_attributes_actions.html",
)


class AttributeForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_zh = forms.CharField(label=_lazy("Name in Chinese"), max_length=LONGEST_NAME)
    name_en = forms.CharField(label=_lazy("Name in English"), max_length=LONGEST_NAME)
    kind = forms.ChoiceField(label=_lazy("Kind"), choices=Attribute.Kind.choices)
    unit = forms.ChoiceField(
        label=_lazy("Unit"),
        required=False,
        choices=[("", "–"), *((unit, unit) for unit in UNITS)],
        help_text=_lazy("Of a number. Shops may type another unit of the same measure; it is converted, and buyers read both."),
    )
    is_facet = forms.BooleanField(label=_lazy("Buyers can filter by it"), required=False, help_text=_lazy("Only choices can be filtered by."))
    help_zh = forms.CharField(label=_lazy("Help for shops in Chinese"), max_length=LONGEST_HELP, required=False)
    help_en = forms.CharField(label=_lazy("Help for shops in English"), max_length=LONGEST_HELP, required=False)
    synonyms = forms.CharField(
        label=_lazy("Other names"),
        required=False,
        max_length=3000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_lazy("One a line; imports find it by these, too"),
    )

    def __init__(self, *args: Any, row: Attribute | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if row is not None and row.unit and row.unit not in UNITS:  # of an import
            self.fields["unit"].choices = [*self.fields["unit"].choices, (row.unit, row.unit)]  # type: ignore[attr-defined]

    def to_keep(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "names": {"zh-hans": data["name_zh"], "en": data["name_en"]},
            "kind": data["kind"],
            "unit": data["unit"],
            "is_facet": data["is_facet"],
            "helps": {"zh-hans": data["help_zh"], "en": data["help_en"]},
            "synonyms": data["synonyms"].splitlines(),
        }


class ValueForm(forms.Form):
    name_zh = forms.CharField(label=_lazy("Name in Chinese"), max_length=LONGEST_NAME)
    name_en = forms.CharField(label=_lazy("Name in English"), max_length=LONGEST_NAME)
    synonyms = forms.CharField(
        label=_lazy("Other names"),
        required=False,
        max_length=3000,
        widget=forms.Textarea({"rows": 2}),
        help_text=_lazy("One a line; imports find it by these, too"),
    )
    place = forms.IntegerField(
        label=_lazy("Place among the values"),
        required=False,
        min_value=1,
        max_value=MOST_VALUES,
        help_text=_lazy("1 is the first: product forms offer values in this order. A new one stands last unless you say where."),
    )
    shown = forms.IntegerField(widget=forms.HiddenInput, required=False)  # the place that the form showed

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = {"zh-hans": data["name_zh"], "en": data["name_en"]}
        place = data["place"] if data["place"] != data["shown"] else None  # whoever asks for no other place moves nothing that was moved meanwhile
        return {"names": names, "synonyms": data["synonyms"].splitlines(), "place": place}


def attribute_new(request: HttpRequest) -> HttpResponse:
    form = AttributeForm(request.POST or None, initial={"is_facet": True})
    if request.method == "POST" and form.is_valid():
        try:
            row = keep_used_attribute(by=actor_of(request), attribute_id=None, seen=0, fields=form.to_keep())
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("“{name}” is there. Say in a category that its goods are described by it.").format(name=row.name))
            return HttpResponseRedirect(f"/attributes/{row.pk}/")
    return render(request, "operator/attribute.html", {"title": _("New attribute"), "form": form}, status=422 if form.errors else 200)


def attribute(request: HttpRequest, attribute_id: int) -> HttpResponse:
    row = _attribute(attribute_id)
    kept = {
        "seen": row.version,
        "name_zh": row.names.get("zh-hans", ""),
        "name_en": row.names.get("en", ""),
        "kind": row.kind,
        "unit": row.unit,
        "is_facet": row.is_facet,
        "help_zh": row.helps.get("zh-hans", ""),
        "help_en": row.helps.get("en", ""),
        "synonyms": "\n".join(row.synonyms),
    }
    form = AttributeForm(request.POST or None, initial=kept, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            keep_used_attribute(by=actor_of(request), attribute_id=row.pk, seen=form.cleaned_data["seen"] or 0, fields=form.to_keep())
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept. Product forms and filters follow at once."))
            return HttpResponseRedirect(f"/attributes/{row.pk}/")
    return _attribute_page(request, row, form, ValueForm(auto_id="id_value_%s"))


def _attribute_page(request: HttpRequest, row: Attribute, form: AttributeForm | None, value_form: ValueForm) -> HttpResponse:
    values = AttributeValue.objects.filter(attribute=row, merged_into=None).order_by("position", "id")
    if text := request.GET.get("q", "").strip():
        values = values.filter(Q(**{"names__zh-hans__icontains": text}) | Q(names__en__icontains=text))
    used = CategoryAttribute.objects.filter(attribute=row).select_related("category").order_by("category_id")[:12]
    context = {
        "title": row.name,
        "row": row,
        "form": form,
        "value_form": value_form,
        "values": list(values[:MOST_VALUES_SHOWN]),
        "value_total": values.count(),
        "q": text,
        "use": use_of_attribute(row.pk),
        "categories": [one.category for one in used],
        "merges": _told(Merge.objects.filter(kind=Merge.Kind.VALUE, key__in=AttributeValue.objects.filter(attribute=row).values("pk")).order_by("-at")[:8]),
    }
    return render(request, "operator/attribute.html", context, status=422 if (form is not None and form.errors) or value_form.errors else 200)


def _told(merges: QuerySet[Merge]) -> list[tuple[Merge, AttributeValue, AttributeValue]]:
    rows = list(merges)
    names = AttributeValue.objects.in_bulk({key for row in rows for key in (row.key, row.into_key)})
    return [(row, names[row.key], names[row.into_key]) for row in rows if row.key in names and row.into_key in names]


def value_new(request: HttpRequest, attribute_id: int) -> HttpResponse:
    row = _attribute(attribute_id)
    form = ValueForm(request.POST, auto_id="id_value_%s")
    if form.is_valid():
        try:
            keep_value(by=actor_of(request), attribute_id=row.pk, value_id=None, **form.given())
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Added. Shops can choose it at once."))
            return HttpResponseRedirect(f"/attributes/{row.pk}/#values")
    return _attribute_page(request, row, None, form)


def value(request: HttpRequest, attribute_id: int, value_id: int) -> HttpResponse:
    """Rename a value, or, with `into`, see what merging it would touch and do it."""
    row = _attribute(attribute_id)
    one = AttributeValue.objects.filter(attribute=row, pk=value_id, merged_into=None).first()
    if one is None:
        raise AttributeUnknown
    ranked = list(AttributeValue.objects.filter(attribute=row, merged_into=None).order_by("position", "id").values_list("pk", flat=True))
    kept = {"name_zh": one.names.get("zh-hans", ""), "name_en": one.names.get("en", ""), "synonyms": "\n".join(one.synonyms)}
    kept |= dict.fromkeys(("place", "shown"), ranked.index(one.pk) + 1)
    is_merge = request.method == "POST" and "into" in request.POST
    form = ValueForm(request.POST if request.method == "POST" and not is_merge else None, initial=kept)
    refusal: MarketError | None = None
    try:
        if is_merge:
            into = request.POST.get("into", "")
            into_id = int(into) if into.isascii() and into.isdigit() and len(into) < 10 else 0
            merge_values(by=actor_of(request), attribute_id=row.pk, value_id=one.pk, into_id=into_id, why=request.POST.get("why", "")[:200])
            messages.success(request, _("Merged. Its goods follow."))
            return HttpResponseRedirect(f"/attributes/{row.pk}/#values")
        if request.method == "POST" and form.is_valid():
            keep_value(by=actor_of(request), attribute_id=row.pk, value_id=one.pk, **form.given())
            messages.success(request, _("Kept. Product forms and filters follow at once."))
            return HttpResponseRedirect(f"/attributes/{row.pk}/#values")
    except MarketError as wrong:
        if is_merge or wrong.field not in form.fields:
            refusal = wrong
        else:
            form.add_error(wrong.field, str(wrong))
    others = AttributeValue.objects.filter(attribute=row, merged_into=None).exclude(pk=one.pk).order_by("position", "id")[:500]
    context = {"title": one.name, "row": row, "one": one, "form": form, "others": list(others), "use": use_of_value(one), "refusal": refusal}
    return render(request, "operator/attribute_value.html", context, status=refusal.status if refusal else 422 if form.is_bound and form.errors else 200)


def category_attributes(request: HttpRequest, category_id: int) -> HttpResponse:
    """What goods of a category are described by. What becomes required is shown with how many goods lack it, before it is kept."""
    row = in_tree().filter(pk=category_id).first()
    if row is None:
        raise CategoryUnknown
    every = described(row)
    own, inherited = _own(row), [one for one in every if one.category_id != row.pk]
    refusal: MarketError | None = None
    asked: list[tuple[Attribute, Use]] = []
    seen = str(row.version)
    if request.method == "POST":
        wanted, said = _wanted(request, own), request.POST.get("seen", "")
        was = {one.attribute.pk for one in own if one.is_required}
        fresh = [key for key, is_required, _variants in wanted if is_required and key not in was]
        if fresh and request.POST.get("sure") != "1":
            names = Attribute.objects.in_bulk(fresh)
            asked = [(names[key], use) for key in fresh if key in names and (use := goods_without(row, key)).goods]
        if not asked:
            try:
                describe_by_hand(
                    by=actor_of(request), category_id=row.pk, seen=int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0, rows=wanted
                )
            except MarketError as wrong:
                refusal = wrong
            else:
                messages.success(request, _("Kept. The product form of these goods follows at once."))
                return HttpResponseRedirect(f"/categories/{row.pk}/attributes/")
    added: set[int] = set()
    gone: set[int] = set()
    if asked or isinstance(refusal, InvalidInput):  # all that was chosen stands there once more
        keys = [key for key, _required, _variants in wanted]
        gone, added = {one.attribute.pk for one in own} - set(keys), set(keys) - {one.attribute.pk for one in own}
        own, seen = _as_sent(own, wanted), said  # still what was changed: a colleague's change since is not confirmed with it
    text = request.GET.get("q", "")
    has = {one.attribute.pk for one in every} | added
    found = list(Attribute.objects.filter(named(text)).exclude(pk__in=has).order_by("pk")[:MOST_FOUND]) if text.strip() else []
    context = {
        "title": _("Attributes of “{name}”").format(name=row.name),
        "row": row,
        "path": path_name(row),
        "inherited": [(one, Category(pk=one.category_id)) for one in inherited],
        "above": {one.pk: one.name for one in Category.objects.filter(pk__in=row.path)},
        "own": own,
        "asked": asked,
        "seen": seen,
        "gone": gone,
        "added": added,
        "q": text,
        "found": [*Attribute.objects.filter(pk__in=added).order_by("pk"), *found],
        "refusal": refusal,
    }
    return render(request, "operator/category_attributes.html", context, status=refusal.status if refusal else 200)


def _own(row: Category) -> list[Described]:
    rows = CategoryAttribute.objects.filter(category=row).select_related("attribute").order_by("position", "id")
    return [Described(one.attribute, one.is_required, one.makes_variants, row.pk, one.pk) for one in rows]


def _wanted(request: HttpRequest, own: list[Described]) -> list[tuple[int, bool, bool]]:
    """As the form says: what stays, in the order of the places typed, then what is added."""
    placed = []
    for n, one in enumerate(own):
        key = one.attribute.pk
        if request.POST.get(f"gone_{key}"):
            continue
        text = request.POST.get(f"place_{key}", "")
        place = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else n + 1
        placed.append((place, n, (key, bool(request.POST.get(f"required_{key}")), bool(request.POST.get(f"variants_{key}")))))
    added = [int(text) for text in request.POST.getlist("add") if text.isascii() and text.isdigit() and len(text) < 10]
    return [row for _place, _n, row in sorted(placed)] + [(key, False, True) for key in added]


def _as_sent(own: list[Described], wanted: list[tuple[int, bool, bool]]) -> list[Described]:
    """Its own in the order that was sent, each as it was ticked; those that would go stand last."""
    known = {one.attribute.pk: one for one in own}
    keys = {key for key, _required, _variants in wanted}
    sent = [
        Described(known[key].attribute, is_required, variants, known[key].category_id, known[key].row_id)
        for key, is_required, variants in wanted
        if key in known
    ]
    return [*sent, *(one for one in own if one.attribute.pk not in keys)]


def _attribute(attribute_id: int) -> Attribute:
    row = Attribute.objects.filter(pk=attribute_id).first()
    if row is None:
        raise AttributeUnknown
    return row
