"""Applications to trade here, their papers and their reviews. Public schema: the merchant is born only when one is approved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.ids import new_id
from marketplace.kernel.texts import Localised, localised
from tenants.onboarding.models.dossiers import Dossier as Dossier
from tenants.onboarding.models.dossiers import DossierChange as DossierChange
from tenants.onboarding.models.dossiers import SelfCheck as SelfCheck
from tenants.onboarding.models.dossiers import SellerKind as SellerKind
from tenants.onboarding.models.readiness import PartnerType as PartnerType
from tenants.onboarding.models.readiness import SelfAssessment as SelfAssessment
from tenants.onboarding.models.readiness import Topic as Topic
from tenants.onboarding.models.reviewing import CalendarDay as CalendarDay
from tenants.onboarding.models.reviewing import ReviewTerms as ReviewTerms
from tenants.tenancy.models import Merchant


class Step(models.TextChoices):
    """The three reviews in their order: who they are, what they want to sell from where, and whether they may."""

    IDENTITY = "identity", _("Identity review")
    BASICS = "basics", _("Basic information review")
    QUALIFICATION = "qualification", _("Qualification review")


class Decision(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("review", "Waiting")
    PASSED = "passed", pgettext_lazy("review", "Passed")
    MORE = "more", pgettext_lazy("review", "More is needed")
    REJECTED = "rejected", pgettext_lazy("review", "Rejected")


class Application(models.Model):
    """A business asks to open a shop (入驻). What it says of itself stays its dossier after the shop has opened."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("application", "Being written")
        SUBMITTED = "submitted", pgettext_lazy("application", "In review")
        RETURNED = "returned", pgettext_lazy("application", "More is needed")
        APPROVED = "approved", pgettext_lazy("application", "Approved")
        REJECTED = "rejected", pgettext_lazy("application", "Rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("application", "Withdrawn")

    Kind = SellerKind

    WRITABLE: ClassVar = (Status.DRAFT, Status.RETURNED)
    OPEN: ClassVar = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=12)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    sells_many_brands = models.BooleanField(default=False)
    company = models.CharField(max_length=120, blank=True)
    licence_number = models.CharField(max_length=40, blank=True)
    representative = models.CharField(max_length=60, blank=True)  # who stands for the company by law
    belongs_to = models.CharField(max_length=120, blank=True)  # the organisation or department it is a part of; "" stands alone
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)  # E.164
    contact_email = models.EmailField(blank=True)
    names = models.JSONField(default=dict)  # of the shop, by language
    slug = models.CharField(max_length=40, blank=True)
    about = models.CharField(max_length=500, blank=True)  # what it will sell
    brands = models.JSONField(default=list)  # names of the brands it will sell
    origins = models.CharField(max_length=200, blank=True)  # where the goods come from
    service_address = models.CharField(max_length=200, blank=True)  # where returns and letters go
    service_phone = models.CharField(max_length=20, blank=True)  # E.164; buyers may call it
    sells = models.JSONField(default=list)  # paths of the categories it will sell in: [[root id, …, id], …]
    attested = models.JSONField(default=list)  # codes of requirements the applicant has ticked
    waived = models.JSONField(default=dict)  # code of a requirement → why the market does without it
    refused = models.JSONField(default=dict)  # name of a field → what the reviewer says of it; gone once it was changed
    identity = models.CharField(max_length=10, choices=Decision.choices, default=Decision.WAITING)
    basics = models.CharField(max_length=10, choices=Decision.choices, default=Decision.WAITING)
    qualification = models.CharField(max_length=10, choices=Decision.choices, default=Decision.WAITING)
    merchant = models.OneToOneField(Merchant, null=True, on_delete=models.PROTECT, related_name="application")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")  # whose work it is
    review_due = models.DateTimeField(null=True)  # by when it should be decided
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["applicant"], condition=Q(status__in=["draft", "submitted", "returned"]), name="one_open_application_per_person"),
            models.UniqueConstraint(fields=["slug"], condition=Q(status__in=["submitted", "returned"]), name="one_open_application_per_slug"),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(merchant__isnull=False, identity="passed", basics="passed", qualification="passed"),
                name="approved_is_reviewed",
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="application_newest")]

    @property
    def localised_name(self) -> Localised:
        return localised(self.names)

    @property
    def next_step(self) -> Step | None:
        """The review that is due now: the first that has not passed."""
        if self.status != self.Status.SUBMITTED:
            return None
        return next((step for step in Step if getattr(self, step) != Decision.PASSED), None)


