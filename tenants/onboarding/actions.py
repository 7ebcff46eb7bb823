"""Applications: verbs. What follows from an approval crosses apps and stands in flows/let_in.py."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import IO, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.errors import InvalidInput, check_reason
from marketplace.kernel.numbers import free_number
from marketplace.kernel.outbox import record
from marketplace.kernel.phones import parse_phone
from marketplace.kernel.uploads import clean_paper
from marketplace.kernel.verbs import verb
from tenants.accounts.addresses import checked_address, is_in_doubt
from tenants.accounts.blocks import check_not_blocked
from tenants.accounts.models import User
from tenants.onboarding.access import fresh_application
from tenants.onboarding.dossiers import LABELS as DOSSIER_LABELS
from tenants.onboarding.dossiers import clean_brands
from tenants.onboarding.errors import (
    ApplicationClosed,
    ApplicationIncomplete,
    ApplicationUnknown,
    ConfirmAddressFirst,
    RequirementNotAsked,
    StepLacks,
    StepNotDue,
)
from tenants.onboarding.events import ApplicationReviewed, ApplicationSubmitted
from tenants.onboarding.goods import depends_on_goods
from tenants.onboarding.licences import clean_licence_number
from tenants.onboarding.market_rules import unaccepted
from tenants.onboarding.models import Application, Decision, Paper, Requirement, Review, Step
from tenants.onboarding.papers import keep_paper
from tenants.onboarding.qualifications import check_last_day
from tenants.onboarding.requirements import asked_of, items_of
from tenants.onboarding.reviewing import REVIEW_DUE, check_not_applicant, due_after
from tenants.tenancy.errors import SlugTaken
from tenants.tenancy.models import RESERVED_SLUGS, Market, Merchant
from tenants.tenancy.schemas import public_schema

MOST_PAPERS = 12
TEXTS = ("kind", "company", "representative", "belongs_to", "contact_name", "about", "origins", "service_address")
# What a review judges by: what is changed after it has passed is looked at again, and a reviewer can ask for single fields anew.
JUDGED = {
    Step.IDENTITY: ("company", "licence_number", "representative"),
    Step.BASICS: (
        "belongs_to",
        "contact_name",
        "contact_phone",
        "contact_email",
        "service_phone",
        "service_address",
        "names",
        "slug",
        "about",
        "brands",
        "origins",
        "sells",
    ),
    Step.QUALIFICATION: ("kind", "sells_many_brands"),  # which papers it takes
}
MOST_CATEGORIES = 40
FIELD_LABELS = {**DOSSIER_LABELS, "sells": _lazy("What you will sell"), "slug": _lazy("Web address")}


@verb
def open_application(*, by: Actor, language: str) -> Application:
    """The person's application that is being written or reviewed; begun if there is none, with what the last one said that was not approved."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.person)  # of two equal requests the second sees what the first made
        found = Application.objects.filter(applicant_id=by.person, status__in=Application.OPEN).first()
        if found is None:
            number = free_number(Application.objects, clock.now(), Market.objects.get().tz)
            found = fresh_application(by.person, by.label)
            found.number, found.language = number, language
            found.save(force_insert=True)
            audit(by=by, action="application.begun", subject="application", subject_id=number)
    return found


@verb
def save_application(*, by: Actor, application_id: UUID, fields: Mapping[str, Any]) -> Application:
    """Keep what was entered so far: texts as in the model, `names` by language. Raises ApplicationClosed, InvalidInput."""
    with transaction.atomic():
        row = _writable(application_id, by)
        said = {name: getattr(row, name) for names in JUDGED.values() for name in names}
        before = _kept(row)
        for name in TEXTS:
            setattr(row, name, str(fields.get(name, "")).strip())
        if row.kind and row.kind not in Application.Kind.values:
            raise InvalidInput(field="kind", why=_("Choose what kind of seller you are."))
        row.sells_many_brands = bool(fields.get("sells_many_brands"))
        row.licence_number = clean_licence_number(str(fields.get("licence_number", "")))[:40]
        row.slug = str(fields.get("slug", "")).strip().lower()
        row.sells = [list(path) for path in fields.get("sells") or ()][:MOST_CATEGORIES]
        row.attested = sorted(set(fields.get("attested") or ()) & set(Requirement.objects.filter(check_by="attested").values_list("code", flat=True)))
        row.names = {code: text.strip() for code, text in (fields.get("names") or {}).items() if text and text.strip()}
        row.contact_email = _email(str(fields.get("contact_email", "")))
        for name in ("contact_phone", "service_phone"):
            phone = str(fields.get(name, "")).strip()
            setattr(row, name, parse_phone(phone, "CN", field=name) if phone else "")
        row.brands = clean_brands(fields.get("brands") or "")
        if row.slug:
            _check_slug(row)
        changed = {name for name, value in said.items() if getattr(row, name) != value}
        for step, names in JUDGED.items():
            if getattr(row, step) == Decision.PASSED and changed.intersection(names):
                setattr(row, step, Decision.WAITING)
        row.refused = {name: note for name, note in row.refused.items() if name not in changed}
        row.save()
        audit(by=by, action="application.saved", subject="application", subject_id=row.number, before=before, after={**_kept(row), "changed": sorted(changed)})
    return row


