"""A merchant's workbench."""

from cms.views import page_elsewhere
from marketplace.config.urls.shared import *  # noqa: F403
from marketplace.config.urls.shared import PAGES, cms_routes, theme_routes
from marketplace.web import inbox, jobs
from marketplace.web.decorate import decorating
from marketplace.web.go_to import go_in_workbench
from marketplace.web.lists.forms import shared
from marketplace.web.logs import log_entry, shop_log
from marketplace.web.messages import messages_page
from marketplace.web.seller import (
    brands,
    company,
    contract,
    customers,
    deposit,
    domains,
    guide,
    money,
    opinions,
    order,
    orders,
    own_categories,
    package,
    parcels,
    price_lists,
    prices,
    products,
    qualifications,
    reductions,
    returns,
    slips,
    theme,
)
from marketplace.web.seller.closing import closing, export, export_file
from marketplace.web.seller.delivery import delivery
from marketplace.web.seller.holiday import holiday
from marketplace.web.seller.overview import overview
from marketplace.web.seller.payout_account import account_confirm, account_show, account_stop, payout_account, payout_stripe
from marketplace.web.seller.stock.routes import stock_routes
from marketplace.web.staff import support
from marketplace.web.staff.people import shop_staff
from marketplace.web.staff.routes import staff_routes
from storefront.auth import hand_over_routes
from storefront.media import media
from storefront.reach.robots import robots
from storefront.shop.theme_preview import theme_preview
from storefront.themes import draft_sheet
from tenants.access.rights import Right
from tenants.access.rules import anyone, route, staff

