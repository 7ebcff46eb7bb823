"""The daily letter: what has time, in one mail."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel import clock
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.formats import format_time
from marketplace.platform.notices.messages import Table, read_in, rendered, worded
from marketplace.platform.notices.models import Channel, Dispatch, Notice
from marketplace.platform.notices.telling import send_when_due
from tenants.accounts.letters import keep_letter
from tenants.accounts.models import User
from tenants.tenancy.hosts import market_url
from tenants.tenancy.models import Market

S = Dispatch.State
MOST_NAMED = 30


def send_daily(event: DeadlineReached) -> None:
    """Reaction to the deadline `notices.daily` of a person: everything that is held for them leaves as one letter. Nothing held: no letter."""
    person = User.objects.filter(pk=event.subject_id, is_active=True).first()
    if person is None:
        return
    held = list(Dispatch.objects.filter(notice__person=person, state=S.HELD).select_related("notice").order_by("created_at").select_for_update(of=("self",)))
    if not held:
        return
    with read_in(person.language or Market.objects.get().languages[0]):
        count = ngettext("{n} notice", "{n} notices", len(held)).format(n=len(held))
        rows = [(dispatch.notice.title, format_time(dispatch.notice.at)) for dispatch in held[:MOST_NAMED]]
        link = market_url("/account/notices/")
        message = worded("daily", {"count": count}, link=link, tables=[Table(_("What was new"), rows)])
        notice = Notice.objects.create(
            key=f"daily:{held[0].pk.hex}",
            kind="daily",
            person=person,
            language=person.language,
            title=message.subject,
            link=urlsplit(link).path,
            is_listed=False,
        )
        text, html = rendered(message, choose_at=market_url("/account/notices/settings/"))
        letter = keep_letter(email=person.email, subject=message.subject, text=text, html=html, kind="daily")
    whole = Dispatch(notice=notice, channel=Channel.MAIL, to=person.email.lower(), letter=letter, due_at=clock.now())
    send_when_due(whole)
    Dispatch.objects.filter(pk__in=[dispatch.pk for dispatch in held]).update(state=S.GATHERED, within=whole, ended_at=clock.now())
