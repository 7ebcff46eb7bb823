from cms.views import page_elsewhere
from marketplace.config.urls.shared import *  # noqa: F403
from marketplace.config.urls.shared import PAGES
from tenants.access.rules import route, staff

urlpatterns = [
    route(PAGES, page_elsewhere, may=staff(), name="wagtail_serve", is_regex=True),
]
