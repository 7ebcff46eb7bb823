"""The log of a back office: as a list, and one row with everything around it. The shop's own in the workbench, all logs in the console."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import NotFound
from marketplace.kernel.log_checks import last_check, seal_of, sealed_until
from marketplace.kernel.models import AuditEvent
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, base_of
from marketplace.web.log_things import SUBJECTS, dress, subject_in_words
from marketplace.web.told import ACTIONS
from tenants.access.rights import Right
from tenants.accounts.models import Membership, SupportAccess, User
from tenants.tenancy.models import Merchant

AROUND = timedelta(hours=1)  # so far from a row others of its request are looked for: reactions come later
MOST_OF_A_REQUEST = 100
OF_MARKET_ALONE = ("application.", "carriers.", "commission.", "dispute.", "log.", "market.", "rail", "regions.", "tax.", "taxonomy.")


def people(request: HttpRequest | None) -> QuerySet[User]:
    """Who works, or worked, in the back office that asks; in a shop also who was let in as support."""
    merchant = getattr(request, "merchant", None)
    found = Q(pk__in=Membership.objects.filter(merchant_id=merchant.pk if merchant else None).values("user"))
    if merchant:
        found |= Q(pk__in=SupportAccess.objects.filter(merchant_id=merchant.pk, until__isnull=False).values("supporter"))
    return User.objects.filter(found).order_by("email")


def sorted_choices(words: dict[str, Any], *, without: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """By their names in code, which keep what is alike together in every language."""
    return sorted((key, str(label)) for key, label in words.items() if not (without and key.startswith(without)))


class LogFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    person = django_filters.ModelChoiceFilter(queryset=people, method="by_person", label=_("Person"), empty_label=_("All"))
    action = django_filters.ChoiceFilter(choices=lambda: sorted_choices(ACTIONS, without=OF_MARKET_ALONE), label=_("Action"), empty_label=_("All"))
    subject = django_filters.ChoiceFilter(field_name="subject_type", choices=lambda: sorted_choices(SUBJECTS), label=_("About"), empty_label=_("All"))
    since, until = Since("at"), Until("at")

    def search(self, queryset: QuerySet[AuditEvent], name: str, value: str) -> QuerySet[AuditEvent]:
        text = value.strip()
        found = Q(action__icontains=text) | Q(subject_id__startswith=text) | Q(actor_label__icontains=text) | Q(request_id=text) | Q(address=text)
        return queryset.filter(found | Q(why__icontains=text))

    def by_person(self, queryset: QuerySet[AuditEvent], name: str, value: User) -> QuerySet[AuditEvent]:
        """What a person did, and what others did as that person."""
        return queryset.filter(Q(actor_id=value.pk) | Q(on_behalf_of=value.pk))


class MarketLogFilter(LogFilter):
    show = django_filters.ChoiceFilter(method="of_whom", choices=[("market", _("The market's own")), ("shops", _("Shops'"))])
    merchant = django_filters.ModelChoiceFilter(
        field_name="merchant_id", queryset=Merchant.objects.order_by("slug"), label=_("Shop"), empty_label=_("All"), method="of_shop"
    )
    whom = django_filters.ModelChoiceFilter(queryset=User.objects.all(), method="about_person", label=_("Person"), widget=forms.HiddenInput)
    action = django_filters.ChoiceFilter(choices=lambda: sorted_choices(ACTIONS), label=_("Action"), empty_label=_("All"))

    def about_person(self, queryset: QuerySet[AuditEvent], name: str, value: User) -> QuerySet[AuditEvent]:
        """What a person did, and what was done to their account."""
        return queryset.filter(Q(actor_id=value.pk) | Q(subject_type="person", subject_id=str(value.pk)))

    def of_whom(self, queryset: QuerySet[AuditEvent], name: str, value: str) -> QuerySet[AuditEvent]:
        return queryset.filter(merchant_id__isnull=value == "market")

    def of_shop(self, queryset: QuerySet[AuditEvent], name: str, value: Merchant) -> QuerySet[AuditEvent]:
        return queryset.filter(merchant_id=value.pk)


def rows_of(request: HttpRequest) -> QuerySet[AuditEvent]:
    """The shop's rows in its workbench, all of them in the console."""
    merchant = getattr(request, "merchant", None)
    return AuditEvent.objects.filter(merchant_id=merchant.pk) if merchant else AuditEvent.objects.all()


def _told(facts: dict[str, Any] | None) -> str:
    """As it can be read: Chinese as Chinese, and nothing for nothing."""
    return json.dumps(facts, ensure_ascii=False) if facts else ""


def _as_file(row: Any) -> list[tuple[object, ...]]:
    who = (row.at, row.actor_label, row.as_whom, row.address)
    what = (row.action, row.subject_type, row.subject_id, row.why, _told(row.before), _told(row.after), row.request_id)
    return [(*who, *what, str(row.merchant_id or ""), str(row.pk))]


def _log(*, right: Right, base: str, filters: type[LogFilter]) -> ListPage:
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
        rows=rows_of,
        filters=filters,
        prepare=dress,
        order=("-pk",),
        size=50,
        search_hint=_("Action, number, person, reason, address or request"),
        empty=_("Nothing has been changed yet. Every change will stand here with who, what and why."),
        actions_template="web/_log_actions.html",
        export_name="log",
        export_head=[
            *(_("When"), _("Who"), _("As whom"), _("Network address")),
            *(_("What"), _("Subject"), _("Number"), _("Why"), _("Before"), _("After"), _("Request"), _("Shop"), _("Row")),
        ],
        export=_as_file,
        base=base,
    )


shop_log = _log(right=Right.VIEW_SHOP_LOG, base="seller/base.html", filters=LogFilter)
market_log = _log(right=Right.VIEW_MARKET_LOG, base="operator/base.html", filters=MarketLogFilter)


def log_entry(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """One row: who, as whom, from where, what, why, before and after; its seal, and what else the same request did. Raises NotFound."""
    row: Any = rows_of(request).filter(pk=event_id).first()
    if row is None:
        raise NotFound
    others = list(same_request(request, row))
    dress(request, [row, *others])
    context = {
        "title": subject_in_words(row.subject_type),
        "row": row,
        "others": others,
        "seal": seal_of(row.pk),
        "base": base_of(request),
    }
    return render(request, "web/log_entry.html", context)


def same_request(request: HttpRequest, row: AuditEvent) -> QuerySet[AuditEvent]:
    """Other rows that the same request left, its reactions' too, among those around it: keys tell when a row was made."""
    if not row.request_id:
        return AuditEvent.objects.none()
    made_ms, around_ms = row.pk.int >> 80, int(AROUND.total_seconds() * 1000)
    first, last = UUID(int=max(made_ms - around_ms, 0) << 80), UUID(int=((made_ms + around_ms) << 80) | ((1 << 80) - 1))
    rows = rows_of(request).filter(pk__gte=first, pk__lte=last, request_id=row.request_id).exclude(pk=row.pk)
    return rows.order_by("pk")[:MOST_OF_A_REQUEST]


def integrity_of_log() -> dict[str, Any]:
    """For a line above a log: until when it is sealed, and when and how it was last verified."""
    return {"sealed": sealed_until(), "check": last_check()}
