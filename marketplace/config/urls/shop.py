"""A shop's host: its own face. Cart, checkout and account are the market's."""

from cms.views import page
from marketplace.config.urls.shared import *  # noqa: F403
from marketplace.config.urls.shared import PAGES
from storefront.auth import hand_over_routes
from storefront.media import media
from storefront.shop.categories import menu
from storefront.shop.views import front
from tenants.access.rules import anyone, route

urlpatterns = [
    route("", front, may=anyone(), name="home"),
    route("categories/menu/", menu, may=anyone(), name="category-menu"),
    *hand_over_routes(),
    route("media/<str:schema>/<path:path>", media, may=anyone(), name="media"),
    route(PAGES, page, may=anyone(), name="wagtail_serve", is_regex=True),
]
