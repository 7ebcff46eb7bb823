"""Where codes and vouchers stand in a workbench."""

from __future__ import annotations

from django.urls import URLPattern

from marketplace.web.seller.virtual import codes, redeeming
from tenants.access.rights import Right
from tenants.access.rules import route, staff


def virtual_routes() -> list[URLPattern]:
    return [
        route("codes/", codes.codes, may=staff(Right.VIEW_PRODUCTS), name="codes", methods="GET POST"),
        route("codes/<uuid:code_id>/", codes.code, may=staff(Right.VIEW_PRODUCTS), name="code"),
        route("codes/<uuid:code_id>/show/", codes.code_show, may=staff(Right.KEEP_STOCK), name="code-show", methods="POST"),
        route("codes/<uuid:code_id>/remove/", codes.code_remove, may=staff(Right.KEEP_STOCK), name="code-remove", methods="POST"),
        route("products/<uuid:product_id>/codes/", codes.product_codes, may=staff(Right.KEEP_STOCK), name="product-codes", methods="GET POST"),
        route("redeem/", redeeming.redeem, may=staff(Right.SHIP_ORDERS), name="redeem", methods="GET POST", limit="redeem"),
    ]
