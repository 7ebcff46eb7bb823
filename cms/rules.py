"""Which of Wagtail's own routes answer, and whom. What is not named here answers nobody.

Left out on purpose: users and groups (they would list every person of the market), sites, workflows, reports, collections,
page privacy, and bulk actions, which check no model permission.
"""

from __future__ import annotations

from cms import choosers
from tenants.access.rights import Right
from tenants.access.rules import OTHERS, operator, staff

PAGES = [
    f"wagtailadmin_pages:{name}"
    for name in (
        "add",
        "preview_on_add",
        "usage",
        "edit",
        "preview_on_edit",
        "view_draft",
        "add_subpage",
        "delete",
        "unpublish",
        "search",
        "search_results",
        "move",
        "move_confirm",
        "set_page_position",
        "copy",
        "lock",
        "unlock",
        "revisions_index",
        "revisions_view",
        "revisions_revert",
        "revisions_unschedule",
        "revisions_compare",
        "history",
        "history_results",
    )
]
PICTURES = [
    *(
        f"wagtailimages:{name}"
        for name in (
            "index",
            "index_results",
            "edit",
            "delete",
            "preview",
            "add",
            "image_usage",
            "add_multiple",
            "edit_multiple",
            "create_multiple_from_uploaded_image",
            "delete_multiple",
            "delete_upload_multiple",
        )
    ),
    *(f"wagtailimages_chooser:{name}" for name in ("choose", "choose_results", "chosen", "chosen_multiple", "create", "select_format")),
]
SHELL = [
    "wagtailadmin_home",
    "wagtailadmin_explore_root",
    "wagtailadmin_explore",
    "wagtailadmin_explore_results",
    "wagtailadmin_choose_page",
    "wagtailadmin_choose_page_child",
    "wagtailadmin_choose_page_search",
    "wagtailadmin_choose_page_chosen_multiple",
    "wagtailadmin_choose_page_external_link",
    "wagtailadmin_choose_page_email_link",
    "wagtailadmin_choose_page_phone_link",
    "wagtailadmin_choose_page_anchor_link",
    "wagtailadmin_tag_autocomplete",
    "wagtailadmin_dismissibles",
    "wagtailadmin_editing_sessions:ping",
    "wagtailadmin_editing_sessions:release",
    "wagtailadmin_block_preview",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_api:pages:listing",
    "wagtailadmin_api:pages:detail",
    "wagtailadmin_api:pages:find",
    "wagtailadmin_api:images:listing",
    "wagtailadmin_api:images:detail",
    "wagtailadmin_api:images:find",
]
CHOOSERS = [f"{viewset.name}:{name}" for viewset in choosers.ALL for name in ("choose", "choose_results", "chosen", "chosen_multiple")]
VIDEOS = [
    *(f"videos:{name}" for name in ("index", "index_results", "add", "edit", "delete")),
    *(f"video_chooser:{name}" for name in ("choose", "choose_results", "chosen", "chosen_multiple", "create")),
]
ANSWERING = frozenset([*SHELL, *PAGES, *PICTURES, *CHOOSERS, *VIDEOS])
# Content of a merchant or operator, shown on a back office's own host: no script runs in it.
PREVIEWS = frozenset(
    {
        "wagtailadmin_pages:preview_on_add",
        "wagtailadmin_pages:preview_on_edit",
        "wagtailadmin_pages:view_draft",
        "wagtailadmin_pages:revisions_view",
        "wagtailadmin_block_preview",
    }
)


def declare() -> None:
    for name in ANSWERING:
        OTHERS[("workbench", name)] = staff(Right.EDIT_SHOP_PAGES)
        OTHERS[("console", name)] = operator(Right.EDIT_MARKET_PAGES)
