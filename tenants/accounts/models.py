"""People, and at whom they work. Public schema; what they may do there stands in each schema (tenants/access)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person. There is no other kind: nobody is privileged by a flag."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Small and rarely written: profile, counters and last visits lie elsewhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=12, blank=True)
    is_active = models.BooleanField(default=True)
    # Wagtail asks for this column. A constraint keeps it false: rights come from roles in a schema, never from a flag.
    is_superuser = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=clock.now)
    last_login = None  # type: ignore[assignment]

    groups = models.ManyToManyField("auth.Group", through="access.UserGroup", blank=True, related_name="user_set", related_query_name="user")  # type: ignore[assignment]
    user_permissions = models.ManyToManyField(  # type: ignore[assignment]
        "auth.Permission", through="access.UserPermission", blank=True, related_name="user_set", related_query_name="user"
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_person_per_address"),
            models.CheckConstraint(condition=Q(is_superuser=False), name="nobody_is_superuser"),
        ]
        indexes = [
            models.Index(fields=["-joined_at", "-id"], name="person_newest"),
            models.Index(fields=["name"], name="person_by_name", opclasses=["varchar_pattern_ops"]),  # what a search begins with
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    @property
    def is_staff(self) -> bool:
        """Django's flag for its own admin, which we do not use."""
        return False

    def get_full_name(self) -> str:
        return self.name or self.email.split("@")[0]

    def get_short_name(self) -> str:
        return self.get_full_name()


class Membership(models.Model):
    """That a person works for a merchant, or, without one, for the operator. What they may do is their role in that schema."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    merchant_id = models.UUIDField(null=True)
    is_active = models.BooleanField(default=True)
    since = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    signed_in_at = models.DateTimeField(null=True)  # the last time at this back office

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "merchant_id"], nulls_distinct=False, name="one_membership_per_place")]
        indexes = [
            models.Index(fields=["merchant_id"], name="membership_by_merchant"),
            models.Index(fields=["merchant_id", "-since", "-id"], name="membership_newest", condition=Q(is_active=True)),
        ]


class Invitation(models.Model):
    """That somebody is asked to work for a merchant, or, without one, for the operator. The link in its letter works once, for that address."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        TAKEN_BACK = "taken_back", _("Taken back")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField(null=True)
    email = models.EmailField()  # in small letters
    language = models.CharField(max_length=12)
    roles = models.JSONField()  # names of groups in that schema
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(default=clock.now)  # the last letter
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant_id", "email"], condition=Q(status="open"), nulls_distinct=False, name="one_open_invitation_per_address_and_place"
            ),
            models.CheckConstraint(condition=~Q(status="accepted") | Q(accepted_by__isnull=False), name="an_accepted_invitation_has_its_person"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether its link still works."""
        return self.status == self.Status.OPEN and self.expires_at > clock.now()


class SupportAccess(models.Model):
    """That somebody of the market asks to look into a shop's workbench, and what the shop said. It lasts until `until` and not a moment longer."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Asked for")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        ENDED = "ended", _("Ended")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    supporter = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=500)
    minutes = models.SmallIntegerField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ASKED)
    may_write = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(15, 480)), name="support_between_15_minutes_and_8_hours"),
            models.CheckConstraint(
                condition=~Q(status="granted") | Q(until__isnull=False, answered_by__isnull=False), name="granted_support_has_an_end_and_who_granted"
            ),
            models.UniqueConstraint(fields=["merchant_id", "supporter"], condition=Q(status__in=["asked", "granted"]), name="one_support_at_a_time"),
        ]
        indexes = [models.Index(fields=["merchant_id", "-asked_at"], name="support_by_merchant")]

    @property
    def is_on(self) -> bool:
        """Whether the supporter may come in now: asked of the clock, with every request."""
        return self.status == self.Status.GRANTED and self.until is not None and self.until > clock.now()


class Closure(models.Model):
    """Why a person cannot sign in any more, as long as that is so. No row: the account is open."""

    class Kind(models.TextChoices):
        DEACTIVATED = "deactivated", pgettext_lazy("account", "Deactivated")
        MERGED = "merged", pgettext_lazy("account", "Merged into another")
        DELETED = "deleted", pgettext_lazy("account", "Deleted, without a name")

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="closure")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    into = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # of a merged one: where everything went
    why = models.CharField(max_length=500, blank=True)
    by_label = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind="merged", into__isnull=False) | ~Q(kind="merged") & Q(into=None), name="merged_into_somebody")]
        indexes = [models.Index(fields=["into"], name="closure_into", condition=Q(into__isnull=False))]


class SignIn(models.Model):
    """That somebody signed in, or tried to: when, where, from which address and browser. Kept for 180 days."""

    class Outcome(models.TextChoices):
        IN = "in", pgettext_lazy("sign-in", "Signed in")
        CARRIED = "carried", pgettext_lazy("sign-in", "Carried on from the market")
        FAILED = "failed", pgettext_lazy("sign-in", "Wrong password")
        REFUSED = "refused", pgettext_lazy("sign-in", "Refused: the account is closed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    host = models.CharField(max_length=253)
    address = models.CharField(max_length=45, blank=True)  # of the caller in the network
    agent = models.CharField(max_length=300, blank=True)  # what the browser calls itself
    session_key = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="sign_in_newest"),
            models.Index(fields=["session_key"], name="sign_in_by_session", condition=~Q(session_key="")),
            models.Index(fields=["at"], name="sign_in_by_time"),
        ]


class Letter(models.Model):
    """A mail on its way. Its text, which may hold a link that signs in, is forgotten once it has left."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField()
    kind = models.CharField(max_length=40, blank=True)  # what it is about: "order_placed", …
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    written_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)


class HandOver(models.Model):
    """A sign-in on its way from the market's host to a shop's or workbench's: usable once, on one host, within a minute."""

    token_hash = models.CharField(primary_key=True, max_length=64)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    host = models.CharField(max_length=253)
    path = models.CharField(max_length=500)
    state = models.CharField(max_length=64)
    origin_session = models.CharField(max_length=40, blank=True)
    target_session = models.CharField(max_length=40, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["origin_session"], name="hand_over_by_origin")]


class Block(models.Model):
    """Somebody the operator keeps out: a network, an e-mail address or all of a mail domain, a phone number. Ended rows stay as history."""

    class Kind(models.TextChoices):
        NETWORK = "network", pgettext_lazy("block", "Network address")
        EMAIL = "email", pgettext_lazy("block", "E-mail address")
        DOMAIN = "domain", pgettext_lazy("block", "Mail domain")
        PHONE = "phone", pgettext_lazy("block", "Phone number")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = models.CharField(max_length=254)  # as blocking.parsed() writes it
    why = models.CharField(max_length=500)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)  # it ends by itself then, or never
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lifted_why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], condition=Q(lifted_at=None), name="one_block_of_a_value"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=models.F("made_at")), name="block_ends_after_it_begins"),
        ]
        indexes = [models.Index(fields=["-made_at", "-id"], name="block_newest")]

    @property
    def is_in_force(self) -> bool:
        return self.lifted_at is None and (self.until is None or self.until > clock.now())
