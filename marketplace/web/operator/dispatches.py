"""The log of sending: every notice on its way out, by whom it was taken and how it ended. Addresses are masked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.kernel.errors import MarketError
from marketplace.kernel.masks import masked_email, masked_phone
from marketplace.platform.notices.kinds import ALL
from marketplace.platform.notices.models import Channel, Dispatch
from marketplace.platform.notices.wording import send_again
from marketplace.web.lists.filters import Since, Until
from marketplace.web.lists.pages import Column, ListPage, Teach
from tenants.access.actors import actor_of
from tenants.access.rights import Right

S = Dispatch.State
SHOWS = {
    "waiting": Q(state__in=[S.WAITING, S.HELD]),
    "sent": Q(state__in=[S.SENT, S.GATHERED, S.DELIVERED]),
    "trouble": Q(state__in=[S.BOUNCED, S.FAILED, S.BARRED]),
    "not_sent": Q(state__in=[S.UNWANTED, S.CALLED_OFF]),
}
TONES = {
    **dict.fromkeys((S.WAITING, S.HELD), "tag-info"),
    **dict.fromkeys((S.SENT, S.GATHERED, S.DELIVERED), "tag-success"),
    **dict.fromkeys((S.BOUNCED, S.FAILED, S.BARRED), "tag-danger"),
}
# Of the accounts' own letters, which have no words in the catalogue.
OTHERS = {
    "email_confirmation": pgettext_lazy("notice", "Address to be confirmed"),
    "email_confirmation_signup": pgettext_lazy("notice", "Address to be confirmed"),
    "password_reset_key": pgettext_lazy("notice", "Link to a new password"),
    "unknown_account": pgettext_lazy("notice", "Somebody without an account asked for a new password"),
    "account_already_exists": pgettext_lazy("notice", "Registered twice"),
    "password_changed": pgettext_lazy("notice", "Password changed"),
    "email_changed": pgettext_lazy("notice", "Address changed"),
}


def label_of(kind: str) -> str:
    return str(ALL[kind].label if kind in ALL else OTHERS.get(kind, kind))


def masked(to: str) -> str:
    """Enough to know one's own by, too little to write to."""
    return masked_email(to) if "@" in to else masked_phone(to)


class DispatchFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    show = django_filters.ChoiceFilter(
        method="shown",
        choices=[
            ("waiting", _lazy("Waiting")),
            ("sent", pgettext_lazy("dispatches", "Sent")),
            ("trouble", pgettext_lazy("dispatches", "Not arrived")),
            ("not_sent", pgettext_lazy("dispatches", "Not sent")),
        ],
    )
    channel = django_filters.ChoiceFilter(choices=Channel.choices, label=_lazy("Way"), empty_label=_lazy("All"))
    kind = django_filters.ChoiceFilter(
        field_name="notice__kind", choices=lambda: [(kind.code, kind.label) for kind in ALL.values()], label=_lazy("Kind"), empty_label=_lazy("All")
    )
    since = Since("created_at")
    until = Until("created_at")

    def search(self, queryset: QuerySet[Dispatch], name: str, value: str) -> QuerySet[Dispatch]:
        """The whole address or number of somebody, as they say it, or the provider's reference: nothing can be found out by trying parts."""
        text = value.strip()
        digits = text.replace(" ", "")
        return queryset.filter(Q(to=text.lower()) | Q(to=digits) | Q(to=f"+86{digits}") | Q(ref=text, ref__gt=""))

    def shown(self, queryset: QuerySet[Dispatch], name: str, value: str) -> QuerySet[Dispatch]:
        return queryset.filter(SHOWS[value])


def _dressed(request: HttpRequest, rows: list[Any]) -> None:
    for row in rows:
        row.kind_label, row.masked, row.tone = label_of(row.notice.kind), masked(row.to), TONES.get(row.state, "")
        row.can_again = row.state == S.FAILED and (bool(row.text) if row.channel == Channel.SMS else row.letter_id is not None)


dispatches = ListPage(
    title=_lazy("Notices sent"),
    name="dispatches",
    right=Right.VIEW_MARKET_ORDERS,
    columns=[
        Column(_lazy("Kind"), "kind", is_fixed=True),
        Column(pgettext_lazy("notice", "To"), "to"),
        Column(_lazy("Status"), "state"),
        Column(_lazy("When"), "when", end=True, sort=("created_at", "pk")),
    ],
    row_template="operator/_dispatch_row.html",
    rows=lambda request: Dispatch.objects.select_related("notice"),
    filters=DispatchFilter,
    order=("-created_at", "-pk"),
    search_hint=_lazy("A whole e-mail address or phone number"),
    empty=_lazy("Nothing was sent yet. Every mail and SMS to buyers, shops and your own staff will stand here."),
    teach=Teach(_lazy("Words of notices"), "notice-words", Right.MANAGE_MARKET),
    export_name="notices-sent",
    export_head=[
        _lazy("Kind"),
        _lazy("Way"),
        pgettext_lazy("notice", "To"),
        _lazy("Status"),
        _lazy("Attempts"),
        _lazy("Answer of the provider"),
        _lazy("Reference"),
        _lazy("Written"),
        pgettext_lazy("dispatches", "Sent"),
    ],
    export=lambda row: [
        (
            label_of(row.notice.kind),
            row.get_channel_display(),
            masked(row.to),
            row.get_state_display(),
            row.attempts,
            row.error,
            row.ref,
            row.created_at,
            row.sent_at,
        )
    ],
    base="operator/base.html",
    prepare=_dressed,
)


def dispatch_again(request: HttpRequest, dispatch_id: UUID) -> HttpResponse:
    """What failed is tried anew."""
    try:
        send_again(by=actor_of(request), dispatch_id=dispatch_id)
    except MarketError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is tried again."))
    return HttpResponseRedirect("/dispatches/")
