"""Everything the market keeps of a person, packed for that person: a ZIP with one JSON file a subject, and the files they handed in."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core.files.base import File
from django.core.files.storage import default_storage, storages
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.texts import localised
from marketplace.kernel.verbs import verb
from marketplace.platform.cart.models import CartLine
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from marketplace.platform.members.exports import expire_export, finish_export, note_export, open_export
from marketplace.platform.members.models import Address, DataExport, Favourite, Follow, Profile, Seen
from marketplace.platform.notices.messages import read_in
from marketplace.platform.notices.models import Notice, NoticeChoice, SmsNumber
from marketplace.platform.payments.models import PaymentAttempt, Refund
from marketplace.platform.reviews.models import Answer, BuyerReview, Question, ShopRating
from tenants.accounts.models import Invitation, Letter, Membership, SignIn, User
from tenants.onboarding.models import Application, Paper
from tenants.tenancy.jobs import long_market_task
from tenants.tenancy.schemas import public_schema

Rows = list[dict[str, Any]]


def _rows(found: models.QuerySet[Any], *fields: str) -> Rows:
    return list(found.values(*fields))


def _person(user: User) -> Rows:
    profile = Profile.objects.filter(pk=user.pk).first()
    return [
        {
            "email": user.email,
            "name": user.name,
            "phone": profile.phone if profile else "",
            "language": user.language,
            "joined_at": user.joined_at,
            "remembers_seen": profile.remembers_seen if profile else True,
            "personalised_since": profile.personalised_since if profile else None,
            "addresses": _rows(EmailAddress.objects.filter(user=user), "email", "verified", "primary"),
            "works_for": _rows(Membership.objects.filter(user=user), "merchant_id", "is_active", "since", "ended_at", "signed_in_at"),
            "invited_to": _rows(Invitation.objects.filter(email=user.email.lower()), "merchant_id", "roles", "status", "created_at", "ended_at"),
        }
    ]


def _kept(found: models.QuerySet[Any], *fields: str) -> Rows:
    """Rows about listings, with the title instead of its translations."""
    rows = _rows(found, "listing_id", "listing__titles", *fields)
    return [{**row, "title": localised(row.pop("listing__titles")).text} for row in rows]


ORDER = (
    "number",
    "group__number",
    "merchant__slug",
    "status",
    "payment_status",
    "fulfilment_status",
    "currency",
    "items_minor",
    "freight_minor",
    "total_minor",
    "tax_minor",
    "refunded_minor",
    "lines",
    "packages",
    "placed_at",
    "accepted_at",
    "completed_at",
    "cancelled_at",
)

# One file each: its name, what stands in it, and the rows of a person.
PARTS: dict[str, Callable[[User], Rows]] = {
    "person": _person,
    "addresses": lambda user: [{**row.as_kept(), "is_default": row.is_default, "created_at": row.created_at} for row in Address.objects.filter(user=user)],
    "favourites": lambda user: _kept(Favourite.objects.filter(user=user), "currency", "saved_minor", "saved_at"),
    "followed_shops": lambda user: _rows(Follow.objects.filter(user=user), "merchant__slug", "followed_at"),
    "recently_seen": lambda user: _kept(Seen.objects.filter(user=user), "seen_at"),
    "cart": lambda user: _rows(CartLine.objects.filter(cart__user=user), "variant_id", "wishes", "quantity", "is_chosen"),
    "order_groups": lambda user: _rows(
        OrderGroup.objects.filter(buyer=user), "number", "status", "currency", "total_minor", "address", "language", "placed_at", "paid_at"
    ),
    "orders": lambda user: _rows(OrderCopy.objects.filter(buyer=user), *ORDER),
    "payments": lambda user: _rows(
        PaymentAttempt.objects.filter(payment__group__buyer=user),
        "payment__group__number", "payment__rail", "status", "payment__amount_minor", "payment__currency",
    ),
    "refunds": lambda user: _rows(
        Refund.objects.filter(payment__group__buyer=user), "payment__group__number", "status", "reason", "amount_minor", "currency", "created_at", "done_at"
    ),
    "returns": lambda user: _rows(
        ReturnCopy.objects.filter(buyer=user), "number", "order__number", "status", "reason", "note", "answer", "report", "carrier",
        "tracking_number", "lines", "amount_minor", "currency", "requested_at", "ended_at",
    ),
    "applications": lambda user: _rows(
        Application.objects.filter(applicant=user), "number", "status", "kind", "company", "licence_number", "representative", "contact_name",
        "contact_phone", "contact_email", "names", "slug", "about", "created_at", "submitted_at", "decided_at",
    ),
    "reviews": lambda user: _kept(
        BuyerReview.objects.filter(buyer=user), "stars", "text", "addition", "is_anonymous", "is_shown", "hidden_why", "pictures", "answer", "written_at"
    ),
    "shop_ratings": lambda user: _rows(ShopRating.objects.filter(buyer=user), "order__number", "goods", "service", "delivery", "rated_at"),
    "questions": lambda user: _kept(Question.objects.filter(asker=user), "text", "is_shown", "hidden_why", "asked_at"),
    "answers": lambda user: _rows(Answer.objects.filter(author=user), "question__text", "text", "is_shown", "hidden_why", "at"),
    "letters": lambda user: _rows(Letter.objects.filter(email__iexact=user.email), "kind", "subject", "written_at", "sent_at"),
    "sign_ins": lambda user: _rows(SignIn.objects.filter(user=user).order_by("at"), "at", "outcome", "host", "address", "agent", "ended_at"),
    "notices": lambda user: _rows(Notice.objects.filter(person=user), "kind", "title", "text", "at", "read_at"),
    "notice_choices": lambda user: _rows(NoticeChoice.objects.filter(person=user), "kind", "channel", "is_wanted"),
    "sms_number": lambda user: _rows(SmsNumber.objects.filter(person=user), "number", "confirmed_at"),
    "log": lambda user: _rows(AuditEvent.objects.filter(actor_id=user.pk).order_by("id"), "at", "action", "subject_type", "subject_id", "address"),
}  # fmt: skip


def _files(user: User) -> Iterator[tuple[str, Any]]:
    """Files the person handed in, and pictures in reviews: (name in the archive, open file)."""
    for keys in BuyerReview.objects.filter(buyer=user).exclude(pictures=[]).values_list("pictures", flat=True):
        for key in keys:
            yield f"pictures/{key.rpartition('/')[2]}", default_storage.open(key.removeprefix("public/"))
    for paper in Paper.objects.filter(application__applicant=user).select_related("application"):
        number = paper.application.number if paper.application else ""  # always there: they are found by it
        yield f"papers/{number}/{paper.pk.hex}.{paper.key.rpartition('.')[2]}", storages["papers"].open(paper.key)


@verb
def ask_for_my_data(*, by: Actor, export_id: UUID) -> DataExport:
    """Have one's data packed; while one is being packed, that one. A worker does it."""
    with transaction.atomic():
        row, is_new = open_export(by=by, export_id=export_id)
        if is_new:
            pack_my_data.request(export_id=str(row.pk))
    return row