class Requirement(models.Model):
    """What the operator asks of those who trade here: of whom, for which goods, and how it is shown. Never removed, only switched off."""

    class Check(models.TextChoices):
        COMPUTED = "computed", pgettext_lazy("requirement", "Worked out from what was entered")
        ATTESTED = "attested", pgettext_lazy("requirement", "Ticked by the applicant")
        DOCUMENT = "document", pgettext_lazy("requirement", "Document")

    class Ends(models.TextChoices):
        NEVER = "never", pgettext_lazy("requirement", "Does not end")
        MAY = "may", pgettext_lazy("requirement", "May have a last day")
        MUST = "must", pgettext_lazy("requirement", "Always has a last day")

    class Brands(models.TextChoices):
        ANY = "any", pgettext_lazy("requirement", "One brand or several")
        ONE = "one", pgettext_lazy("requirement", "Who sells one brand")
        MANY = "many", pgettext_lazy("requirement", "Who sells several brands")

    OF_BRAND = "brand-"  # begins the code of what is asked for goods of one brand (brands.py)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    names = models.JSONField()  # language code → what is asked for
    hints = models.JSONField(default=dict)  # language code → what to look out for
    check_by = models.CharField(max_length=10, choices=Check.choices, default=Check.DOCUMENT)
    computed = models.CharField(max_length=40, blank=True)  # which rule of checks.py works it out
    ends = models.CharField(max_length=5, choices=Ends.choices, default=Ends.MAY)
    is_waivable = models.BooleanField(default=False)
    kinds = models.JSONField(default=list)  # kinds of seller; none: all
    brands = models.CharField(max_length=4, choices=Brands.choices, default=Brands.ANY)
    categories = models.JSONField(default=list)  # ids: goods in these and everything below; none: whatever is sold
    step = models.CharField(max_length=14, choices=Step.choices, default=Step.QUALIFICATION)  # the review that looks at it
    is_active = models.BooleanField(default=True)
    # From here on goods are not sold without it, in shops that trade already too. None: only applicants are asked.
    enforced_from = models.DateTimeField(null=True)
    position = models.IntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]

    @property
    def name(self) -> str:
        return localised(self.names).text

    @property
    def localised_name(self) -> Localised:
        return localised(self.names)

    @property
    def hint(self) -> str:
        return localised(self.hints).text

    @property
    def is_document(self) -> bool:
        return self.check_by == self.Check.DOCUMENT

    @property
    def brand_id(self) -> int | None:
        """The key of the brand whose goods need it; None for every other requirement."""
        key = self.code.removeprefix(self.OF_BRAND)
        return int(key) if key != self.code and key.isascii() and key.isdigit() else None

    def is_asked_of(self, kind: str, sells_many_brands: bool) -> bool:
        """Whether it is asked of such a seller, whatever is sold. `kind` is "" where nobody knows."""
        if not self.is_active or (self.kinds and kind not in self.kinds):
            return False
        return self.brands == self.Brands.ANY or (self.brands == self.Brands.MANY) == sells_many_brands

    def is_asked_for(self, paths: Iterable[Sequence[int]]) -> bool:
        """Whether goods in one of these categories (paths from the root) need it, whatever their brand."""
        if self.brand_id is not None:
            return False
        return not self.categories or any(not set(self.categories).isdisjoint(path) for path in paths)


