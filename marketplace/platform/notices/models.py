"""What people are told, by which way, and what they want to be told. Public schema."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from tenants.tenancy.models import Domain


class Channel(models.TextChoices):
    """Ways out of the house. The list of notices on our own pages is none: every notice stands there."""

    MAIL = "mail", pgettext_lazy("notice", "Mail")
    SMS = "sms", pgettext_lazy("notice", "SMS")


class Notice(models.Model):
    """One thing one person is told. It stands on the pages of the place its link leads to: the market, a workbench, the console."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # A hash of event, kind, reader and link: an event that comes twice makes no second notice.
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")  # null: only an address is known
    place = models.CharField(max_length=10, choices=Domain.Kind.choices, default=Domain.Kind.MARKET)
    merchant_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)  # the row it is about, where it can be called off
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    text = models.CharField(max_length=400, blank=True)
    link = models.CharField(max_length=500, blank=True)  # a path on the host of its place
    is_listed = models.BooleanField(default=True)  # false: its link must not lie about, or it has no reader with an account
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="one_notice_per_event_and_reader")]
        indexes = [
            models.Index(fields=["person", "place", "merchant_id", "-at", "-id"], name="notice_of_person", condition=Q(is_listed=True)),
            models.Index(fields=["person", "place", "merchant_id"], name="notice_unread", condition=Q(is_listed=True, read_at=None)),
            models.Index(fields=["kind", "subject_id"], name="notice_by_subject", condition=Q(subject_id__isnull=False)),
        ]


class Dispatch(models.Model):
    """A notice on its way out by one channel. The row is the queue: what is waiting is sent, whatever becomes of workers and events."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("dispatch", "Waiting")
        HELD = "held", pgettext_lazy("dispatch", "For the daily letter")
        SENT = "sent", pgettext_lazy("dispatch", "Sent")
        GATHERED = "gathered", pgettext_lazy("dispatch", "In the daily letter")
        DELIVERED = "delivered", pgettext_lazy("dispatch", "Delivered")
        BOUNCED = "bounced", pgettext_lazy("dispatch", "Came back")
        FAILED = "failed", pgettext_lazy("dispatch", "Failed")
        UNWANTED = "unwanted", pgettext_lazy("dispatch", "Not wanted")
        BARRED = "barred", pgettext_lazy("dispatch", "Address is dead")
        CALLED_OFF = "called_off", pgettext_lazy("dispatch", "Called off")

    OPEN = (State.WAITING, State.HELD)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="dispatches")
    channel = models.CharField(max_length=4, choices=Channel.choices)
    to = models.CharField(max_length=254)  # an e-mail address, or a number as E.164
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)  # after that it would mislead
    claimed_until = models.DateTimeField(null=True)  # a worker has it in hand
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ref = models.CharField(max_length=120, blank=True)  # the provider's name for it
    error = models.CharField(max_length=300, blank=True)
    letter = models.OneToOneField("accounts.Letter", null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.CharField(max_length=500, blank=True)  # of an SMS; forgotten once it was taken
    within = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="gathered")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="one_dispatch_per_channel")]
        indexes = [
            models.Index(fields=["due_at"], name="dispatch_waiting", condition=Q(state="waiting")),
            models.Index(fields=["-created_at", "-id"], name="dispatch_newest"),
            models.Index(fields=["state", "-created_at", "-id"], name="dispatch_by_state"),
            models.Index(fields=["ref"], name="dispatch_by_ref", condition=~Q(ref="")),
            models.Index(fields=["to"], name="dispatch_by_address"),
        ]


class Wording(models.Model):
    """A version of the words of a kind in one language. The highest is in force; `is_built_in` takes the operator's words back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=12)
    version = models.IntegerField()
    subject = models.CharField(max_length=150, blank=True)
    body = models.TextField(blank=True)  # paragraphs, an empty line between
    button = models.CharField(max_length=60, blank=True)
    sms = models.CharField(max_length=300, blank=True)
    is_built_in = models.BooleanField(default=False)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "language", "version"], name="one_wording_a_version")]


class NoticeChoice(models.Model):
    """That a person wants a kind by a channel, or not. No row: as the kind is by itself."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=4, choices=Channel.choices)
    is_wanted = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind", "channel"], name="one_choice_per_kind_and_channel")]


class NoticeHours(models.Model):
    """When a person wants to be told. Hours of the market's clock. No row: at once, and no SMS by night."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+")
    daily_at = models.SmallIntegerField(null=True)  # what has time comes in one letter a day, at this hour
    quiet_from = models.SmallIntegerField(default=22)
    quiet_until = models.SmallIntegerField(default=8)  # the same hour as `quiet_from`: never quiet
    is_mail_quiet = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__range=(0, 23), quiet_until__range=(0, 23)) & (Q(daily_at=None) | Q(daily_at__range=(0, 23))),
                name="hours_of_a_day",
            )
        ]


class SmsNumber(models.Model):
    """The number a person gave for SMS. It is used once the code that was sent to it came back."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=20)  # E.164
    confirmed_at = models.DateTimeField(null=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=clock.now)


class DeadAddress(models.Model):
    """An e-mail address that mail came back from: nothing more is sent there until its owner says that it works."""

    class Why(models.TextChoices):
        BOUNCE = "bounce", pgettext_lazy("dead address", "There is no such mailbox")
        COMPLAINT = "complaint", pgettext_lazy("dead address", "It was marked as unwanted")

    email = models.CharField(primary_key=True, max_length=254)  # in small letters
    why = models.CharField(max_length=10, choices=Why.choices)
    said = models.CharField(max_length=300, blank=True)  # what the mail server said
    at = models.DateTimeField(default=clock.now)


class Reminders(models.Model):
    """When buyers are reminded. One row; none: half of the time to pay, and two days before receipt counts by itself."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    pay_percent = models.SmallIntegerField(default=50)  # of the time the goods are held; 0: never
    receipt_days = models.SmallIntegerField(default=2)  # before the order counts as received; 0: never

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1, pay_percent__range=(0, 95), receipt_days__range=(0, 30)), name="one_row_of_reminders")]
