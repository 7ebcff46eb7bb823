"""Pages and templates: what the shop's pages, or the market's, are made of, what lacks a language, and templates to begin with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from cms.actions import begin_campaign, decorate, publish_draft, undo_draft
from cms.panels import untranslated
from cms.starters import starter, starters
from marketplace.kernel.errors import NotFound
from marketplace.platform.themes.actions import Chosen, set_theme
from tenants.access.actors import actor_of

MOST_PAGES = 60


@dataclass(frozen=True)
class Row:
    """A page as the list shows it. `lacks` counts texts in one language only, of the newest draft."""

    page: Any
    kind: str
    state: str
    lacks: int
    goes_live: Any

    @property
    def edit(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=[self.page.pk])


def decorating(*, base: str) -> Callable[[HttpRequest], HttpResponse]:
    def page(request: HttpRequest) -> HttpResponse:
        return _act(request) if request.method == "POST" else _show(request, base)

    return page


def _act(request: HttpRequest) -> HttpResponse:
    """Raises NotFound, NothingToUndo."""
    by, then = actor_of(request), request.POST.get("then", "")
    merchant = getattr(request, "merchant", None)
    if then == "campaign":
        page = begin_campaign(by=by)
        messages.success(request, _("A draft of a campaign page is ready. Nobody sees it before you publish it."))
        return HttpResponseRedirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    if then == "publish":
        publish_draft(by=by)
        messages.success(request, _("Published. Your first page looks like this now."))
    elif then == "undo":
        undo_draft(by=by)
        messages.success(request, _("The draft is as it was one version ago."))
    elif merchant and then in starters():
        decorate(by=by, code=then)
        if request.POST.get("with_look"):
            set_theme(by=by, merchant_id=merchant.pk, chosen=Chosen(**starter(then).look))
        messages.success(request, _("The draft is ready. Look at it, change its words, then publish it."))
    else:
        raise NotFound
    return HttpResponseRedirect("/decorate/")


def _show(request: HttpRequest, base: str) -> HttpResponse:
    merchant = getattr(request, "merchant", None)
    rows = _rows()
    home = rows[0] if rows and rows[0].page.depth == 2 else None
    context = {
        "base": base,
        "title": _("Pages and templates") if merchant else _("Market pages"),
        "starters": list(starters().values()) if merchant else [],
        "rows": rows,
        "home": home,
        "has_versions": bool(home and Revision.objects.for_instance(home.page).exists()),
        "explorer": reverse("wagtailadmin_explore", args=[home.page.pk]) if home else reverse("wagtailadmin_explore_root"),
    }
    return render(request, "web/decorate.html", context)


def _rows() -> list[Row]:
    """The pages of this tree in their order, as their newest drafts say: the first page, then the others as they were changed."""
    live = Page.objects.filter(depth__gte=2).order_by("depth", "-latest_revision_created_at", "pk").specific()[:MOST_PAGES]
    waiting = dict(Revision.objects.filter(approved_go_live_at__isnull=False).values_list("object_id", "approved_go_live_at"))
    return [_row(page, waiting.get(str(page.pk))) for page in live if hasattr(page, "streams")]


def _row(page: Any, goes_live: Any) -> Row:
    draft = page.get_latest_revision_as_object()
    state = "scheduled" if goes_live else "changed" if page.live and page.has_unpublished_changes else "live" if page.live else "draft"
    return Row(draft, str(page.get_verbose_name()), state, len(untranslated(draft)), goes_live)