class Paper(models.Model):
    """A document handed in with an application, or by a shop to renew one: a private file, kept as it was cleaned, never public."""

    OTHER = "other"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, null=True, on_delete=models.CASCADE, related_name="papers")
    merchant = models.ForeignKey(Merchant, null=True, on_delete=models.CASCADE, related_name="papers")  # of a renewal
    kind = models.CharField(max_length=40)  # code of the requirement it is for, or "other"
    key = models.CharField(max_length=120)  # path among the private papers of the public schema
    name = models.CharField(max_length=120)  # as the applicant called the file
    content_type = models.CharField(max_length=40)
    size = models.IntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(default=clock.now)
    ends_on = models.DateField(null=True)  # the last day it holds, as written on it
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.WAITING)
    note = models.CharField(max_length=500, blank=True)  # what the reviewer says of it; the applicant reads it
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(application=None, merchant__isnull=False) | Q(application__isnull=False, merchant=None), name="paper_is_somebodys"
            )
        ]
        indexes = [
            models.Index(fields=["application", "added_at"], name="papers_of_application"),
            models.Index(fields=["added_at"], condition=Q(merchant__isnull=False, decision="waiting"), name="renewals_waiting"),
        ]


class Qualification(models.Model):
    """That a merchant fulfils a requirement for a span of time: shown by a paper, or waived with a reason. Rows are not removed.

    `valid_from` belongs to the span, `valid_until` no longer; None is without end. Whether one holds now is said by its dates
    and `revoked`, never by `expired`, which is written down when the end has come.
    """

    class State(models.TextChoices):
        VALID = "valid", pgettext_lazy("qualification", "Valid")
        EXPIRED = "expired", pgettext_lazy("qualification", "Expired")
        REVOKED = "revoked", pgettext_lazy("qualification", "Revoked")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="qualifications")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="+")
    paper = models.ForeignKey(Paper, null=True, on_delete=models.PROTECT, related_name="+")  # None: waived
    state = models.CharField(max_length=10, choices=State.choices, default=State.VALID)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)  # of waiving or revoking
    by_label = models.CharField(max_length=200)
    granted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(paper__isnull=False) | ~Q(reason=""), name="waived_with_a_reason"),
            models.CheckConstraint(condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="qualification_lasts"),
        ]
        indexes = [
            models.Index(fields=["merchant", "requirement", "valid_from"], name="qualifications_of_merchant"),
            models.Index(fields=["-granted_at", "-id"], name="qualification_newest"),
            models.Index(fields=["valid_until"], condition=Q(state="valid"), name="qualification_ends"),
        ]

    @property
    def last_moment(self) -> datetime | None:
        """Of its last day, as it is written on the document."""
        return self.valid_until - timedelta(microseconds=1) if self.valid_until else None

    @property
    def is_waived(self) -> bool:
        return self.paper_id is None


class MarketRules(models.Model):
    """A version of what the market demands of its shops, as published. Never changed: what was accepted can be read for ever."""

    class Kind(models.TextChoices):
        RECRUITMENT = "recruitment", pgettext_lazy("market rules", "Rules of letting shops in")
        STANDARDS = "standards", pgettext_lazy("market rules", "Standards of running a shop")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    version = models.IntegerField()
    texts = models.JSONField()  # language code → text, paragraphs by empty lines
    since = models.DateTimeField()  # in force from here on
    accept_by = models.DateTimeField(null=True)  # a shop that has not accepted it by then puts nothing new on sale
    published_at = models.DateTimeField(default=clock.now)
    by_label = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "version"], name="one_version_of_rules")]

    @property
    def accept_day(self) -> datetime | None:
        """A moment of the last day on which it can be accepted in time."""
        return self.accept_by - timedelta(microseconds=1) if self.accept_by else None

    @property
    def text(self) -> Localised:
        return localised(self.texts)


class RulesAccepted(models.Model):
    """That somebody accepted a version of the rules, for an application or for a shop. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rules = models.ForeignKey(MarketRules, on_delete=models.PROTECT, related_name="acceptances")
    application = models.ForeignKey(Application, null=True, on_delete=models.CASCADE, related_name="accepted_rules")
    merchant = models.ForeignKey(Merchant, null=True, on_delete=models.PROTECT, related_name="accepted_rules")
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rules", "application"], condition=Q(application__isnull=False), name="rules_once_per_application"),
            models.UniqueConstraint(fields=["rules", "merchant"], condition=Q(merchant__isnull=False), name="rules_once_per_merchant"),
        ]


class Review(models.Model):
    """One decision over one step, with its reason. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="reviews")
    step = models.CharField(max_length=14, choices=Step.choices)
    decision = models.CharField(max_length=10, choices=Decision.choices)
    reason = models.CharField(max_length=500, blank=True)
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["application", "at"], name="reviews_of_application")]
