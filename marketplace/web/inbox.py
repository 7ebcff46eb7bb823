"""The bell of a back office: what the person who works here was told about it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext

from marketplace.platform.notices.marking import take_marks
from marketplace.platform.notices.queries import inbox_of, unread
from marketplace.web.lists.pages import base_of, merchant_of
from tenants.access.actors import actor_of, person_of


def _here(request: HttpRequest) -> tuple[str, Any]:
    return str(request.domain.kind), merchant_of(request)  # type: ignore[attr-defined]


def inbox(request: HttpRequest) -> HttpResponse:
    """Of this person alone, newest first."""
    mine = inbox_of(person_of(request).pk, *_here(request), only_new=request.GET.get("show") == "new", before=request.GET.get("before", ""))
    context = {"title": pgettext("people", "Notices"), "base": base_of(request), "inbox": mine, "mark_at": reverse("inbox-read")}
    return render(request, "web/inbox.html", context)


def inbox_read(request: HttpRequest) -> HttpResponse:
    """Mark as read, or open. Raises NoticeUnknown."""
    return HttpResponseRedirect(take_marks(actor_of(request), request.POST, reverse("inbox"), *_here(request)))


def new_here(request: HttpRequest) -> str:
    """The number beside the bell."""
    user = getattr(request, "user", None)
    return unread(user.pk, *_here(request)) if user is not None and user.is_authenticated else ""
