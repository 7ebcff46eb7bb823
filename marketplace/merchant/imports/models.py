"""Products out of a file: the file with what its columns mean, its rows with what is wrong in them, and what each import has done."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from tenants.tenancy.guard import MerchantModel


class ProductImport(MerchantModel):
    """One file. It is looked at (nothing is changed), then what is good in it is taken over; all of it can be undone."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", pgettext_lazy("import", "Columns to be assigned")
        CHECKING = "checking", pgettext_lazy("import", "Being checked")
        CHECKED = "checked", pgettext_lazy("import", "Checked")
        APPLYING = "applying", pgettext_lazy("import", "Being imported")
        STOPPED = "stopped", pgettext_lazy("import", "Stopped")
        DONE = "done", pgettext_lazy("import", "Imported")
        FAILED = "failed", pgettext_lazy("import", "Failed")
        UNDOING = "undoing", pgettext_lazy("import", "Being undone")
        UNDONE = "undone", pgettext_lazy("import", "Undone")

    class Goes(models.TextChoices):
        """What becomes of products that are new. Of those on sale, what buyers read waits for review as an edit by hand does."""

        DRAFT = "draft", pgettext_lazy("import", "Keep as drafts")
        SUBMIT = "submit", pgettext_lazy("import", "Submit for review")
        ON_SALE = "on_sale", pgettext_lazy("import", "Put on sale at once")  # the market's own work

    name = models.CharField(max_length=200)  # of the file, as it was handed in
    form = models.CharField(max_length=4)  # csv, xlsx
    file = models.CharField(max_length=200)  # in the private storage
    pictures = models.CharField(max_length=200, blank=True)  # the archive with pictures, there too
    size = models.BigIntegerField(default=0)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    heads = models.JSONField(default=list)  # the file's own headings
    mapping = models.JSONField(default=list)  # for each heading what it means here (product_files/columns.py), "" for nothing
    category_id = models.IntegerField(null=True)  # of products whose row names none
    goes = models.CharField(max_length=10, choices=Goes.choices, default=Goes.DRAFT)
    counts_stock = models.BooleanField(default=False)  # whether the file says, too, what lies there of variants that exist
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.UPLOADED)
    turn = models.IntegerField(default=0)  # the number given last
    open_turns = ArrayField(
        models.IntegerField(), default=list, db_default=Value([], ArrayField(models.IntegerField()))
    )  # those that may still work; none while it stands still
    read = models.IntegerField(default=0)  # rows of the file that lie in ImportRow
    is_read = models.BooleanField(default=False)  # to its end
    looked_at = models.IntegerField(default=0)  # rows, by the check
    settled = models.IntegerField(default=0)  # rows, by the import
    entered = models.IntegerField(default=0)  # products
    changed = models.IntegerField(default=0)  # products
    undone = models.IntegerField(default=0)  # products
    kept = models.IntegerField(default=0)  # products that could not be put back
    why = models.CharField(max_length=300, blank=True)  # it failed
    user_id = models.UUIDField(null=True)  # who handed it in, and in whose name it is done; null: the market
    by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)
    began_at = models.DateTimeField(null=True)  # what runs now, or ran last, since it was begun or gone on with
    began_with = models.IntegerField(default=0)  # rows (undoing: products) done then
    ended_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)  # its file and rows are gone (keeping.py)

    class Meta(MerchantModel.Meta):
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="import_newest"),
            models.Index(fields=["status"], name="import_running", condition=Q(status__in=["checking", "applying", "undoing"])),
        ]
        constraints = [models.CheckConstraint(condition=Q(entered__gte=0, changed__gte=0, undone__gte=0, kept__gte=0), name="import_counts_not_negative")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        return self.status in (self.Status.CHECKING, self.Status.APPLYING, self.Status.UNDOING)

    @property
    def steps(self) -> tuple[int, int]:
        """How far what runs now is, and how far it goes: rows, or, undoing, products. (0, 0) while the file is being read."""
        match self.status:
            case self.Status.CHECKING:
                return (self.looked_at, self.read) if self.is_read else (0, 0)
            case self.Status.UNDOING:
                return self.undone + self.kept, self.entered + self.changed
        return self.settled, self.read

    @property
    def share(self) -> int:
        done, total = self.steps
        return min(99, 100 * done // total) if total else 0

    @property
    def left(self) -> timedelta | None:
        """How long it still takes, going on as since it began; None while nobody can say."""
        done, total = self.steps
        if self.began_at is None or done <= self.began_with:
            return None
        return (clock.now() - self.began_at) * (total - done) / (done - self.began_with)


class ImportRow(MerchantModel):
    """One line of the file: one variant. Rows of the same product code are one product."""

    class State(models.TextChoices):
        READ = "read", pgettext_lazy("import row", "Not looked at")
        GOOD = "good", pgettext_lazy("import row", "Good")
        SAME = "same", pgettext_lazy("import row", "Changes nothing")
        BAD = "bad", pgettext_lazy("import row", "To be mended")
        HELD = "held", pgettext_lazy("import row", "Waits for another row")  # itself good, but its product is not
        DONE = "done", pgettext_lazy("import row", "Imported")

    batch = models.ForeignKey(ProductImport, on_delete=models.CASCADE, related_name="rows")
    line = models.IntegerField()  # in the file, the headings being line 1
    place = models.IntegerField()  # the line its product is first named in
    code = models.CharField(max_length=120, blank=True)
    sku = models.CharField(max_length=64, blank=True)
    cells = models.JSONField()
    state = models.CharField(max_length=5, choices=State.choices, default=State.READ)
    problems = models.JSONField(default=list)  # [[number of the column or -1, what is wrong and how to mend it], …]

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="a_line_is_read_once")]
        indexes = [
            models.Index(fields=["batch", "place", "line"], name="import_row_in_order"),
            models.Index(fields=["batch", "line"], name="import_row_to_mend", condition=Q(state__in=["bad", "held"])),
        ]


class ImportEffect(MerchantModel):
    """What an import did to a product: enough to undo it, and to see whether it was changed since."""

    class Kind(models.TextChoices):
        ENTERED = "entered", pgettext_lazy("import effect", "New")
        CHANGED = "changed", pgettext_lazy("import effect", "Changed")

    class State(models.TextChoices):
        DONE = "done", pgettext_lazy("import effect", "Imported")
        UNDONE = "undone", pgettext_lazy("import effect", "Undone")
        KEPT = "kept", pgettext_lazy("import effect", "Could not be undone")

    batch = models.ForeignKey(ProductImport, on_delete=models.CASCADE, related_name="effects")
    product_id = models.UUIDField()
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    before = models.JSONField(default=dict)  # the product as it was (product_files/snapshots.py)
    after = models.CharField(max_length=64)  # fingerprint of what it became
    state = models.CharField(max_length=8, choices=State.choices, default=State.DONE)
    why = models.CharField(max_length=300, blank=True)  # it could not be undone

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["batch", "product_id"], name="an_import_acts_on_a_product_once")]
        indexes = [models.Index(fields=["batch", "state", "id"], name="import_effect_in_order")]


class ImportPicture(MerchantModel):
    """A picture that a file names, once it was fetched: where it lies, or why there is none."""

    batch = models.ForeignKey(ProductImport, on_delete=models.CASCADE, related_name="fetched")
    ref = models.CharField(max_length=1000)
    key = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=300, blank=True)

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["batch", "ref"], name="a_picture_is_fetched_once")]


class KnownHeading(MerchantModel):
    """What this shop calls a column, and what it means: guessed the next time."""

    heading = models.CharField(max_length=120, unique=True)  # folded
    field = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)
