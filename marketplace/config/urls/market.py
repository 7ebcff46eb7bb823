"""The market's host: looking, buying, the personal centre."""

from cms.views import form as page_form
from cms.views import page
from marketplace.config.urls.shared import *  # noqa: F403
from marketplace.config.urls.shared import PAGES, theme_routes
from storefront import auth
from storefront.account import aftersales, cookies, favourites, keeping, parcels, privacy, profile, recent
from storefront.account import home as centre
from storefront.account import views as account
from storefront.cart import views as cart
from storefront.checkout import rails, sandbox
from storefront.checkout import views as checkout
from storefront.design.views import design
from storefront.mailbox import views as mailbox
from storefront.media import media
from storefront.notices import hooks
from storefront.notices import views as notices
from storefront.reach.routes import market_reach_routes
from storefront.reviews import mine as my_reviews
from storefront.reviews import views as reviews
from storefront.sell import contract as applicants_contract
from storefront.sell import views as sell
from storefront.sell.deposit import deposit
from storefront.shop import browse, categories, product, region, share, shops, suggest
from storefront.shop import views as shop
from storefront.stop_change import stop_change
from storefront.work import views as work
from tenants.access.rules import anyone, route, signed_in

urlpatterns = [
    route("", shop.home, may=anyone(), name="home"),
    route("search/", browse.search, may=anyone(), name="search", limit="search"),
    route("search/suggest/", suggest.suggestions, may=anyone(), name="search-suggest", limit="suggest"),
    route("c/<int:category_id>/", browse.category, may=anyone(), name="category", limit="search"),
    route("v/<slug:code>/", browse.virtual, may=anyone(), name="virtual", limit="search"),
    route("b/<int:brand_id>/", browse.brand, may=anyone(), name="brand", limit="search"),
    route("categories/", categories.all_categories, may=anyone(), name="categories"),
    route("categories/menu/", categories.menu, may=anyone(), name="category-menu"),
    route("p/<uuid:listing_id>/", product.product, may=anyone(), name="product"),
    route("p/<uuid:listing_id>/quick/", product.quick_view, may=anyone(), name="quick-view"),
    route("p/<uuid:listing_id>/share/", share.share, may=anyone(), name="product-share"),
    route("p/<uuid:listing_id>/poster/", share.poster, may=anyone(), name="product-poster"),
    route("p/<uuid:listing_id>/poster.svg", share.poster_picture, may=anyone(), name="product-poster-picture"),
    route("deliver-to/", region.deliver_to, may=anyone(), name="deliver-to", methods="GET POST"),
    route("p/<uuid:listing_id>/reviews/", reviews.reviews, may=anyone(), name="product-reviews"),
    route("p/<uuid:listing_id>/questions/", reviews.questions, may=anyone(), name="product-questions"),
    route("p/<uuid:listing_id>/ask/", reviews.ask, may=signed_in(), name="question-ask", methods="POST", limit="write"),
    route("questions/<uuid:question_id>/answer/", reviews.answer, may=signed_in(), name="question-answer", methods="POST", limit="write"),
    route("reviews/<uuid:review_id>/helpful/", reviews.helpful, may=signed_in(), name="review-helpful", methods="POST", limit="write"),
    route("shops/", shops.shops, may=anyone(), name="shops"),
    route("cart/", cart.cart, may=anyone(), name="cart"),
    route("cart/add/", cart.add, may=anyone(), name="cart-add", methods="POST", limit="cart"),
    route("cart/choose/", cart.choose_all, may=anyone(), name="cart-choose-all", methods="POST"),
    route("cart/shops/<uuid:merchant_id>/choose/", cart.choose_shop, may=anyone(), name="cart-choose-shop", methods="POST"),
    route("cart/clear/", cart.clear, may=anyone(), name="cart-clear", methods="POST"),
    route("cart/lines/<uuid:line_id>/", cart.line, may=anyone(), name="cart-line", methods="POST"),
    route("cart/lines/<uuid:line_id>/wishes/", cart.wishes, may=anyone(), name="cart-wishes", methods="GET POST"),
    route("cart/lines/<uuid:line_id>/choose/", cart.choose, may=anyone(), name="cart-choose", methods="POST"),
    route("checkout/", checkout.checkout, may=signed_in(), name="checkout"),
    route("checkout/address/", checkout.address, may=signed_in(), name="checkout-address", methods="POST"),
    route("checkout/place/", checkout.place, may=signed_in(), name="checkout-place", methods="POST", limit="order"),
    route("pay/<str:number>/", checkout.pay, may=signed_in(), name="pay"),
    route("pay/<str:number>/back/", rails.back, may=signed_in(), name="pay-back"),
    route("pay/sandbox/<uuid:attempt_id>/", sandbox.page, may=signed_in(), name="pay-sandbox", methods="GET POST"),
    route("orders/", account.orders, may=signed_in(), name="orders"),
    route("orders/<str:number>/", account.group, may=signed_in(), name="order-group"),
    route("orders/<str:number>/receive/", account.receive, may=signed_in(), name="order-receive", methods="POST"),
    route("orders/<str:number>/give-up/", aftersales.give_up, may=signed_in(), name="order-give-up", methods="POST"),
    route("orders/<str:number>/cancel/", aftersales.cancel, may=signed_in(), name="order-cancel", methods="GET POST"),
    route("orders/<str:number>/return/", aftersales.ask_back, may=signed_in(), name="order-return", methods="GET POST"),
    route("orders/<str:number>/answer/", account.answer, may=signed_in(), name="order-answer", methods="POST", limit="write"),
    route("orders/<str:number>/review/", my_reviews.write, may=signed_in(), name="order-review", methods="GET POST", limit="write"),
    route("account/reviews/", my_reviews.mine, may=signed_in(), name="my-reviews"),
    route("account/reviews/<uuid:review_id>/add/", my_reviews.add, may=signed_in(), name="review-add", methods="POST", limit="write"),
    route("returns/", aftersales.returns, may=signed_in(), name="returns"),
    route("returns/<str:number>/", aftersales.one_return, may=signed_in(), name="return"),
    route("returns/<str:number>/withdraw/", aftersales.withdraw, may=signed_in(), name="return-withdraw", methods="POST"),
    route("returns/<str:number>/send/", aftersales.send, may=signed_in(), name="return-send", methods="POST"),
    route("account/", centre.home, may=signed_in(), name="account"),
    route("account/addresses/", account.addresses, may=signed_in(), name="addresses"),
    route("account/addresses/new/", account.address, may=signed_in(), name="address-new", methods="GET POST"),
    route("account/addresses/<uuid:address_id>/", account.address, may=signed_in(), name="address", methods="GET POST"),
    route("account/addresses/<uuid:address_id>/default/", account.address_default, may=signed_in(), name="address-default", methods="POST"),
    route("account/addresses/<uuid:address_id>/remove/", account.address_remove, may=signed_in(), name="address-remove", methods="POST"),
    route("account/favourites/", favourites.favourites, may=signed_in(), name="favourites"),
    route("account/favourites/take-out/", favourites.take_out, may=signed_in(), name="favourites-take-out", methods="POST"),
    route("account/favourites/undo/", favourites.undo, may=signed_in(), name="favourites-undo", methods="POST"),
    route("account/shops/", favourites.followed, may=signed_in(), name="follows"),
    route("account/profile/", profile.profile, may=signed_in(), name="profile", methods="GET POST"),
    route("account/profile/sign-out-others/", profile.sign_out_others, may=signed_in(), name="sign-out-others", methods="POST", limit="sign_in"),
    route("account/devices/<uuid:sign_in_id>/end/", profile.device_ended, may=signed_in(), name="device-end", methods="POST"),
    route("account/email/", profile.email, may=signed_in(), name="account-email", methods="GET POST", limit="register"),
    route("account/privacy/", privacy.privacy, may=signed_in(), name="privacy"),
    route("account/privacy/data/", privacy.data, may=signed_in(), name="my-data", methods="GET POST"),
    route("account/privacy/data/<uuid:export_id>/", privacy.download, may=signed_in(), name="my-data-download"),
    route("account/privacy/delete/", privacy.close, may=signed_in(), name="account-close", methods="GET POST", limit="sign_in"),
    route("account/closed/", privacy.closed, may=anyone(), name="account-closed"),
    route("account/workplaces/", work.work, may=signed_in(), name="workplaces"),
    route("invitations/<str:token>/", work.invitation, may=anyone(), name="invitation", methods="GET POST", limit="register"),
    route("account/notices/", notices.my_notices, may=signed_in(), name="my-notices"),
    route("account/notices/read/", notices.read, may=signed_in(), name="my-notices-read", methods="POST"),
    route("account/notices/settings/", notices.settings_page, may=signed_in(), name="notice-settings", methods="GET POST"),
    route("account/notices/number/", notices.number, may=signed_in(), name="notice-number", methods="POST", limit="message"),
    route("account/notices/address/", notices.works, may=signed_in(), name="notice-address", methods="POST", limit="message"),
    route("notices/refuse/<str:token>/", notices.refuse, may=anyone(), name="notice-refuse", methods="GET POST", limit="message"),
    route("account/parcels/", parcels.parcels, may=signed_in(), name="parcels"),
    route("recent/", recent.recent, may=anyone(), name="recent", methods="GET POST"),
    route("recent/clear/", recent.clear, may=anyone(), name="recent-clear", methods="POST"),
    route("recent/remember/", recent.remember, may=signed_in(), name="recent-remember", methods="POST"),
    route("recent/personalised/", recent.personalised, may=signed_in(), name="recent-personalised", methods="POST"),
    route("cookies/", cookies.cookies, may=anyone(), name="cookies", methods="GET POST"),
    route("favourites/<uuid:listing_id>/", keeping.favourite, may=anyone(), name="favourite", methods="POST", limit="cart"),
    route("favourites/wish/", keeping.wish, may=signed_in(), name="wish"),
    route("shops/<uuid:merchant_id>/follow/", keeping.follow, may=anyone(), name="follow", methods="POST", limit="cart"),
    route("regions/", account.regions, may=anyone(), name="regions"),
    route("payout-account/stop/", stop_change, may=anyone(), name="payout-stop", methods="GET POST", limit="message"),
    route("sell/", sell.sell, may=anyone(), name="sell"),
    route("sell/rules/<slug:kind>/", sell.rules, may=anyone(), name="rules"),
    route("sell/rules/<slug:kind>/<int:version>/", sell.rules, may=anyone(), name="rules-version"),
    route("sell/apply/", sell.apply, may=signed_in(), name="apply", methods="GET POST", limit="upload"),
    route("sell/applications/<str:number>/", sell.application, may=signed_in(), name="application"),
    route("sell/applications/<str:number>/deposit/", deposit, may=signed_in(), name="application-deposit"),
    route("sell/applications/<str:number>/withdraw/", sell.withdraw, may=signed_in(), name="application-withdraw", methods="POST"),
    route(
        "sell/applications/<str:number>/contract/",
        applicants_contract.contract,
        may=signed_in(),
        name="application-contract",
        methods="GET POST",
        limit="sign_in",
    ),
    route("sell/applications/<str:number>/contract/pdf/", applicants_contract.contract_paper, may=signed_in(), name="application-contract-paper"),
    route("sell/applications/<str:number>/papers/<uuid:paper_id>/", sell.paper, may=signed_in(), name="application-paper"),
    route("mailbox/", mailbox.mailbox, may=anyone(), name="mailbox"),
    route("mailbox/sms/", mailbox.sms_box, may=anyone(), name="sms-box"),
    route("mailbox/<str:key>/", mailbox.mail, may=anyone(), name="mail"),
    route("mailbox/<str:key>/html/", mailbox.mail_html, may=anyone(), name="mail-html"),
    route("design/", design, may=anyone(), name="design"),
    route("hooks/stripe/", rails.stripe_hook(of_accounts=False), may=anyone(), name="stripe-hook", methods="POST"),
    route("hooks/stripe/connect/", rails.stripe_hook(of_accounts=True), may=anyone(), name="stripe-connect-hook", methods="POST"),
    route("hooks/mail/", hooks.mail_hook, may=anyone(), name="mail-hook", methods="POST"),
    route("hooks/sms/", hooks.sms_hook, may=anyone(), name="sms-hook", methods="POST"),
    route("hand-over/", auth.hand_over, may=signed_in(), name="hand-over", limit="hand_over"),
    *auth.sign_in_routes(),
    *auth.registration_routes(),
    *market_reach_routes(),
    *theme_routes(),
    route("media/<str:schema>/<path:path>", media, may=anyone(), name="media"),
    route("forms/<int:page_id>/<uuid:block_id>/", page_form, may=anyone(), name="page-form", methods="POST", limit="message"),
    route(PAGES, page, may=anyone(), name="wagtail_serve", is_regex=True),
]
