"""What we hang onto Wagtail: a menu of what our rules let through, our look, our choosers, and the log of what editors do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms import choosers, videos
from cms.actions import note_on_page
from cms.pictures import make_widths
from cms.schedule import arrange
from cms.video_list import Videos
from marketplace.kernel import clock
from tenants.access.actors import actor_of

VIDEOS = Videos("videos", url_prefix="videos")
KEPT = frozenset({"explorer", "images", "videos"})


@hooks.register("construct_main_menu")
def keep_pages_and_pictures(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name in KEPT]
    back = _("Back to the workbench") if getattr(request, "merchant", None) else _("Back to the console")
    items.append(MenuItem(back, "/", name="back", icon_name="arrow-left", order=10_000))


@hooks.register("construct_homepage_panels")
def keep_page_panels(request: HttpRequest, panels: list[Any]) -> None:
    panels[:] = [panel for panel in panels if "Workflow" not in type(panel).__name__]


@hooks.register("insert_global_admin_css")
def our_look() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("cms/admin.css"))


@hooks.register("register_admin_viewset")
def our_choosers() -> list[Any]:
    return [*choosers.ALL, videos.chooser, VIDEOS]


@hooks.register("after_publish_page")
def note_published(request: HttpRequest, page: Any) -> None:
    """Published now, or kept for its date: into the log, with its pictures in their widths and its dates watched."""
    make_widths(page.specific)
    arrange()
    is_later = bool(page.go_live_at and page.go_live_at > clock.now())
    note_on_page(by=actor_of(request), page=page, action="page.scheduled" if is_later else "page.published")


@hooks.register("after_unpublish_page")
def note_unpublished(request: HttpRequest, page: Any) -> None:
    arrange()
    note_on_page(by=actor_of(request), page=page, action="page.unpublished")


@hooks.register("after_delete_page")
def note_deleted(request: HttpRequest, page: Any) -> None:
    arrange()
    note_on_page(by=actor_of(request), page=page, action="page.deleted")
