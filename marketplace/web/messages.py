"""What was sent through the forms of one's pages: the newest on a page, all of them as a file."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cms.merchant.models import Message
from marketplace.web.lists.exports import csv_response, csv_text, note_export
from tenants.access.actors import actor_of

SHOWN = 100


def messages_page(*, base: str) -> Callable[[HttpRequest], HttpResponse]:
    def page(request: HttpRequest) -> HttpResponse:
        """Of this host's schema: the shop's own, or the market's. `?export=csv` is the file."""
        text = request.GET.get("q", "").strip()
        found = Message.objects.order_by("-sent_at", "-pk")
        if text:
            found = found.filter(Q(answers__icontains=text) | Q(page_title__icontains=text) | Q(sender__icontains=text))
        if request.GET.get("export") == "csv":
            head = [_("When"), _("Page"), _("Account"), _("Question"), _("Answer")]
            rows = [(row.sent_at, row.page_title, row.sender, question, answer) for row in found.iterator() for question, answer in row.answers]
            shop = request.merchant.pk if getattr(request, "merchant", None) else None  # type: ignore[attr-defined]
            note_export(by=actor_of(request), what="messages", merchant_id=shop, rows=len(rows), filters={"q": text})
            return csv_response("messages", csv_text(head, rows))
        context = {"base": base, "title": _("Messages"), "rows": found[:SHOWN], "count": found.count(), "asked": text, "shown": SHOWN}
        return render(request, "web/messages.html", context)

    return page
