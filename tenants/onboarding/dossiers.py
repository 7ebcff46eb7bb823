"""The dossier of a shop: begun with its application; a shop that trades hands in changes, and what was reviewed holds until they are approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.errors import InvalidInput, NotFound, ReasonMissing
from marketplace.kernel.outbox import record
from marketplace.kernel.phones import parse_phone
from marketplace.kernel.plain import plain
from marketplace.kernel.verbs import verb
from tenants.access.other_hands import check_other_hands
from tenants.access.people import market_staff_with
from tenants.access.rights import Right
from tenants.accounts.addresses import checked_address
from tenants.accounts.models import User
from tenants.onboarding.errors import DossierChangeDecided
from tenants.onboarding.events import DossierChangeDecidedUpon, DossierChangeHandedIn
from tenants.onboarding.licences import clean_licence_number
from tenants.onboarding.models import Application, Dossier, DossierChange, SellerKind
from tenants.onboarding.reviewing import REVIEW_DUE, due_after
from tenants.tenancy.models import Market, Merchant

MOST_BRANDS, LONGEST_BRAND = 30, 60
LABELS: Mapping[str, str | Promise] = {
    "kind": _lazy("Kind of seller"),
    "sells_many_brands": _lazy("One brand or several"),
    "company": _lazy("Company, as on the licence"),
    "licence_number": _lazy("Licence number"),
    "representative": _lazy("Legal representative"),
    "belongs_to": _lazy("Part of"),
    "contact_name": _lazy("Contact person"),
    "contact_phone": _lazy("Contact phone"),
    "contact_email": _lazy("Contact e-mail"),
    "service_phone": _lazy("Service phone"),
    "service_address": _lazy("Service address"),
    "names": _lazy("Name of the shop"),
    "about": _lazy("What the shop sells"),
    "brands": _lazy("Brands"),
    "origins": _lazy("Where the goods come from"),
}
MUST = ("company", "licence_number", "representative", "contact_name", "contact_phone", "contact_email")
S = DossierChange.Status


def dossier_of(merchant: Merchant) -> Dossier:
    """As it was reviewed; of a shop opened by hand that has handed in nothing yet an unsaved one."""
    found = Dossier.objects.filter(merchant=merchant).first()
    return found or Dossier(merchant=merchant, contact_email=merchant.contact_email, names=merchant.names)


@verb
def begin_dossier(*, by: Actor, application: Application, merchant: Merchant) -> Dossier:
    """What an application said is what the market knows of the new shop."""
    row, _made = Dossier.objects.update_or_create(merchant=merchant, defaults={name: getattr(application, name) for name in Dossier.FIELDS})
    return row


def clean_brands(text: str | list[str]) -> list[str]:
    """One a line, or parted by commas; each once. Raises InvalidInput."""
    parts = text if isinstance(text, list) else text.replace("，", ",").replace("、", ",").replace("\n", ",").split(",")
    found = list(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))
    if len(found) > MOST_BRANDS or any(len(brand) > LONGEST_BRAND for brand in found):
        raise InvalidInput(
            field="brands", why=_("At most {most} brands, one a line, each up to {long} characters.").format(most=MOST_BRANDS, long=LONGEST_BRAND)
        )
    return found


def clean_dossier(fields: Mapping[str, Any]) -> dict[str, Any]:
    """As a dossier keeps them. Raises InvalidInput."""
    found: dict[str, Any] = {name: " ".join(str(value).split()) for name, value in fields.items() if name in Dossier.FIELDS}
    for name in found:
        longest = getattr(Dossier._meta.get_field(name), "max_length", None)
        if longest and len(found[name]) > longest:
            raise InvalidInput(field=name, why=_("At most {most} characters.").format(most=longest))
    if found.get("kind") and found["kind"] not in SellerKind.values:
        raise InvalidInput(field="kind", why=_("Choose what kind of seller you are."))
    if "sells_many_brands" in fields:
        found["sells_many_brands"] = bool(fields["sells_many_brands"])
    if "licence_number" in fields:
        found["licence_number"] = clean_licence_number(found["licence_number"])
    if "contact_email" in fields and found["contact_email"]:
        found["contact_email"] = checked_address(found["contact_email"], "contact_email")
    for name in ("contact_phone", "service_phone"):
        if found.get(name):
            found[name] = parse_phone(found[name], "CN", field=name)
    if "names" in fields:
        found["names"] = {code: " ".join(text.split())[:60] for code, text in fields["names"].items() if text and text.strip()}
    if "brands" in fields:
        found["brands"] = clean_brands(fields["brands"])
    return found


@verb
def hand_in_dossier(*, by: Actor, merchant_id: UUID, fields: Mapping[str, Any]) -> DossierChange:
    """A shop hands in its data as they should be: what differs is reviewed. A change that waits is replaced. Raises InvalidInput."""
    wanted = clean_dossier(fields)
    for name in MUST:
        if name in wanted and not wanted[name]:
            raise InvalidInput(field=name, why=_("This cannot be left empty."))
    if "names" in wanted and not wanted["names"]:
        raise InvalidInput(field="names", why=_("Give it a name in at least one language."))
    with transaction.atomic():
        merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant_id)
        now = dossier_of(merchant)
        if now.kind and not wanted.get("kind", now.kind):
            raise InvalidInput(field="kind", why=_("This cannot be left empty."))
        after = {name: value for name, value in wanted.items() if getattr(now, name) != value}
        if not after:
            raise InvalidInput(why=_("Nothing differs from what the market has. Change something first."))
        for old in DossierChange.objects.filter(merchant=merchant, status=S.WAITING):
            _close(old, S.WITHDRAWN, by)
        row = DossierChange.objects.create(
            merchant=merchant,
            before={name: getattr(now, name) for name in after},
            after=after,
            review_due=due_after(clock.now(), Market.objects.get().tz),
            by_label=by.label,
        )
        set_deadline(kind=REVIEW_DUE, subject_id=row.pk, due_at=row.review_due)
        _audit(by, row, "dossier.handed_in", before=plain(row.before), after=plain(after))
        record(DossierChangeHandedIn(merchant_id=merchant_id, change_id=row.pk))
    return row


@verb
def withdraw_dossier_change(*, by: Actor, merchant_id: UUID) -> None:
    """The shop takes back what waits. Safe to repeat."""
    with transaction.atomic():
        for row in DossierChange.objects.select_for_update(of=("self",)).filter(merchant_id=merchant_id, status=S.WAITING):
            _close(row, S.WITHDRAWN, by)
            _audit(by, row, "dossier.withdrawn", before={"status": S.WAITING}, after={"status": row.status})


@verb
def take_dossier_change(*, by: Actor, change_id: UUID) -> DossierChange:
    """It is this reviewer's work from now on. Safe to repeat. Raises NotFound, DossierChangeDecided."""
    return _give(by, change_id, User.objects.get(pk=by.person))


