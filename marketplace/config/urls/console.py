from cms.views import page_elsewhere
from marketplace.config.urls.shared import *  # noqa: F403
from marketplace.config.urls.shared import PAGES
from tenants.access.rules import operator, route

urlpatterns = [
    route(PAGES, page_elsewhere, may=operator(), name="wagtail_serve", is_regex=True),
]