urlpatterns = [
    route("", overview, may=staff(), name="overview"),
    route("go/", go_in_workbench, may=staff(), name="go"),
    route("orders/", orders.orders, may=staff(Right.VIEW_ORDERS), name="orders", methods="GET POST"),
    route("orders/accept/", parcels.accept_chosen, may=staff(Right.SHIP_ORDERS), name="orders-accept", methods="POST"),
    route("orders/slips/", slips.slips, may=staff(Right.VIEW_ORDERS), name="packing-slips"),
    route("orders/slips/pdf/", slips.slips_pdf, may=staff(Right.VIEW_ORDERS), name="packing-slips-pdf"),
    route("orders/<str:number>/", order.order, may=staff(Right.VIEW_ORDERS), name="order"),
    route("orders/<str:number>/note/", order.order_note, may=staff(Right.VIEW_ORDERS), name="order-note", methods="POST"),
    route("orders/<str:number>/phone/", order.order_phone, may=staff(Right.VIEW_ORDERS), name="order-phone", methods="POST"),
    route("orders/<str:number>/accept/", parcels.accept, may=staff(Right.SHIP_ORDERS), name="order-accept", methods="POST"),
    route("orders/<str:number>/pack/", parcels.pack, may=staff(Right.SHIP_ORDERS), name="order-pack", methods="POST"),
    route("orders/<str:number>/parcels/<uuid:package_id>/ship/", parcels.hand_over, may=staff(Right.SHIP_ORDERS), name="parcel-ship", methods="POST"),
    route("orders/<str:number>/parcels/<uuid:package_id>/open/", parcels.open_again, may=staff(Right.SHIP_ORDERS), name="parcel-open", methods="POST"),
    route("orders/<str:number>/slip/", slips.slip, may=staff(Right.VIEW_ORDERS), name="packing-slip"),
    route("orders/<str:number>/slip/pdf/", slips.slip_pdf, may=staff(Right.VIEW_ORDERS), name="packing-slip-pdf"),
    route("orders/<str:number>/cancel/", parcels.cancel, may=staff(Right.CANCEL_ORDERS), name="order-cancel", methods="POST"),
    route("returns/", returns.returns, may=staff(Right.VIEW_ORDERS), name="returns", methods="GET POST"),
    route("returns/<str:number>/", returns.return_page, may=staff(Right.VIEW_ORDERS), name="return"),
    route("returns/<str:number>/answer/", returns.answer_return, may=staff(Right.HANDLE_RETURNS), name="return-answer", methods="POST"),
    route("returns/<str:number>/inspect/", returns.inspect, may=staff(Right.HANDLE_RETURNS), name="return-inspect", methods="POST"),
    route("returns/<str:number>/confirm/", returns.confirm, may=staff(Right.HANDLE_RETURNS), name="return-confirm", methods="POST"),
    route("customers/", customers.customers, may=staff(Right.VIEW_CUSTOMERS), name="customers", methods="GET POST"),
    route("customers/<uuid:customer_id>/", customers.customer, may=staff(Right.VIEW_CUSTOMERS), name="customer"),
    route("customers/<uuid:customer_id>/note/", customers.noted, may=staff(Right.MANAGE_CUSTOMERS), name="customer-note", methods="POST"),
    route("customers/<uuid:customer_id>/tags/", customers.tagged, may=staff(Right.MANAGE_CUSTOMERS), name="customer-tags", methods="POST"),
    route("reviews/", opinions.reviews, may=staff(Right.ANSWER_BUYERS), name="reviews", methods="GET POST"),
    route("reviews/<uuid:review_id>/answer/", opinions.review_answer, may=staff(Right.ANSWER_BUYERS), name="review-answer", methods="POST"),
    route("questions/", opinions.questions, may=staff(Right.ANSWER_BUYERS), name="questions", methods="GET POST"),
    route("questions/<uuid:question_id>/answer/", opinions.question_answer, may=staff(Right.ANSWER_BUYERS), name="question-answer", methods="POST"),
    route("products/", products.products, may=staff(Right.VIEW_PRODUCTS), name="products", methods="GET POST"),
    route("products/new/", products.product, may=staff(Right.EDIT_PRODUCTS), name="product-new", methods="GET POST"),
    route("products/categories/", products.categories, may=staff(Right.EDIT_PRODUCTS), name="product-categories"),
    route("products/submit/", products.submit_chosen, may=staff(Right.EDIT_PRODUCTS), name="products-submit", methods="POST"),
    route("products/on-sale/", products.put_chosen_on_sale, may=staff(Right.EDIT_PRODUCTS), name="products-on-sale", methods="POST"),
    route("products/off-sale/", products.take_chosen_off_sale, may=staff(Right.EDIT_PRODUCTS), name="products-off-sale", methods="POST"),
    route("products/<uuid:product_id>/", products.product, may=staff(Right.VIEW_PRODUCTS, change=Right.EDIT_PRODUCTS), name="product", methods="GET POST"),
    route("products/<uuid:product_id>/on-sale/", products.on_sale, may=staff(Right.EDIT_PRODUCTS), name="product-on-sale", methods="POST"),
    route("products/<uuid:product_id>/submit/", products.submit, may=staff(Right.EDIT_PRODUCTS), name="product-submit", methods="POST"),
    route("products/<uuid:product_id>/withdraw/", products.withdraw, may=staff(Right.EDIT_PRODUCTS), name="product-withdraw", methods="POST"),
    route("products/<uuid:product_id>/off-sale/", products.off_sale, may=staff(Right.EDIT_PRODUCTS), name="product-off-sale", methods="POST"),
    route(
        "products/<uuid:product_id>/prices/",
        prices.product_prices,
        may=staff(Right.VIEW_PRODUCTS, change=Right.EDIT_PRODUCTS),
        name="product-prices",
        methods="GET POST",
    ),
    route(
        "products/<uuid:product_id>/prices/<uuid:price_id>/call-off/", prices.call_off, may=staff(Right.EDIT_PRODUCTS), name="price-call-off", methods="POST"
    ),
    route("reductions/", reductions.reductions, may=staff(Right.VIEW_PRODUCTS), name="reductions", methods="GET POST"),
    route("reductions/new/", reductions.reduction_new, may=staff(Right.EDIT_PRODUCTS), name="reduction-new", methods="GET POST"),
    route(
        "reductions/<uuid:reduction_id>/",
        reductions.reduction,
        may=staff(Right.VIEW_PRODUCTS, change=Right.EDIT_PRODUCTS),
        name="reduction",
        methods="GET POST",
    ),
    route("reductions/<uuid:reduction_id>/stop/", reductions.stop, may=staff(Right.EDIT_PRODUCTS), name="reduction-stop", methods="POST"),
    route("reductions/<uuid:reduction_id>/resume/", reductions.resume, may=staff(Right.EDIT_PRODUCTS), name="reduction-resume", methods="POST"),
    route("price-lists/", price_lists.price_lists, may=staff(Right.EDIT_PRODUCTS), name="price-lists"),
    route("price-lists/groups/", price_lists.group, may=staff(Right.EDIT_PRODUCTS), name="customer-group", methods="POST"),
    route("price-lists/new/", price_lists.price_list, may=staff(Right.EDIT_PRODUCTS), name="price-list-new", methods="GET POST"),
    route("price-lists/<uuid:list_id>/", price_lists.price_list, may=staff(Right.EDIT_PRODUCTS), name="price-list", methods="GET POST"),
    route("price-lists/<uuid:list_id>/prices/", price_lists.prices, may=staff(Right.EDIT_PRODUCTS), name="price-list-prices", methods="POST"),
    route("price-lists/<uuid:list_id>/move/", price_lists.move, may=staff(Right.EDIT_PRODUCTS), name="price-list-move", methods="POST"),
    route("price-lists/<uuid:list_id>/switch/", price_lists.switch, may=staff(Right.EDIT_PRODUCTS), name="price-list-switch", methods="POST"),
    *stock_routes(),
    route("statements/", money.statements, may=staff(Right.VIEW_STATEMENTS), name="statements", methods="GET POST"),
    route("statements/<str:number>/", money.statement, may=staff(Right.VIEW_STATEMENTS), name="statement"),
    route("statements/<str:number>/csv/", money.statement_as_csv, may=staff(Right.VIEW_STATEMENTS), name="statement-csv"),
    route("statements/<str:number>/pdf/", money.statement_as_pdf, may=staff(Right.VIEW_STATEMENTS), name="statement-pdf"),
    route("deposit/", deposit.deposit, may=staff(Right.VIEW_STATEMENTS), name="deposit"),
    route("deposit/evidence/<uuid:evidence_id>/", deposit.evidence, may=staff(Right.VIEW_STATEMENTS), name="deposit-evidence"),
    route("deposit/<str:number>/object/", deposit.deposit_object, may=staff(Right.MANAGE_PAYOUTS), name="deposit-object", methods="POST"),
    route("package/", package.package, may=staff(Right.VIEW_STATEMENTS), name="package"),
    route("package/change/", package.change, may=staff(Right.MANAGE_PAYOUTS), name="package-change", methods="POST"),
    route("package/add-ons/", package.add_on, may=staff(Right.MANAGE_PAYOUTS), name="add-on-take", methods="POST"),
    route("package/add-ons/<uuid:add_on_id>/give-up/", package.add_on_give_up, may=staff(Right.MANAGE_PAYOUTS), name="add-on-give-up", methods="POST"),
    route("package/services/", package.service, may=staff(Right.MANAGE_PAYOUTS), name="service-order", methods="POST"),
    route("package/services/<uuid:service_id>/withdraw/", package.service_withdraw, may=staff(Right.MANAGE_PAYOUTS), name="service-withdraw", methods="POST"),
    route("delivery/", delivery, may=staff(Right.MANAGE_DELIVERY), name="delivery", methods="GET POST"),
    route("domains/", domains.domains, may=staff(Right.MANAGE_DOMAINS), name="domains", methods="GET POST"),
    route("domains/primary/", domains.primary, may=staff(Right.MANAGE_DOMAINS), name="domain-primary", methods="POST"),
    route("domains/<uuid:domain_id>/look/", domains.look, may=staff(Right.MANAGE_DOMAINS), name="domain-look", methods="POST", limit="write"),
    route("domains/<uuid:domain_id>/remove/", domains.remove, may=staff(Right.MANAGE_DOMAINS), name="domain-remove", methods="POST"),
    route("holiday/", holiday, may=staff(Right.MANAGE_DELIVERY), name="holiday", methods="GET POST"),
    route(
        "own-categories/", own_categories.own_categories, may=staff(Right.VIEW_PRODUCTS, change=Right.EDIT_PRODUCTS), name="own-categories", methods="GET POST"
    ),
    route("brands/", brands.brands, may=staff(Right.VIEW_PRODUCTS, change=Right.MANAGE_PAPERS), name="shop-brands", methods="GET POST", limit="upload"),
    route(
        "qualifications/",
        qualifications.qualifications,
        may=staff(Right.VIEW_PRODUCTS, change=Right.MANAGE_PAPERS),
        name="qualifications",
        methods="GET POST",
        limit="upload",
    ),
    route(
        "market-rules/",
        qualifications.rules,
        may=staff(Right.VIEW_PRODUCTS, change=Right.MANAGE_PAPERS),
        name="market-rules",
        methods="GET POST",
    ),
    route("guide/", guide.guide, may=staff(Right.VIEW_PRODUCTS, change=Right.MANAGE_PAPERS), name="guide", methods="GET POST"),
    route(
        "company/",
        company.company,
        may=staff(Right.VIEW_PRODUCTS, change=Right.MANAGE_PAPERS),
        name="company",
        methods="GET POST",
    ),
    route(
        "contract/",
        contract.contract,
        may=staff(Right.MANAGE_PAPERS),
        name="contract",
        methods="GET POST",
        limit="sign_in",
    ),
    route("contract/<str:number>/pdf/", contract.contract_paper, may=staff(Right.MANAGE_PAPERS), name="contract-paper"),
    route("qualifications/papers/<uuid:paper_id>/", qualifications.paper, may=staff(Right.MANAGE_PAPERS), name="qualification-paper"),
    route("payout-account/", payout_account, may=staff(Right.MANAGE_PAYOUTS), name="payout-account", methods="GET POST"),
    route("payout-account/stripe/", payout_stripe, may=staff(Right.MANAGE_PAYOUTS), name="payout-stripe", methods="POST"),
    route("export/", export, may=staff(Right.MANAGE_PAYOUTS), name="shop-export", methods="GET POST", limit="write"),
    route("export/<uuid:export_id>/", export_file, may=staff(Right.MANAGE_PAYOUTS), name="shop-export-file"),
    route("closing/", closing, may=staff(Right.MANAGE_PAYOUTS), name="closing", methods="GET POST", limit="sign_in"),
    route("payout-account/show/", account_show, may=staff(Right.REVEAL_ACCOUNT), name="account-show", methods="POST"),
    route("payout-account/changes/<uuid:account_change_id>/confirm/", account_confirm, may=staff(Right.MANAGE_PAYOUTS), name="account-confirm", methods="POST"),
    route("payout-account/changes/<uuid:account_change_id>/stop/", account_stop, may=staff(Right.MANAGE_PAYOUTS), name="account-stop", methods="POST"),
    route("support/", support.of_shop, may=staff(Right.GRANT_SUPPORT), name="support"),
    route("support/<uuid:visit_id>/answer/", support.answer, may=staff(Right.GRANT_SUPPORT), name="support-answer", methods="POST"),
    route("support/<uuid:visit_id>/end/", support.end, may=staff(Right.GRANT_SUPPORT), name="support-end", methods="POST"),
    *staff_routes(staff, Right.MANAGE_STAFF, shop_staff),
    route("log/", shop_log, may=staff(Right.VIEW_SHOP_LOG), name="log", methods="GET POST"),
    route("log/<uuid:event_id>/", log_entry, may=staff(Right.VIEW_SHOP_LOG), name="log-entry"),
    route("inbox/", inbox.inbox, may=staff(), name="inbox"),
    route("inbox/read/", inbox.inbox_read, may=staff(), name="inbox-read", methods="POST"),
    route("jobs/", jobs.jobs, may=staff(), name="jobs"),
    route("jobs/<uuid:job_id>/", jobs.job, may=staff(), name="job"),
    route("jobs/<uuid:job_id>/file/", jobs.file, may=staff(), name="job-file"),
    route("views/<uuid:view_id>/share/", shared, may=staff(Right.SHARE_VIEWS), name="view-share", methods="POST"),
    route("theme/", theme.theme, may=staff(Right.EDIT_SHOP_PAGES), name="theme", methods="GET POST"),
    route("theme/try/", theme.trying, may=staff(Right.EDIT_SHOP_PAGES), name="theme-try"),
    route("theme/undo/", theme.undo, may=staff(Right.EDIT_SHOP_PAGES), name="theme-undo", methods="POST"),
    route("theme/preview/", theme_preview, may=staff(Right.EDIT_SHOP_PAGES), name="theme-preview"),
    route("theme/preview.css", draft_sheet, may=staff(Right.EDIT_SHOP_PAGES), name="theme-draft"),
    route("decorate/", decorating(base="seller/base.html"), may=staff(Right.EDIT_SHOP_PAGES), name="decorate", methods="GET POST"),
    route("messages/", messages_page(base="seller/base.html"), may=staff(Right.EDIT_SHOP_PAGES), name="messages"),
    *hand_over_routes(),
    *cms_routes(),
    route("robots.txt", robots, may=anyone(), name="robots"),
    *theme_routes(),
    route("media/<str:schema>/<path:path>", media, may=anyone(), name="media"),
    route(PAGES, page_elsewhere, may=staff(), name="wagtail_serve", is_regex=True),
]