def _kept(row: Application) -> dict[str, str]:
    return {"company": row.company, "slug": row.slug, "identity": row.identity, "basics": row.basics}


def _email(text: str) -> str:
    return checked_address(text, "contact_email") if text.strip() else ""


def _check_slug(row: Application) -> None:
    """Raises InvalidInput, SlugTaken."""
    try:
        Merchant._meta.get_field("slug").run_validators(row.slug)
    except ValidationError as wrong:
        raise InvalidInput(field="slug", why=wrong.messages[0]) from wrong
    others = Application.objects.filter(slug=row.slug, status__in=(Application.Status.SUBMITTED, Application.Status.RETURNED)).exclude(pk=row.pk)
    if row.slug in RESERVED_SLUGS or Merchant.objects.filter(slug=row.slug).exists() or others.exists():
        raise SlugTaken(slug=row.slug)


@verb
def add_paper(*, by: Actor, application_id: UUID, kind: str, name: str, upload: IO[bytes], ends_on: date | None = None) -> Paper:
    """Hand in a document for a requirement (its code), or an "other"; the same document again is the same paper.

    Raises ApplicationClosed, InvalidInput.
    """
    requirement = Requirement.objects.filter(code=kind, check_by=Requirement.Check.DOCUMENT).first()
    if requirement is None and kind != Paper.OTHER:
        raise InvalidInput(field="kind", why=_("Say what this document is."))
    if requirement is None or requirement.ends == Requirement.Ends.NEVER:
        ends_on = None
    if requirement is not None:
        check_last_day(requirement, ends_on)
    clean = clean_paper(upload, "file")
    digest = hashlib.sha256(clean.data).hexdigest()
    with transaction.atomic(), public_schema():
        row = _writable(application_id, by)
        if same := row.papers.filter(sha256=digest, kind=kind).first():
            return same
        if row.papers.count() >= MOST_PAPERS:
            raise InvalidInput(field="file", why=_("An application has at most {most} documents. Remove one first.").format(most=MOST_PAPERS))
        paper = keep_paper(Paper(application=row, kind=kind, sha256=digest, ends_on=ends_on), clean, name=name, folder=f"applications/{row.pk}")
        _look_again(row, paper)
        audit(by=by, action="paper.added", subject="application", subject_id=row.number, after={"kind": kind, "name": paper.name, "sha256": digest})
    return paper


@verb
def remove_paper(*, by: Actor, application_id: UUID, paper_id: UUID) -> None:
    """Take a document back. Safe to repeat. Raises ApplicationClosed."""
    with transaction.atomic(), public_schema():
        row = _writable(application_id, by)
        paper = row.papers.filter(pk=paper_id).first()
        if paper is None:
            return
        paper.delete()
        _look_again(row, paper)
        audit(
            by=by, action="paper.removed", subject="application", subject_id=row.number, before={"kind": paper.kind, "name": paper.name, "sha256": paper.sha256}
        )
        key = paper.key
        transaction.on_commit(lambda: storages["papers"].delete(key), robust=True)


def _look_again(row: Application, paper: Paper) -> None:
    for step in Requirement.objects.filter(code=paper.kind).exclude(step=Step.QUALIFICATION).values_list("step", flat=True):
        if getattr(row, step) == Decision.PASSED:
            setattr(row, step, Decision.WAITING)
            row.save(update_fields=[step])


