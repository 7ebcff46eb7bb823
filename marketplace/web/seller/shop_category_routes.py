"""Where the pages of the shop's own categories stand in a workbench."""

from __future__ import annotations

from django.urls import URLPattern

from marketplace.web.seller import shop_categories
from tenants.access.rights import Right
from tenants.access.rules import route, staff

SEE, KEEP = Right.VIEW_PRODUCTS, Right.EDIT_PRODUCTS


def shop_category_routes() -> list[URLPattern]:
    return [
        route("shop-categories/", shop_categories.categories, may=staff(SEE), name="shop-categories"),
        route("shop-categories/new/", shop_categories.category, may=staff(KEEP), name="shop-category-new", methods="GET POST"),
        route("shop-categories/<uuid:shop_category_id>/", shop_categories.category, may=staff(SEE, change=KEEP), name="shop-category", methods="GET POST"),
        route("shop-categories/<uuid:shop_category_id>/move/", shop_categories.move, may=staff(KEEP), name="shop-category-move", methods="POST"),
        route("shop-categories/<uuid:shop_category_id>/remove/", shop_categories.remove, may=staff(KEEP), name="shop-category-remove", methods="POST"),
        route("shop-categories/<uuid:shop_category_id>/restore/", shop_categories.restore, may=staff(KEEP), name="shop-category-restore", methods="POST"),
        route("products/shop-category/", shop_categories.shelve, may=staff(KEEP), name="products-shelve", methods="GET POST"),
    ]