@long_market_task
def pack_my_data(export_id: str) -> None:
    """Pack it, part by part. Stopped anywhere, it begins anew."""
    row = DataExport.objects.select_related("user").filter(pk=export_id, status=DataExport.Status.WAITING).first()
    if row is None:
        return
    with tempfile.TemporaryFile() as file, read_in(row.user.language or "en"), public_schema():
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", _readme())
            for done, (name, rows_of) in enumerate(PARTS.items(), start=1):
                archive.writestr(f"{name}.json", json.dumps(rows_of(row.user), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
                note_export(by=SYSTEM, export_id=row.pk, done=done, total=len(PARTS) + 1)
            for name, handed_in in _files(row.user):
                with handed_in:
                    archive.writestr(name, handed_in.read())
        size = file.tell()
        file.seek(0)
        key = storages["papers"].save(f"exports/{row.pk}.zip", File(file))
        finish_export(by=SYSTEM, export_id=row.pk, key=key, size=size)


def _readme() -> str:
    lines = [
        _("What this market keeps of you, as it was when you asked. Each .json file is a list."),
        _("Amounts end in _minor and are whole cents (or the smallest unit of their currency). Moments are in UTC."),
        _("Shops keep copies of your orders with the address they were sent to; those are the same as here."),
        _("Your password is stored as a hash only and is left out."),
    ]
    return "\n".join(lines) + "\n"


def expire_my_data(event: DeadlineReached) -> None:
    """The outcome of its deadline: the file is deleted."""
    expire_export(by=SYSTEM, export_id=event.subject_id)
