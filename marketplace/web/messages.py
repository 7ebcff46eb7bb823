"""What was sent through the forms of one's pages, as a list."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms.merchant.models import Message
from marketplace.web.lists.pages import Column, ListPage


class MessageFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")

    def search(self, queryset: QuerySet[Message], name: str, value: str) -> QuerySet[Message]:
        text = value.strip()
        return queryset.filter(Q(answers__icontains=text) | Q(page_title__icontains=text) | Q(sender__icontains=text))


def _rows(request: HttpRequest) -> QuerySet[Message]:
    """Of this host's schema: the shop's own, or the market's."""
    return Message.objects.all()


def messages_page(*, base: str) -> ListPage:
    return ListPage(
        title=_("Messages"),
        columns=[Column(_("When")), Column(_("Page")), Column(_("Answers"))],
        row_template="web/_message_row.html",
        rows=_rows,
        filters=MessageFilter,
        order=("-sent_at", "-pk"),
        search_hint=_("Words in answers, or the page"),
        empty=_("Nothing was sent yet. Add a form to one of your pages, and what is sent through it stands here."),
        export_name="messages",
        export_head=[_("When"), _("Page"), _("Account"), _("Question"), _("Answer")],
        export=lambda row: [(row.sent_at, row.page_title, row.sender, question, answer) for question, answer in row.answers],
        base=base,
    )
