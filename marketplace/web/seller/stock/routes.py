"""Where the pages of stock stand in a workbench."""

from __future__ import annotations

from django.urls import URLPattern

from marketplace.web.seller import labels_of_many
from marketplace.web.seller.stock import ledger, listing, locations, restocks, stocktake_file, stocktakes, transfers, variant
from tenants.access.rights import Right
from tenants.access.rules import route, staff

SEE, KEEP = Right.VIEW_PRODUCTS, Right.KEEP_STOCK


def stock_routes() -> list[URLPattern]:
    return [
        route("stock/", listing.stock, may=staff(SEE), name="stock", methods="GET POST"),
        route("stock/set/", listing.set_chosen, may=staff(KEEP), name="stock-set", methods="GET POST"),
        route("stock/labels/", labels_of_many.of_stock, may=staff(SEE), name="stock-labels"),
        route("stock/labels/pdf/", labels_of_many.of_stock_pdf, may=staff(SEE), name="stock-labels-pdf"),
        route("movements/", ledger.movements, may=staff(SEE), name="movements", methods="GET POST"),
        route("stock/variants/<uuid:variant_id>/", variant.variant, may=staff(SEE), name="stock-variant"),
        route("stock/variants/<uuid:variant_id>/adjust/", variant.adjust, may=staff(KEEP), name="stock-adjust", methods="POST"),
        route("stock/locations/", locations.locations, may=staff(SEE, change=KEEP), name="locations", methods="GET POST"),
        route("stock/locations/<uuid:location_id>/", locations.location, may=staff(SEE, change=KEEP), name="location", methods="GET POST"),
        route("stock/locations/<uuid:location_id>/close/", locations.close, may=staff(KEEP), name="location-close", methods="POST"),
        route("transfers/", transfers.transfers, may=staff(SEE), name="transfers", methods="GET POST"),
        route("transfers/new/", transfers.transfer_new, may=staff(KEEP), name="transfer-new", methods="GET POST"),
        route("transfers/<str:number>/", transfers.transfer, may=staff(SEE), name="transfer"),
        route("transfers/<str:number>/end/", transfers.transfer_end, may=staff(KEEP), name="transfer-end", methods="POST"),
        route("stocktakes/", stocktakes.stocktakes, may=staff(SEE), name="stocktakes", methods="GET POST"),
        route("stocktakes/new/", stocktakes.stocktake_new, may=staff(KEEP), name="stocktake-new", methods="GET POST"),
        route("stocktakes/<str:number>/", stocktakes.stocktake, may=staff(SEE), name="stocktake"),
        route("stocktakes/<str:number>/sheet/", stocktakes.stocktake_sheet, may=staff(SEE), name="stocktake-sheet"),
        route("stocktakes/<str:number>/file/", stocktake_file.stocktake_file, may=staff(SEE), name="stocktake-file"),
        route("stocktakes/<str:number>/count/", stocktakes.stocktake_count, may=staff(KEEP), name="stocktake-count", methods="POST"),
        route("stocktakes/<str:number>/scan/", stocktakes.stocktake_scan, may=staff(KEEP), name="stocktake-scan", methods="POST"),
        route("stocktakes/<str:number>/upload/", stocktakes.stocktake_upload, may=staff(KEEP), name="stocktake-upload", methods="POST", limit="upload"),
        route("stocktakes/<str:number>/step/", stocktakes.stocktake_step, may=staff(KEEP), name="stocktake-step", methods="POST"),
        route("replenish/", restocks.replenish, may=staff(SEE), name="replenish", methods="GET POST"),
        route("restocks/", restocks.restocks, may=staff(SEE), name="restocks", methods="GET POST"),
        route("restocks/new/", restocks.restock_new, may=staff(KEEP), name="restock-new", methods="GET POST"),
        route("restocks/<str:number>/", restocks.restock, may=staff(SEE), name="restock"),
        route("restocks/<str:number>/receive/", restocks.restock_receive, may=staff(KEEP), name="restock-receive", methods="POST"),
        route("restocks/<str:number>/end/", restocks.restock_end, may=staff(KEEP), name="restock-end", methods="POST"),
    ]
