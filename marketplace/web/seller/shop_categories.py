"""Shop categories in the workbench: the list in the shop's order, one with what it holds, and putting ticked products into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from marketplace.kernel.errors import MarketError
from marketplace.kernel.formats import format_count
from marketplace.merchant.catalogue.models import Picture, Product
from marketplace.merchant.shelves.actions import (
    MOST_PICKED,
    keep_shop_category,
    make_shop_category,
    move_shop_category,
    put_into_shop_category,
    remove_shop_category,
    restore_shop_category,
)
from marketplace.merchant.shelves.errors import ShopCategoryUnknown
from marketplace.merchant.shelves.models import ShopCategory
from marketplace.merchant.shelves.queries import removed_categories, shop_categories
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.queries import find_categories, path_name
from marketplace.platform.taxonomy.tree import LONGEST_NAME
from marketplace.platform.taxonomy.virtual import LONGEST_TEXT, clean_rule
from marketplace.web.rule_form import RuleForm, said_of
from marketplace.web.seller.product_search import products_said
from marketplace.web.seller.ticked import ticked_products
from search.by_rule import query_of
from search.contract import Sort
from search.find import find
from search.shelves import question_of
from tenants.access.actors import actor_of
from tenants.tenancy.hosts import shop_url

SHOWN, FOUND = 8, 12  # goods of the preview; products to choose from
Kind = ShopCategory.Kind


class ShopCategoryForm(RuleForm):
    field_order = ("category_id", "seen", "kind", "name_zh", "name_en", "text_zh", "text_en", "is_shown")

    category_id = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(choices=Kind.choices, widget=forms.HiddenInput)
    name_zh = forms.CharField(label=_lazy("Name in Chinese"), max_length=LONGEST_NAME)
    name_en = forms.CharField(label=_lazy("Name in English"), max_length=LONGEST_NAME)
    text_zh = forms.CharField(label=_lazy("A sentence in Chinese"), max_length=LONGEST_TEXT, required=False)
    text_en = forms.CharField(label=_lazy("A sentence in English"), max_length=LONGEST_TEXT, required=False)
    is_shown = forms.BooleanField(label=_lazy("It stands in the shop's menu as soon as buyers find something in it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sort"].required = self.is_by_rule

    @property
    def is_by_rule(self) -> bool:
        return str(self["kind"].value()) == Kind.RULE

    def fields_of(self, rule: Mapping[str, Any], picks: Sequence[UUID]) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "names": {"zh-hans": data["name_zh"], "en": data["name_en"]},
            "texts": {"zh-hans": data["text_zh"], "en": data["text_en"]},
            "is_shown": data["is_shown"],
            "rule": rule,
            "picks": picks,
        }


@dataclass
class Row:
    """A product that is in it, or could be."""

    product: Product
    picture: str
    is_seen: bool = False  # by buyers, at this moment


# ── The list ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def categories(request: HttpRequest) -> HttpResponse:
    """In the shop's order, each with how many goods buyers find in it now; below, what can be taken back."""
    merchant = request.merchant  # type: ignore[attr-defined]
    rows = [(row, find(question_of(row, merchant).but(size=1)).total) for row in shop_categories()]
    context = {"title": _("Shop categories"), "rows": rows, "removed": removed_categories()}
    return render(request, "seller/shop_categories.html", context)


def move(request: HttpRequest, shop_category_id: UUID) -> HttpResponse:
    move_shop_category(by=actor_of(request), category_id=shop_category_id, is_up=request.POST.get("to") != "down")
    return HttpResponseRedirect(reverse("shop-categories"))


def remove(request: HttpRequest, shop_category_id: UUID) -> HttpResponse:
    row = remove_shop_category(by=actor_of(request), category_id=shop_category_id, seen=_number(request.POST.get("seen", "")))
    messages.success(request, _("“{name}” is deleted; its goods stay. You can take it back below.").format(name=row.name))
    return HttpResponseRedirect(reverse("shop-categories"))


def restore(request: HttpRequest, shop_category_id: UUID) -> HttpResponse:
    row = restore_shop_category(by=actor_of(request), category_id=shop_category_id)
    messages.success(request, _("“{name}” is back, and stands last.").format(name=row.name))
    return HttpResponseRedirect(reverse("shop-categories"))


# ── One of them ──────────────────────────────────────────────────────────────────────────────────────────────────────


def category(request: HttpRequest, shop_category_id: UUID | None = None) -> HttpResponse:
    """Make one (`kind`: picked or rule), or change one. Every way to send the form but `then=save` shows what would be, and keeps nothing."""
    row = ShopCategory.objects.filter(pk=shop_category_id, removed_at=None).first() if shop_category_id else None
    if shop_category_id and row is None:
        raise ShopCategoryUnknown
    currency = request.market.currency  # type: ignore[attr-defined]
    initial = _kept(row, currency) if row else {"category_id": uuid4(), "kind": _kind(request.GET.get("kind", "")), "sort": Sort.RELEVANCE, "is_shown": True}
    if request.method != "POST":
        return _page(request, row, ShopCategoryForm(initial=initial, currency=currency), row.rule if row else None, row.picks if row else [])
    then = request.POST.get("then", "")
    form = ShopCategoryForm(request.POST, initial=initial, currency=currency)
    picks = arranged(_keys(request.POST.getlist("pick")), then)
    rule: dict[str, Any] | None = None
    form.is_valid()
    try:
        if form.is_by_rule and form.has_rule:
            rule = clean_rule(form.rule())
        if then == "save" and not form.errors:
            saved = _keep(request, form, row, form.fields_of(rule or {}, picks))
            messages.success(request, _("“{name}” is saved; the shop follows at once.").format(name=saved.name))
            return HttpResponseRedirect(reverse("shop-category", args=[saved.pk]))
    except MarketError as refusal:
        if then == "save":
            field = {"names": "name_zh"}.get(refusal.field or "", refusal.field)
            form.add_error(field if field in form.fields and field != "category" else None, str(refusal))
    if then != "save":
        form.errors.clear()
    return _page(request, row, form, rule, picks)


