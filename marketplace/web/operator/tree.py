"""The category tree in the console: the tree itself, one category, moving, merging, and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext

from marketplace.flows.keep_tree import delete_category, keep_category, merge_categories, move_category, undo_move
from marketplace.flows.tree_preview import Preview, preview_merge, preview_move, touched_by
from marketplace.kernel.errors import MarketError
from marketplace.kernel.uploads import clean_picture, read_upload
from marketplace.platform.taxonomy.errors import CategoryUnknown
from marketplace.platform.taxonomy.models import Category, CategoryAttribute, TreeChange
from marketplace.platform.taxonomy.queries import find_categories, in_tree, path_name, path_of
from marketplace.platform.taxonomy.tree import LONGEST_NAME, add_category
from tenants.access.actors import actor_of
from tenants.tenancy.hosts import market_url

MOST_OPEN = 60  # categories whose children a page shows
MOST_CHANGES = 50
SIDE = 600  # pixels of a category's picture


@dataclass
class Node:
    """A category as the tree draws it."""

    row: Category
    toggle: str  # address that opens or closes it
    is_open: bool
    has_children: bool
    up: int = 0  # the one it would stand before, one place up; 0: it is the first
    down: int | None = 0  # the same, one place down; None: last of all; 0: it is the last
    children: list[Node] = field(default_factory=list)


class CategoryForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_zh = forms.CharField(label=_lazy("Name in Chinese"), max_length=LONGEST_NAME)
    name_en = forms.CharField(label=_lazy("Name in English"), max_length=LONGEST_NAME)
    picture = forms.FileField(
        label=_lazy("Picture"),
        required=False,
        help_text=_lazy("JPEG, PNG or WebP, up to 10 MB"),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )
    is_hidden = forms.BooleanField(
        label=_lazy("Hide it from buyers"),
        required=False,
        help_text=_lazy("Not in menus, filters and the site map, nor what lies below it. Its goods stay on sale and are found by words."),
    )

    def names(self) -> dict[str, str]:
        return {"zh-hans": self.cleaned_data["name_zh"], "en": self.cleaned_data["name_en"]}


def tree(request: HttpRequest) -> HttpResponse:
    """The first level, and what lies below the categories that are open (`open`, many times). `q` finds by name."""
    asked = [int(text) for text in request.GET.getlist("open") if text.isascii() and text.isdigit() and len(text) < 10][:MOST_OPEN]
    open_ids = {key for path in Category.objects.filter(pk__in=asked).values_list("path", flat=True) for key in path}
    text = request.GET.get("q", "")
    context = {
        "title": pgettext("console", "Categories"),
        "nodes": _nodes(open_ids),
        "total": in_tree().count(),
        "q": text,
        "found": [(row, path_name(row), _tree_address(row)) for row in find_categories(text)],
        "working": TreeChange.objects.filter(status=TreeChange.Status.WORKING).count(),
    }
    return render(request, "operator/_tree.html" if request.htmx else "operator/tree.html", context)  # type: ignore[attr-defined]


def _nodes(open_ids: set[int]) -> list[Node]:
    """Two queries, however much is open."""
    rows = list(in_tree().filter(Q(parent=None) | Q(parent__in=open_ids)).order_by("position", "id"))
    parents = set(in_tree().filter(parent__in=[row.pk for row in rows]).values_list("parent_id", flat=True))
    below: dict[int | None, list[Category]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)

    def nodes_of(parent_id: int | None) -> list[Node]:
        siblings = below.get(parent_id, [])
        found = []
        for n, row in enumerate(siblings):
            is_open = row.pk in open_ids
            node = Node(row, _toggle(open_ids, row), is_open, row.pk in parents, children=nodes_of(row.pk) if is_open else [])
            node.up = siblings[n - 1].pk if n else 0
            node.down = (siblings[n + 2].pk if n + 2 < len(siblings) else None) if n + 1 < len(siblings) else 0
            found.append(node)
        return found

    return nodes_of(None)


def _toggle(open_ids: set[int], row: Category) -> str:
    others = {key for key in open_ids if key != row.pk}
    return _open_address(others if row.pk in open_ids else others | {row.pk}, row)


def _open_address(keys: Iterable[int], row: Category) -> str:
    return f"/categories/?{urlencode([('open', key) for key in sorted(keys)])}#c-{row.pk}"


def _tree_address(row: Category) -> str:
    """The tree with this category in sight."""
    return _open_address(row.path[:-1], row)


def category_new(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("below", "")
    parent = _category(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    form = CategoryForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = add_category(by=actor_of(request), names=form.names(), parent_id=parent.pk if parent else None, picture=_stored(form.cleaned_data["picture"]))
        except CategoryUnknown:
            raise
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("“{name}” stands in the tree.").format(name=row.name))
            return HttpResponseRedirect(_tree_address(row))
    context = {"title": _("New category"), "form": form, "parent": parent, "parent_path": path_name(parent) if parent else ""}
    return render(request, "operator/category_new.html", context, status=422 if form.errors else 200)


def category(request: HttpRequest, category_id: int) -> HttpResponse:
    """One category: its names, picture, and what hangs on it."""
    row = _category(category_id)
    kept = {"name_zh": row.names.get("zh-hans", ""), "name_en": row.names.get("en", ""), "is_hidden": row.is_hidden, "seen": row.version}
    form = CategoryForm(request.POST or None, request.FILES or None, initial=kept)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            keep_category(
                by=actor_of(request),
                category_id=row.pk,
                seen=data["seen"] or 0,
                names=form.names(),
                is_hidden=data["is_hidden"],
                picture=_stored(data["picture"]) if data["picture"] else None,
            )
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Kept. Buyers see it at once."))
            return HttpResponseRedirect(f"/categories/{row.pk}/")
    return _category_page(request, row, form)


def _category_page(request: HttpRequest, row: Category, form: CategoryForm | None = None, refusal: MarketError | None = None) -> HttpResponse:
    kept = {"name_zh": row.names.get("zh-hans", ""), "name_en": row.names.get("en", ""), "is_hidden": row.is_hidden, "seen": row.version}
    status = refusal.status if refusal else 422 if form is not None and form.errors else 200
    context = {
        "title": row.name,
        "row": row,
        "form": form or CategoryForm(initial=kept),
        "trail": path_of(row)[:-1],
        "touched": touched_by(row),
        "attribute_count": CategoryAttribute.objects.filter(category_id__in=row.path).values("attribute_id").distinct().count(),
        "children": list(in_tree().filter(parent=row).order_by("position", "id")),
        "former": list(Category.objects.filter(merged_into=row).order_by("-id")[:20]),
        "back": _tree_address(row),
        "address": market_url(f"/c/{row.pk}/"),
        "refusal": refusal,
    }
    return render(request, "operator/category.html", context, status=status)


def category_delete(request: HttpRequest, category_id: int) -> HttpResponse:
    row = _category(category_id)
    try:
        delete_category(by=actor_of(request), category_id=row.pk, seen=_number(request.POST.get("seen")) or 0)
    except CategoryUnknown:
        raise
    except MarketError as refusal:
        return _category_page(request, row, refusal=refusal)
    messages.success(request, _("“{name}” is deleted.").format(name=row.name))
    return HttpResponseRedirect(_open_address(row.path[:-1], row) if row.path[:-1] else "/categories/")


def category_move(request: HttpRequest, category_id: int) -> HttpResponse:
    """Where it should go, what that touches, and doing it. The address holds the choice: `into` (0: first level) and `before`."""
    row = _category(category_id)
    if request.method == "POST":
        into, before = _number(request.POST.get("into")), _number(request.POST.get("before"))
        try:
            change = move_category(
                by=actor_of(request), category_id=row.pk, seen=_number(request.POST.get("seen")) or 0, parent_id=into or None, before_id=before or None
            )
        except CategoryUnknown:
            raise
        except MarketError as refusal:
            return _move_page(request, row, into, before, refusal)
        if change is None:
            return HttpResponseRedirect(_tree_address(_category(row.pk)))
        messages.success(request, _("“{name}” stands in its new place. Its goods follow.").format(name=row.name))
        return HttpResponseRedirect("/categories/changes/")
    return _move_page(request, row, _number(request.GET.get("into")), _number(request.GET.get("before")))


def _move_page(request: HttpRequest, row: Category, into: int | None, before: int | None, refusal: MarketError | None = None) -> HttpResponse:
    parent = in_tree().filter(pk=into).first() if into else None
    is_chosen = into == 0 or parent is not None
    preview: Preview | None = None
    if is_chosen and refusal is None:
        try:
            preview = preview_move(row, parent)
        except MarketError as wrong:
            refusal = wrong
    siblings = list(in_tree().filter(parent=parent).exclude(pk=row.pk).order_by("position", "id")) if is_chosen else []
    context = {
        "title": _("Move “{name}”").format(name=row.name),
        "row": row,
        "is_chosen": is_chosen,
        "parent": parent,
        "from_path": path_name(row),
        "to_path": " › ".join([*([path_name(parent)] if parent else []), row.name]),
        "preview": preview,
        "siblings": siblings,
        "before": before,
        "refusal": refusal,
        "may_be_root": row.parent_id is not None,
        **_candidates(request, row),
    }
    return render(request, "operator/category_move.html", context, status=refusal.status if refusal else 200)


def category_merge(request: HttpRequest, category_id: int) -> HttpResponse:
    """Into which it should be merged, what that touches, and doing it. `into` stands in the address."""
    row = _category(category_id)
    if request.method == "POST":
        into = _number(request.POST.get("into")) or 0
        try:
            merge_categories(
                by=actor_of(request),
                category_id=row.pk,
                seen=_number(request.POST.get("seen")) or 0,
                into_id=into,
                seen_into=_number(request.POST.get("seen_into")) or 0,
                why=request.POST.get("why", "")[:200],
            )
        except CategoryUnknown:
            raise
        except MarketError as refusal:
            return _merge_page(request, row, into, refusal)
        messages.success(request, _("“{name}” is part of the other category. Its goods follow.").format(name=row.name))
        return HttpResponseRedirect("/categories/changes/")
    return _merge_page(request, row, _number(request.GET.get("into")))


def _merge_page(request: HttpRequest, row: Category, into_id: int | None, refusal: MarketError | None = None) -> HttpResponse:
    into = in_tree().filter(pk=into_id).first() if into_id else None
    preview: Preview | None = None
    if into is not None:
        try:
            preview = preview_merge(row, into)
        except MarketError as wrong:
            refusal = refusal or wrong
    context = {
        "title": _("Merge “{name}”").format(name=row.name),
        "row": row,
        "into": into,
        "from_path": path_name(row),
        "to_path": path_name(into) if into else "",
        "preview": preview,
        "refusal": refusal,
        "why": request.POST.get("why", ""),
        **_candidates(request, row),
    }
    return render(request, "operator/category_merge.html", context, status=refusal.status if refusal else 200)


def _candidates(request: HttpRequest, row: Category) -> dict[str, Any]:
    text = request.GET.get("q", "")
    return {"q": text, "found": [(one, path_name(one)) for one in find_categories(text, but=row.pk)]}


def tree_changes(request: HttpRequest) -> HttpResponse:
    """What was moved and merged, newest first; while goods follow, the part is asked for again."""
    rows: list[Any] = list(TreeChange.objects.select_related("category", "into").order_by("-at", "-id")[:MOST_CHANGES])
    formers = Category.objects.in_bulk({row.former_key for row in rows if row.former_key})
    newest: set[int] = set()
    for row in rows:
        row.former = formers.get(row.former_key)
        is_newest = row.category_id not in newest
        newest.add(row.category_id)
        row.may_undo = row.kind == TreeChange.Kind.MOVED and row.status == TreeChange.Status.DONE and is_newest and not row.undone_by_id
    context = {"title": _("Moved and merged"), "rows": rows, "is_open": any(row.status == TreeChange.Status.WORKING for row in rows)}
    return render(request, "operator/_tree_changes.html" if request.htmx else "operator/tree_changes.html", context)  # type: ignore[attr-defined]


def tree_undo(request: HttpRequest, change_id: UUID) -> HttpResponse:
    undo_move(by=actor_of(request), change_id=change_id)
    messages.success(request, _("Back where it was. Its goods follow."))
    return HttpResponseRedirect("/categories/changes/")


def _category(category_id: int) -> Category:
    """One that stands in the tree. Raises CategoryUnknown."""
    row = in_tree().filter(pk=category_id).first()
    if row is None:
        raise CategoryUnknown
    return row


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _stored(upload: IO[bytes] | None) -> str:
    """The key in public media; the name follows from the content. Raises InvalidInput."""
    if upload is None:
        return ""
    clean = clean_picture(read_upload(upload, "picture"), "picture", longest_side=SIDE, to="WEBP")
    key = f"categories/{hashlib.sha256(clean.data).hexdigest()[:24]}.webp"
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(clean.data))
    return f"public/{key}"
