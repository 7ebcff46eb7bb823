"""The market's categories: all of them on a page, and the menu in the header."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from marketplace.platform.taxonomy.models import Category
from marketplace.platform.taxonomy.queries import TREE
from marketplace.platform.taxonomy.virtual import shown_virtual
from tenants.tenancy.hosts import market_url
from tenants.tenancy.stamps import note

MENU_CHILDREN = 8
MENU_FOR_S = 300


@dataclass
class Branch:
    """A category with what stands below it."""

    category: Category
    children: list[Branch] = field(default_factory=list)

    @property
    def href(self) -> str:
        return market_url(f"/c/{self.category.pk}/")


def branches(most_children: int | None = None) -> list[Branch]:
    """The tree's two upper levels in their order. One query."""
    below: dict[int | None, list[Category]] = defaultdict(list)
    note(TREE)
    shown = Category.objects.filter(Q(parent=None) | Q(parent__parent=None, parent__is_hidden=False), is_hidden=False)
    for category in shown.order_by("position", "id"):
        below[category.parent_id].append(category)
    return [Branch(root, [Branch(child) for child in below[root.pk][:most_children]]) for root in below[None]]


def all_categories(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/categories.html", {"branches": branches(), "virtual": shown_virtual()})


def menu(request: HttpRequest) -> HttpResponse:
    """The panel that the header opens; the same for everybody, so a browser may keep it for a while."""
    response = render(request, "ui/shell/menu.html", {"branches": branches(MENU_CHILDREN), "virtual": shown_virtual()})
    patch_cache_control(response, private=True, max_age=MENU_FOR_S)
    return response