@verb
def hand_dossier_change_over(*, by: Actor, change_id: UUID, to_id: UUID) -> DossierChange:
    """It is a colleague's work from now on, of somebody who may review. Safe to repeat. Raises NotFound, DossierChangeDecided."""
    colleague = next((person for person in market_staff_with(Right.REVIEW_MERCHANTS) if person.pk == to_id), None)
    if colleague is None:
        raise NotFound
    return _give(by, change_id, colleague)


def _give(by: Actor, change_id: UUID, to: User) -> DossierChange:
    with transaction.atomic():
        row = locked_dossier_change(change_id)
        if row.reviewer_id != to.pk:
            before, row.reviewer = row.reviewer.email if row.reviewer else "", to
            row.save(update_fields=["reviewer"])
            _audit(by, row, "dossier.taken", before={"reviewer": before}, after={"reviewer": to.email})
    return row


@verb
def decide_dossier_change(*, by: Actor, change_id: UUID, approves: bool, note: str = "") -> DossierChange:
    """Approve it, and it is in the dossier; or refuse it with a reason. What follows elsewhere is for the flow.

    Raises NotFound, DossierChangeDecided, ReasonMissing, OwnHands.
    """
    if not approves and not note.strip():
        raise ReasonMissing(field="note")
    with transaction.atomic():
        row = locked_dossier_change(change_id)
        check_other_hands(by, row.merchant_id)
        _close(row, S.APPROVED if approves else S.REFUSED, by, note)
        if approves:
            dossier = dossier_of(row.merchant)
            for name, value in row.after.items():
                setattr(dossier, name, value)
            dossier.changed_at = clock.now()
            dossier.save()
            _audit(by, row, "dossier.approved", before=plain(row.before), after=plain(row.after), why=row.note)
        else:
            _audit(by, row, "dossier.refused", before={"status": S.WAITING}, after={"status": row.status, "fields": sorted(row.after)}, why=row.note)
        record(DossierChangeDecidedUpon(merchant_id=row.merchant_id, change_id=row.pk, is_approved=approves))
    return row


def locked_dossier_change(change_id: UUID) -> DossierChange:
    """While it waits. Raises NotFound, DossierChangeDecided."""
    row = DossierChange.objects.select_for_update(of=("self",)).select_related("merchant", "reviewer").filter(pk=change_id).first()
    if row is None:
        raise NotFound
    if row.status != S.WAITING:
        raise DossierChangeDecided
    return row


def _close(row: DossierChange, status: str, by: Actor, note: str = "") -> None:
    row.status, row.note, row.decided_label, row.decided_at = status, note.strip()[:500], by.label, clock.now()
    row.save(update_fields=["status", "note", "decided_label", "decided_at"])
    meet(kind=REVIEW_DUE, subject_id=row.pk)


def _audit(by: Actor, row: DossierChange, action: str, **said: Any) -> None:
    audit(by=by, action=action, subject="dossier", subject_id=row.merchant_id, merchant_id=row.merchant_id, **said)
