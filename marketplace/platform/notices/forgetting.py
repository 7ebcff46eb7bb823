"""What is kept of notices, and for how long."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.verbs import verb
from marketplace.platform.notices.models import Channel, DeadAddress, Dispatch, Notice, NoticeChoice, NoticeHours, SmsNumber
from tenants.accounts.models import User

KEPT = timedelta(days=365)


def forget_notices(user: User) -> None:
    """Somebody leaves: everything goes but the mails that are on their way, which name nobody once they have left."""
    waiting = Dispatch.objects.filter(notice__person=user, channel=Channel.MAIL, state=Dispatch.State.WAITING)
    last = set(waiting.values_list("notice_id", flat=True))
    Dispatch.objects.filter(notice_id__in=last, channel=Channel.SMS).delete()
    Notice.objects.filter(person=user).exclude(pk__in=last).delete()
    Notice.objects.filter(pk__in=last).update(person=None, is_listed=False, title="", text="", link="")
    for table in (NoticeChoice, NoticeHours, SmsNumber):
        table.objects.filter(person=user).delete()
    DeadAddress.objects.filter(pk=user.email.lower()).delete()


@verb
def forget_old(*, by: Actor) -> int:
    """Notices go after a year, with what stands in the log of sending. A duty of the scheduler. Returns how many."""
    with transaction.atomic():
        old = list(Notice.objects.filter(at__lt=clock.now() - KEPT).order_by("at").values_list("pk", flat=True)[:1000])
        Notice.objects.filter(pk__in=old).delete()
    return len(old)
