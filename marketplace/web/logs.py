"""The audit log, as a list: the shop's own in the workbench, the market's in the console."""

from __future__ import annotations

import json
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import AuditEvent
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage
from tenants.access.rights import Right


class LogFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    since, until = Since("at"), Until("at")

    def search(self, queryset: QuerySet[AuditEvent], name: str, value: str) -> QuerySet[AuditEvent]:
        text = value.strip()
        return queryset.filter(Q(action__icontains=text) | Q(subject_id__startswith=text) | Q(actor_label__icontains=text) | Q(request_id=text))


def _told(facts: dict[str, Any] | None) -> str:
    """As it can be read: Chinese as Chinese, and nothing for nothing."""
    return json.dumps(facts, ensure_ascii=False) if facts else ""


def _log(*, right: Right, base: str, of_merchant: bool) -> ListPage:
    def rows(request: HttpRequest) -> QuerySet[AuditEvent]:
        return AuditEvent.objects.filter(merchant_id=request.merchant.pk) if of_merchant else AuditEvent.objects.all()  # type: ignore[attr-defined]

    return ListPage(
        title=_("Log"),
        name="log",
        right=right,
        columns=[
            Column(_("When"), "when", sort=("pk",), is_fixed=True),
            Column(_("Who"), "who"),
            Column(_("What"), "what"),
            Column(_("Before → after"), "changes", wide_only=True),
        ],
        row_template="web/_log_row.html",
        rows=rows,
        filters=LogFilter,
        order=("-pk",),
        size=50,
        search_hint=_("Action, subject, person or request"),
        empty=_("Nothing has been changed yet. Every change will stand here with who, what and why."),
        export_name="log",
        export_head=[_("When"), _("Who"), _("What"), _("Subject"), _("Number"), _("Why"), _("Before"), _("After"), _("Request")],
        export=lambda row: [
            (row.at, row.actor_label, row.action, row.subject_type, row.subject_id, row.why, _told(row.before), _told(row.after), row.request_id)
        ],
        base=base,
    )


shop_log = _log(right=Right.VIEW_SHOP_LOG, base="seller/base.html", of_merchant=True)
market_log = _log(right=Right.VIEW_MARKET_LOG, base="operator/base.html", of_merchant=False)