@verb
def submit_application(*, by: Actor, application_id: UUID) -> Application:
    """Hand it in. Steps that had passed stay passed, unless what they were judged by was changed; what more was asked for is looked at again.

    Raises ApplicationClosed, ApplicationIncomplete, ConfirmAddressFirst, SlugTaken, Blocked.
    """
    with transaction.atomic():
        row = _writable(application_id, by)
        if is_in_doubt(row.applicant):
            raise ConfirmAddressFirst(email=row.applicant.email)
        for email, phone in ((row.applicant.email, row.service_phone), (row.contact_email, row.contact_phone)):
            check_not_blocked(email=email, phone=phone)
        if missing := missing_of(row):
            raise ApplicationIncomplete(missing=_(", ").join(missing))
        _check_slug(row)
        before = row.status
        for step in Step:
            if getattr(row, step) != Decision.PASSED:
                setattr(row, step, Decision.WAITING)
        row.status, row.submitted_at = Application.Status.SUBMITTED, clock.now()
        row.review_due = due_after(row.submitted_at, Market.objects.get().tz)
        set_deadline(kind=REVIEW_DUE, subject_id=row.pk, due_at=row.review_due)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as taken:
            raise SlugTaken(slug=row.slug) from taken
        audit(by=by, action="application.submitted", subject="application", subject_id=row.number, before={"status": before}, after={"status": row.status})
        record(ApplicationSubmitted(application_id=row.pk))
    return row


# Where in the form a field stands that a reviewer may ask for anew.
PLACES = {"seller": ("kind", "sells_many_brands", "sells"), "company": (*JUDGED[Step.IDENTITY], "belongs_to"), "shop": JUDGED[Step.BASICS]}


def missing_of(row: Application) -> list[str]:
    """What has to be there before it can be handed in, in words."""
    return [word for words in missing_by_part(row).values() for word in words]


def missing_by_part(row: Application) -> dict[str, list[str]]:
    """The same by part of the form: seller, company, shop, papers, confirm."""
    wanted = {
        "seller": {"kind": _("kind of seller")},
        "company": {"company": _("company"), "licence_number": _("licence number"), "representative": _("legal representative")},
        "shop": {
            "contact_name": _("contact person"),
            "contact_phone": _("contact phone"),
            "contact_email": _("contact e-mail"),
            "service_address": _("service address"),
            "names": _("name of the shop"),
            "slug": _("web address"),
            "brands": _("brands"),
        },
        "papers": {},
        "confirm": {},
    }
    missing = {part: [label for name, label in fields.items() if not getattr(row, name)] for part, fields in wanted.items()}
    if not row.sells and depends_on_goods(row):
        missing["seller"].append(_("what you will sell"))
    for name in row.refused:
        part = next((part for part, fields in PLACES.items() if name in fields), "shop")
        missing[part].append(_("{what} (to be changed)").format(what=FIELD_LABELS[name]))
    part_of = {Requirement.Check.COMPUTED: "company", Requirement.Check.DOCUMENT: "papers", Requirement.Check.ATTESTED: "confirm"}
    for item in items_of(row):
        if not item.is_met:
            missing[part_of[Requirement.Check(item.requirement.check_by)]].append(item.requirement.name)
    missing["confirm"] += [str(rules.get_kind_display()) for rules in unaccepted(application=row)]
    return missing


@verb
def withdraw_application(*, by: Actor, application_id: UUID) -> Application:
    """The applicant gives it up; a new one can be begun. Safe to repeat. Raises ApplicationClosed once it is decided."""
    with transaction.atomic():
        row = _locked(application_id)
        if row.applicant_id != by.person:
            raise ApplicationUnknown
        if row.status == Application.Status.WITHDRAWN:
            return row
        if row.status not in Application.OPEN:
            raise ApplicationClosed(status=row.get_status_display())
        before, row.status, row.decided_at = row.status, Application.Status.WITHDRAWN, clock.now()
        row.save(update_fields=["status", "decided_at"])
        meet(kind=REVIEW_DUE, subject_id=row.pk)
        audit(by=by, action="application.withdrawn", subject="application", subject_id=row.number, before={"status": before}, after={"status": row.status})
    return row


