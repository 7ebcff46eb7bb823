"""What points at a person, and what becomes of it when two accounts are one: every foreign key to `User` stands here, moved or left with a reason.

Each mover takes (loser, winner) and returns how many rows came over. All are safe to repeat: what came to the loser while it was being merged
is moved by the same functions a little later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.core.files.storage import storages
from django.db import models, transaction
from django.db.models import F, Q

from marketplace.platform.cart.models import Cart, CartLine
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from marketplace.platform.members.keeping import MOST_SEEN
from marketplace.platform.members.models import Address, ConsumerNote, DataExport, Double, Favourite, Follow, Profile, Seen
from marketplace.platform.notices.models import Notice, NoticeChoice, NoticeHours, SmsNumber
from marketplace.platform.reviews.models import Answer, BuyerReview, HelpfulVote, Question, ShopRating
from tenants.accounts.models import Closure
from tenants.onboarding.models import Application
from tenants.tenancy.schemas import public_schema

Mover = Callable[[UUID, UUID], int]


def _all(model: type[models.Model], field: str) -> Mover:
    """Rows that nothing but their key tells apart."""

    def move(loser: UUID, winner: UUID) -> int:
        rows: Any = model._default_manager.filter(**{field: loser})
        return int(rows.update(**{field: winner}))

    return move


def _once(model: type[models.Model], field: str, other: str) -> Mover:
    """Rows of which the winner may have the same already: then the loser's goes."""

    def move(loser: UUID, winner: UUID) -> int:
        table: Any = model._default_manager
        table.filter(**{field: loser, f"{other}__in": table.filter(**{field: winner}).values(other)}).delete()
        return int(table.filter(**{field: loser}).update(**{field: winner}))

    return move


def addresses(loser: UUID, winner: UUID) -> int:
    """Each place once; the winner's default stays the default."""
    known = [row.as_kept() for row in Address.objects.filter(user_id=winner)]
    for row in Address.objects.filter(user_id=loser):
        if row.as_kept() in known:
            row.delete()
    mine = Address.objects.filter(user_id=loser)
    if Address.objects.filter(user_id=winner, is_default=True).exists():
        mine.update(is_default=False)
    return mine.update(user_id=winner)


def groups(loser: UUID, winner: UUID) -> int:
    """Order groups; of two that came with the same key of a form, the loser's gets one of its own."""
    mine = OrderGroup.objects.filter(buyer_id=loser)
    for row in mine.filter(key__in=OrderGroup.objects.filter(buyer_id=winner).values("key")).only("pk"):
        OrderGroup.objects.filter(pk=row.pk).update(key=f"merged-{row.pk.hex}")
    return mine.update(buyer_id=winner)


def cart(loser: UUID, winner: UUID) -> int:
    """What lay in either cart lies in one, each variant and wish once with the larger number. What came over is not chosen: nobody orders it unawares."""
    theirs = Cart.objects.filter(user_id=loser).first()
    if theirs is None:
        return 0
    own, _made = Cart.objects.get_or_create(user_id=winner)
    held = {(line.variant_id, line.wishes_key): line for line in own.lines.all()}
    moved = 0
    for line in theirs.lines.all():
        if mine := held.get((line.variant_id, line.wishes_key)):
            CartLine.objects.filter(pk=mine.pk).update(quantity=max(mine.quantity, line.quantity))
        else:
            CartLine.objects.filter(pk=line.pk).update(cart=own, is_chosen=False)
        moved += 1
    theirs.delete()
    return moved


def profile(loser: UUID, winner: UUID) -> int:
    """What the winner has not told is taken from the loser; who wanted nothing remembered, on either account, gets that."""
    theirs = Profile.objects.filter(user_id=loser).first()
    if theirs is None:
        return 0
    own, _made = Profile.objects.get_or_create(user_id=winner)
    own.phone, own.remembers_seen = own.phone or theirs.phone, own.remembers_seen and theirs.remembers_seen
    own.save(update_fields=["phone", "remembers_seen"])
    theirs.delete()
    if not own.remembers_seen:
        Seen.objects.filter(user_id__in=[loser, winner]).delete()
    return 1


def seen(loser: UUID, winner: UUID) -> int:
    """The newest sixty of both."""
    moved = _once(Seen, "user_id", "listing_id")(loser, winner)
    old = Seen.objects.filter(user_id=winner).order_by("-seen_at", "-id").values_list("pk", flat=True)[MOST_SEEN:]
    Seen.objects.filter(pk__in=list(old)).delete()
    return moved


def votes(loser: UUID, winner: UUID) -> int:
    """A person has one voice: of two for the same review one goes, and so does one for what is now their own review."""
    gone = HelpfulVote.objects.filter(person_id=loser).filter(
        Q(review__in=HelpfulVote.objects.filter(person_id=winner).values("review")) | Q(review__buyer_id__in=[loser, winner])
    )
    own = HelpfulVote.objects.filter(person_id=winner, review__buyer_id__in=[loser, winner])
    for review_id in [*gone.values_list("review_id", flat=True), *own.values_list("review_id", flat=True)]:
        BuyerReview.objects.filter(pk=review_id).update(helpful=F("helpful") - 1)
    gone.delete()
    own.delete()
    return HelpfulVote.objects.filter(person_id=loser).update(person_id=winner)


def answers(loser: UUID, winner: UUID) -> int:
    """Where both answered the same question both answers stay: the second under the closed account."""
    twice = Answer.objects.filter(author_id=winner).values("question")
    return Answer.objects.filter(author_id=loser).exclude(question__in=twice).update(author_id=winner)