def _keep(request: HttpRequest, form: ShopCategoryForm, row: ShopCategory | None, fields: dict[str, Any]) -> ShopCategory:
    by, data = actor_of(request), form.cleaned_data
    if row is None:
        made: ShopCategory = make_shop_category(by=by, category_id=data["category_id"], kind=data["kind"], fields=fields)
        return made
    kept: ShopCategory = keep_shop_category(by=by, category_id=row.pk, seen=data["seen"] or 0, fields=fields)
    return kept


def _kept(row: ShopCategory, currency: str) -> dict[str, Any]:
    return {
        "category_id": row.pk,
        "seen": row.version,
        "kind": row.kind,
        "name_zh": row.names.get("zh-hans", ""),
        "name_en": row.names.get("en", ""),
        "text_zh": row.texts.get("zh-hans", ""),
        "text_en": row.texts.get("en", ""),
        "is_shown": row.is_shown,
        **said_of(row.rule, currency),
    }


def arranged(keys: list[UUID], then: str) -> list[UUID]:
    """What was chosen, after a step: `in`, `out`, `up` or `down` with the key of a product."""
    step, _colon, text = then.partition(":")
    found = _keys([text])
    if not found or step not in ("in", "out", "up", "down"):
        return keys
    (key,) = found
    rest = [one for one in keys if one != key]
    if step == "out":
        return rest
    if step == "in":
        return keys if key in keys else [*keys, key]
    at = keys.index(key) if key in keys else 0
    to = min(max(at + (-1 if step == "up" else 1), 0), len(rest))
    return [*rest[:to], key, *rest[to:]] if key in keys else keys


def _keys(texts: Sequence[str]) -> list[UUID]:
    found: dict[UUID, None] = {}
    for text in texts[: MOST_PICKED + 1]:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)


def _kind(text: str) -> str:
    return text if text in Kind.values else str(Kind.PICKED)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _page(request: HttpRequest, row: ShopCategory | None, form: ShopCategoryForm, rule: Mapping[str, Any] | None, picks: Sequence[UUID]) -> HttpResponse:
    merchant = request.merchant  # type: ignore[attr-defined]
    text = request.POST.get("q", "")[:100]
    context: dict[str, Any] = {
        "title": row.name if row else _("New shop category"),
        "row": row,
        "form": form,
        "q": text,
        "address": shop_url(merchant, f"/v/{row.code}/") if row and row.is_shown else "",
        "most": MOST_PICKED,
    }
    if form.is_by_rule:
        answer = find(query_of(rule, merchant).but(size=SHOWN)) if rule else None
        listings = Listing.objects.select_related("merchant").in_bulk(answer.ids) if answer else {}
        context |= {
            "chosen_path": path_name(form.chosen) if form.chosen else "",
            "found": [(one, path_name(one)) for one in find_categories(text)],
            "answer": answer,
            "listings": [listings[key] for key in answer.ids if key in listings] if answer else [],
        }
    else:
        held, others = rows_of(request, picks, text)
        context |= {"held": held, "others": others, "seen": sum(one.is_seen for one in held)}
    return render(request, "seller/shop_category.html", context, status=422 if form.errors else 200)


def rows_of(request: HttpRequest, picks: Sequence[UUID], text: str) -> tuple[list[Row], list[Row]]:
    """What was chosen, in its order, and what else there is: the newest, or what the words mean."""
    there = Product.objects.in_bulk(picks)
    others = Product.objects.exclude(pk__in=there).order_by("-created_at", "-pk")
    if text.strip():
        others = others.filter(products_said(text))
    more = list(others[:FOUND])
    every = [*there.values(), *more]
    schema = request.merchant.schema_name  # type: ignore[attr-defined]
    pictures: dict[UUID, str] = {}
    for picture in Picture.objects.filter(product__in=every).order_by("-position"):
        pictures[picture.product_id] = f"{schema}/{picture.key}"
    seen = set(Listing.objects.filter(pk__in=there, is_on_sale=True).values_list("pk", flat=True))

    def row(product: Product) -> Row:
        return Row(product, pictures.get(product.pk, ""), product.pk in seen)

    return [row(there[key]) for key in picks if key in there], [row(product) for product in more]


# ── Out of the list of products ──────────────────────────────────────────────────────────────────────────────────────


def shelve(request: HttpRequest) -> HttpResponse:
    """Put what was ticked into a category that is filled by hand."""
    try:
        products = ticked_products(request)
    except MarketError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("products"))
    why = ""
    if request.method == "POST":
        found = _keys([request.POST.get("shop_category", "")])
        try:
            if not found:
                raise ShopCategoryUnknown
            row = put_into_shop_category(by=actor_of(request), category_id=found[0], product_ids=[product.pk for product in products])
        except MarketError as refusal:
            why = str(refusal)
        else:
            told = ngettext("{n} product stands in “{name}”.", "{n} products stand in “{name}”.", len(products))
            messages.success(request, told.format(n=format_count(len(products)), name=row.name))
            return HttpResponseRedirect(reverse("shop-category", args=[row.pk]))
    context = {
        "title": _("Put into a shop category"),
        "rows": products,
        "categories": list(shop_categories().filter(kind=Kind.PICKED)),
        "refusal": why,
    }
    return render(request, "seller/shop_category_fill.html", context, status=422 if why else 200)
