from cms.views import page
from marketplace.config.urls.shared import *  # noqa: F403
from marketplace.config.urls.shared import PAGES
from tenants.access.rules import anyone, route

urlpatterns = [
    route(PAGES, page, may=anyone(), name="wagtail_serve", is_regex=True),
]