def exports(loser: UUID, winner: UUID) -> int:
    """Packed data of the loser go with their files: they can be asked for anew, with everything in them."""
    rows = DataExport.objects.filter(user_id=loser)
    keys = list(rows.exclude(key="").values_list("key", flat=True))
    rows.delete()

    def delete_files() -> None:
        with public_schema():
            for key in keys:
                storages["papers"].delete(key)

    transaction.on_commit(delete_files)
    return 0


def choices(loser: UUID, winner: UUID) -> int:
    """What the winner has not said about being told is taken from the loser."""
    said = set(NoticeChoice.objects.filter(person_id=winner).values_list("kind", "channel"))
    mine = [row.pk for row in NoticeChoice.objects.filter(person_id=loser) if (row.kind, row.channel) not in said]
    moved = NoticeChoice.objects.filter(pk__in=mine).update(person_id=winner)
    NoticeChoice.objects.filter(person_id=loser).delete()
    return moved


def _if_none(model: type[models.Model]) -> Mover:
    """One row a person: the loser's counts where the winner has none, and goes otherwise."""

    def move(loser: UUID, winner: UUID) -> int:
        table: Any = model._default_manager
        has_own = table.filter(person_id=winner).exists()
        moved = 0 if has_own else int(table.filter(person_id=loser).update(person_id=winner))
        table.filter(person_id=loser).delete()
        return moved

    return move


def doubles(loser: UUID, winner: UUID) -> int:
    """Guesses about the loser have been answered."""
    Double.objects.filter(Q(first=loser) | Q(second=loser)).delete()
    return 0


# In the order in which they run: what a shop's own tables hold was moved before (merge_accounts.py).
MOVES: Mapping[str, tuple[Mover, ...]] = {
    "platform_checkout.OrderGroup.buyer": (groups,),
    "platform_checkout.OrderCopy.buyer": (_all(OrderCopy, "buyer_id"),),
    "platform_checkout.ReturnCopy.buyer": (_all(ReturnCopy, "buyer_id"),),
    "platform_reviews.HelpfulVote.person": (votes,),
    "platform_reviews.BuyerReview.buyer": (_all(BuyerReview, "buyer_id"),),
    "platform_reviews.ShopRating.buyer": (_all(ShopRating, "buyer_id"),),
    "platform_reviews.Question.asker": (_all(Question, "asker_id"),),
    "platform_reviews.Answer.author": (answers,),
    "platform_cart.Cart.user": (cart,),
    "platform_members.Address.user": (addresses,),
    "platform_members.Favourite.user": (_once(Favourite, "user_id", "listing_id"),),
    "platform_members.Follow.user": (_once(Follow, "user_id", "merchant_id"),),
    "platform_members.Seen.user": (seen,),
    "platform_members.Profile.user": (profile,),
    "platform_members.ConsumerNote.user": (_all(ConsumerNote, "user_id"),),
    "platform_members.DataExport.user": (exports,),
    "platform_members.Double.first": (doubles,),
    "platform_members.Double.second": (),  # with `first`
    "platform_notices.Notice.person": (_all(Notice, "person_id"),),
    "platform_notices.NoticeChoice.person": (choices,),
    "platform_notices.NoticeHours.person": (_if_none(NoticeHours),),
    "platform_notices.SmsNumber.person": (_if_none(SmsNumber),),
    "onboarding.Application.applicant": (_all(Application, "applicant_id"),),
    "accounts.Closure.into": (_all(Closure, "into_id"),),
}
# In the schema of every shop that the loser bought in.
MOVES_IN_SHOPS = ("merchant_orders.Order.buyer", "merchant_customers.Customer.buyer")

_WORK = "neither account may belong to somebody who works somewhere; of work that has ended it says who did it"
LEFT: Mapping[str, str] = {
    "accounts.Closure.user": "says that the loser is merged, and into whom",
    "accounts.SignIn.user": "says who signed in with which account; open sessions of the loser end",
    "accounts.HandOver.user": "lives for a minute, and is refused to a closed account",
    "account.EmailAddress.user": "goes: the loser's mailbox is free for another account",
    "accounts.Membership.user": _WORK,
    "accounts.Invitation.invited_by": _WORK,
    "accounts.Invitation.accepted_by": _WORK,
    "accounts.SupportAccess.supporter": _WORK,
    "accounts.SupportAccess.answered_by": _WORK,
    "access.UserGroup.user": _WORK,
    "access.UserPermission.user": _WORK,
    "onboarding.Application.reviewer": _WORK,
    "platform_approvals.ApprovalRequest.asked_by": _WORK,
    "platform_approvals.ApprovalRequest.decided_by": _WORK,
    "contracts.Contract.signed_by": _WORK,
    "onboarding.DossierChange.reviewer": _WORK,
    "platform_payments.AccountChange.asked_by": _WORK,
    "platform_payments.AccountChange.confirmed_by": _WORK,
    "platform_payments.AccountChange.looked_by": _WORK,
    "platform_backoffice.ListChoice.user": _WORK,
    "platform_backoffice.ListJob.user": _WORK,
    "platform_backoffice.SavedView.user": _WORK,
}
# Apps of others in which only who works on pages leaves anything.
LEFT_APPS: Mapping[str, str] = dict.fromkeys(
    ("wagtailcore", "wagtailadmin", "wagtailusers", "wagtailimages", "wagtaildocs", "cms_merchant", "cms_platform"), _WORK
)
