"""A shop's host: its own face. Cart, checkout and account are the market's."""

from cms.views import form as page_form
from cms.views import page
from marketplace.config.urls.shared import *  # noqa: F403
from marketplace.config.urls.shared import PAGES, theme_routes
from storefront.account import keeping
from storefront.auth import hand_over_routes
from storefront.media import media
from storefront.reach.routes import shop_reach_routes
from storefront.shop import shelves, shops, suggest
from storefront.shop.categories import menu
from storefront.shop.views import front
from tenants.access.rules import anyone, route, signed_in

urlpatterns = [
    route("", front, may=anyone(), name="home"),
    route("search/", shops.goods, may=anyone(), name="search", limit="search"),
    route("search/suggest/", suggest.suggestions, may=anyone(), name="search-suggest", limit="suggest"),
    route("v/<slug:code>/", shelves.shelf, may=anyone(), name="shelf", limit="search"),
    route("about/", shops.about, may=anyone(), name="about"),
    route("categories/menu/", menu, may=anyone(), name="category-menu"),
    route("favourites/<uuid:listing_id>/", keeping.favourite, may=anyone(), name="favourite", methods="POST", limit="cart"),
    route("favourites/wish/", keeping.wish, may=signed_in(), name="wish"),
    route("shops/<uuid:merchant_id>/follow/", keeping.follow, may=anyone(), name="follow", methods="POST", limit="cart"),
    *hand_over_routes(),
    *shop_reach_routes(),
    *theme_routes(),
    route("media/<str:schema>/<path:path>", media, may=anyone(), name="media"),
    route("forms/<int:page_id>/<uuid:block_id>/", page_form, may=anyone(), name="page-form", methods="POST", limit="message"),
    route(PAGES, page, may=anyone(), name="wagtail_serve", is_regex=True),
]
