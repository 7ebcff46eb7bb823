"""What people keep of the lists of their back office, and the work on whole lists that is done for them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from tenants.tenancy.models import Merchant


class OfOffice(models.Model):
    """A row of one person in one back office: a merchant's workbench, or, without a merchant, the console."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=60)  # by the list's route; empty where all lists are meant

    class Meta:
        abstract = True


class SavedView(OfOffice):
    """A combination of tab, search, filters, sorting and columns under a name. `query` is that part of the list's address."""

    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    is_shared = models.BooleanField(default=False)  # everybody of the same back office who may see the list sees the view
    is_default = models.BooleanField(default=False)  # how its owner's list begins
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "merchant", "list_name", "name"], condition=Q(removed_at=None), nulls_distinct=False, name="a_view_has_a_name_of_its_own"
            ),
            models.UniqueConstraint(
                fields=["user", "merchant", "list_name"], condition=Q(removed_at=None, is_default=True), nulls_distinct=False, name="one_default_view_a_list"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "list_name"], name="view_of_list")]


class ListChoice(OfOffice):
    """How a person wants a list: which columns in which order (empty: as the list comes), and, for all lists, how dense."""

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", pgettext_lazy("list", "Comfortable")
        COMPACT = "compact", pgettext_lazy("list", "Compact")

    columns = models.JSONField(default=list)
    density = models.CharField(max_length=12, choices=Density.choices, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "merchant", "list_name"], nulls_distinct=False, name="one_choice_a_list")]


class ListJob(OfOffice):
    """Work on all rows of a filter: a file of them, or something done to each. It belongs to who asked for it."""

    class Kind(models.TextChoices):
        EXPORT = "export", pgettext_lazy("list job", "Export")
        BULK = "bulk", pgettext_lazy("list job", "Bulk action")

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("list job", "Waiting")
        RUNNING = "running", pgettext_lazy("list job", "Running")
        DONE = "done", pgettext_lazy("list job", "Done")
        FAILED = "failed", pgettext_lazy("list job", "Failed")
        EXPIRED = "expired", pgettext_lazy("list job", "Expired")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    what = models.CharField(max_length=60)  # the form of the file (csv, xlsx), or the route of the action
    query = models.CharField(max_length=1000, blank=True)  # of the list's address: which rows are meant
    columns = models.JSONField(default=list)  # of the file, by their places; empty: all
    start = models.CharField(max_length=300, blank=True)  # cursor of the first row when it was asked for: what came later is not meant
    place = models.CharField(max_length=300, blank=True)  # cursor of the last row that is done with
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    total = models.BigIntegerField(default=0)  # rows when it was asked for
    done = models.BigIntegerField(default=0)  # rows written, or done
    refused = models.BigIntegerField(default=0)
    refusals = models.JSONField(default=list)  # [[what, address, why], …] of the first that were refused
    file = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0)  # bytes of the file
    attempts = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    beat_at = models.DateTimeField(null=True)  # the last sign of life of the worker that has it in hand
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(done__gte=0, refused__gte=0), name="what_was_done_is_not_negative"),
            models.CheckConstraint(condition=~Q(status="done") | Q(ended_at__isnull=False), name="what_is_done_has_ended"),
        ]
        indexes = [
            models.Index(fields=["user", "merchant", "-created_at"], name="job_of_person"),
            models.Index(fields=["beat_at"], name="job_in_hand", condition=Q(status__in=["waiting", "running"])),
            models.Index(fields=["expires_at"], name="job_to_expire", condition=Q(status="done")),
        ]

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.WAITING, self.Status.RUNNING)

    @property
    def share(self) -> int:
        """How far it is, in percent."""
        if self.status == self.Status.DONE:
            return 100
        return min(99, 100 * (self.done + self.refused) // self.total) if self.total else 0