@verb
def note_review(*, by: Actor, application_id: UUID, step: str, decision: str, reason: str, fields: Iterable[str] = ()) -> Application:
    """Write down a decision over the step that is due, and what it makes of the application.

    Raises ApplicationUnknown, StepNotDue, OwnApplication, StepLacks (passed while something that is asked is not there).

    `fields`: of what the step judges by, what the applicant has to change; only that is asked for again. The flow that calls this
    opens the shop when all steps have passed.
    """
    with transaction.atomic():
        row = _locked(application_id)
        if row.next_step != step:
            raise StepNotDue
        check_not_applicant(row, by.user_id)
        if decision == Decision.PASSED and (lacking := _lacking_for(row, step)):
            raise StepLacks(what=_(", ").join(lacking))
        before = {"status": row.status, step: getattr(row, step)}
        setattr(row, step, decision)
        row.status = {
            Decision.MORE: Application.Status.RETURNED,
            Decision.REJECTED: Application.Status.REJECTED,
        }.get(Decision(decision), row.status)
        if decision == Decision.REJECTED:
            row.decided_at = clock.now()
        if decision == Decision.MORE:
            row.refused = {name: reason[:500] for name in JUDGED[Step(step)] if name in set(fields)}
        row.save()
        if row.next_step is None:
            meet(kind=REVIEW_DUE, subject_id=row.pk)
        Review.objects.create(application=row, step=step, decision=decision, reason=reason[:500], by_label=by.label)
        audit(
            by=by,
            action=f"application.{step}_{decision}",
            subject="application",
            subject_id=row.number,
            before=before,
            after={"status": row.status, step: decision} | ({"refused": sorted(row.refused)} if row.refused else {}),
            why=reason,
        )
        record(ApplicationReviewed(application_id=row.pk, step=step, decision=decision))
    return row


def _lacking_for(row: Application, step: str) -> list[str]:
    """What is asked in this step, or in one before it, and is not there: asked for again, ended, or asked for only since it was handed in."""
    order = list(Step.values)
    until = order[: order.index(step) + 1]
    return [item.requirement.name for item in items_of(row) if item.requirement.step in until and not item.is_met]


@verb
def waive_requirement(*, by: Actor, application_id: UUID, code: str, reason: str) -> Application:
    """The reviewer does without a requirement, for this applicant, with a reason. Raises ReasonMissing, RequirementNotAsked, StepNotDue."""
    check_reason(reason)
    with transaction.atomic():
        row = _locked(application_id)
        if row.status not in (Application.Status.SUBMITTED, Application.Status.RETURNED):
            raise StepNotDue
        check_not_applicant(row, by.user_id)
        if not any(one.code == code and one.is_waivable for one in asked_of(row)):
            raise RequirementNotAsked
        row.waived = {**row.waived, code: reason.strip()[:500]}
        row.save(update_fields=["waived"])
        audit(by=by, action="application.requirement_waived", subject="application", subject_id=row.number, after={"requirement": code}, why=reason.strip())
    return row


@verb
def note_approved(*, by: Actor, application: Application, merchant: Merchant) -> None:
    """All steps have passed: the merchant it became. Of a locked application."""
    application.status, application.merchant, application.decided_at = Application.Status.APPROVED, merchant, clock.now()
    application.save(update_fields=["status", "merchant", "decided_at"])


@verb
def note_paper_opened(*, by: Actor, application: Application, paper: Paper) -> None:
    """Papers hold personal data: who looked is written down."""
    with transaction.atomic():
        audit(by=by, action="paper.opened", subject="application", subject_id=application.number, after={"kind": paper.kind, "name": paper.name})


@verb
def note_shop_paper_opened(*, by: Actor, paper: Paper) -> None:
    """The same of a document that a shop has handed in."""
    with transaction.atomic():
        after = {"kind": paper.kind, "name": paper.name}
        audit(by=by, action="paper.opened", subject="paper", subject_id=paper.pk, merchant_id=paper.merchant_id, after=after)


def _locked(application_id: UUID) -> Application:
    row = Application.objects.select_for_update(of=("self",)).select_related("applicant").filter(pk=application_id).first()
    if row is None:
        raise ApplicationUnknown
    return row


def _writable(application_id: UUID, by: Actor) -> Application:
    """The applicant's own, locked, while it can be written. Raises ApplicationUnknown, ApplicationClosed."""
    row = _locked(application_id)
    if row.applicant_id != by.person:
        raise ApplicationUnknown
    if row.status not in Application.WRITABLE:
        raise ApplicationClosed(status=row.get_status_display())
    return row
