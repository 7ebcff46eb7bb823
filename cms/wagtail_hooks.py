"""Wagtail's menu holds what our rules let through: pages and pictures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

KEPT = frozenset({"explorer", "images"})


@hooks.register("construct_main_menu")
def keep_pages_and_pictures(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name in KEPT]


@hooks.register("construct_homepage_panels")
def keep_page_panels(request: HttpRequest, panels: list[Any]) -> None:
    panels[:] = [panel for panel in panels if "Workflow" not in type(panel).__name__]
