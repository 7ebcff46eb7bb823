"""Two accounts of one person become one: everything moves in one transaction, and the other account is closed for good. It takes two people.

The loser's mailbox becomes free: it may register anew, or be taken as the winner's address. Both mailboxes get a letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.flows.merging import MOVES
from marketplace.flows.price_lists import fit_lists
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import set_deadline
from marketplace.kernel.errors import MarketError, check_reason
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.masks import masked_email
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from marketplace.merchant.customers.actions import join_customers
from marketplace.platform.cart.models import Cart, CartLine
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from marketplace.platform.members.models import Address, ConsumerNote, Favourite, Follow
from marketplace.platform.notices.letters import post_letter
from marketplace.platform.notices.messages import read_in, worded
from marketplace.platform.reviews.models import Answer, BuyerReview, Question, ShopRating
from tenants.accounts.errors import AccountClosed, PersonUnknown
from tenants.accounts.letters import FORGOTTEN
from tenants.accounts.models import Closure, Membership, User
from tenants.accounts.sign_ins import end_sessions
from tenants.onboarding.models import Application
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import in_merchant_schemas

MERGE = "person.merge"
SWEEP = "person.merge_sweep"
SWEEP_AFTER = timedelta(minutes=5)  # no request lives that long


class SameAccount(MarketError):
    code, status = "same_account", 422
    message = gettext_lazy("Choose two different accounts.")


class StaffNotMerged(MarketError):
    code, status = "staff_not_merged", 409
    message = gettext_lazy("{email} works for {place}. Accounts of staff are not merged: end that work first, or leave both as they are.")


class TwoApplications(MarketError):
    code, status = "two_applications", 409
    message = gettext_lazy("Both accounts have an open application ({numbers}). One has to be decided or withdrawn first.")


@dataclass(frozen=True)
class Moving:
    """What would come over, by its kind in code, and how many."""

    kind: str
    count: int


def check_mergeable(loser_id: UUID, winner_id: UUID) -> tuple[User, User]:
    """Raises SameAccount, PersonUnknown, AccountClosed, StaffNotMerged, TwoApplications."""
    if loser_id == winner_id:
        raise SameAccount
    found = User.objects.in_bulk([loser_id, winner_id])
    if len(found) != 2:
        raise PersonUnknown
    for closure in Closure.objects.filter(user__in=found):
        if closure.user_id == winner_id or closure.kind != Closure.Kind.DEACTIVATED:
            raise AccountClosed(how=closure.get_kind_display())
    for membership in Membership.objects.filter(user__in=found, is_active=True).order_by("since"):
        shop = Merchant.objects.filter(pk=membership.merchant_id).first() if membership.merchant_id else None
        raise StaffNotMerged(email=found[membership.user_id].email, place=f"“{shop.name}”" if shop else _("the market"))
    numbers = list(Application.objects.filter(applicant__in=found, status__in=Application.OPEN).values_list("number", flat=True))
    if len(numbers) > 1:
        raise TwoApplications(numbers=", ".join(numbers))
    return found[loser_id], found[winner_id]


def preview(loser_id: UUID) -> list[Moving]:
    """What the loser has that would move, as of now."""
    counts = {
        "order_groups": OrderGroup.objects.filter(buyer_id=loser_id).count(),
        "orders": OrderCopy.objects.filter(buyer_id=loser_id).count(),
        "returns": ReturnCopy.objects.filter(buyer_id=loser_id).count(),
        "reviews": BuyerReview.objects.filter(buyer_id=loser_id).count() + ShopRating.objects.filter(buyer_id=loser_id).count(),
        "questions": Question.objects.filter(asker_id=loser_id).count() + Answer.objects.filter(author_id=loser_id).count(),
        "addresses": Address.objects.filter(user_id=loser_id).count(),
        "favourites": Favourite.objects.filter(user_id=loser_id).count() + Follow.objects.filter(user_id=loser_id).count(),
        "cart": CartLine.objects.filter(cart__user_id=loser_id).count(),
        "applications": Application.objects.filter(applicant_id=loser_id).count(),
        "notes": ConsumerNote.objects.filter(user_id=loser_id).count(),
    }
    return [Moving(kind, count) for kind, count in counts.items()]


@verb
def merge_accounts(*, by: Actor, loser_id: UUID, winner_id: UUID, why: str) -> dict[str, int]:
    """Everything of the loser becomes the winner's; nobody signs in as the loser again. Returns what moved, by foreign key.

    An order that is being placed meanwhile is waited for and comes over; one that comes later is refused. It cannot be undone.
    Raises ReasonMissing, SecondPersonNeeded, and what `check_mergeable` raises.
    """
    check_reason(why, field="why")
    needs_two(by, MERGE)
    with transaction.atomic():
        # Carts first, as placing an order does: who holds one finishes before anything moves.
        list(Cart.objects.select_for_update(of=("self",)).filter(user_id__in=[loser_id, winner_id]).order_by("pk"))
        list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[loser_id, winner_id]).order_by("pk"))
        loser, winner = check_mergeable(loser_id, winner_id)
        before, shown = loser.email, {"email": masked_email(loser.email), "name": loser.name}
        moved = move_everything(loser_id, winner_id)
        end_sessions(loser_id)
        EmailAddress.objects.filter(user=loser).delete()
        winner.name = winner.name or loser.name
        winner.save(update_fields=["name"])
        loser.email, loser.name, loser.is_active = f"merged-{loser.pk.hex}@{FORGOTTEN}", "", False
        loser.set_unusable_password()
        loser.save(update_fields=["email", "name", "is_active", "password"])
        Closure.objects.update_or_create(
            user=loser, defaults={"kind": Closure.Kind.MERGED, "into": winner, "why": why.strip()[:500], "by_label": by.label, "at": clock.now()}
        )
        facts = {"into": str(winner_id), "into_email": masked_email(winner.email), "moved": moved}
        audit(by=by, action="person.merged", subject="person", subject_id=loser_id, before=shown, after=facts, why=why.strip()[:500])
        audit(
            by=by,
            action="person.took_over",
            subject="person",
            subject_id=winner_id,
            after={"from": str(loser_id), **shown, "moved": moved},
            why=why.strip()[:500],
        )
        set_deadline(kind=SWEEP, subject_id=loser_id, due_at=clock.now() + SWEEP_AFTER)
        _tell(before, winner)
    return moved


def move_everything(loser_id: UUID, winner_id: UUID) -> dict[str, int]:
    """Shops' own tables first, each in its schema, then what is public. Inside a transaction; safe to repeat."""
    list(OrderGroup.objects.select_for_update(of=("self",)).filter(buyer_id=loser_id).order_by("pk"))
    moved: dict[str, int] = {}
    with in_merchant_schemas(OrderCopy.objects.filter(buyer_id=loser_id).values_list("merchant_id", flat=True)) as merchants:
        for _merchant_id in merchants:
            orders = join_customers(by=SYSTEM, loser_id=loser_id, winner_id=winner_id)
            fit_lists(by=SYSTEM)
            moved["merchant_orders.Order.buyer"] = moved.get("merchant_orders.Order.buyer", 0) + orders
    for name, movers in MOVES.items():
        for move in movers:
            if count := move(loser_id, winner_id):
                moved[name] = moved.get(name, 0) + count
    return moved


@verb
def sweep_up(*, by: Actor, loser_id: UUID) -> dict[str, int]:
    """What a request that was under way left with the loser comes over, too. Safe to repeat; nothing for an account that is not merged."""
    with transaction.atomic():
        row = Closure.objects.select_for_update(of=("self",)).filter(user_id=loser_id, kind=Closure.Kind.MERGED).first()
        if row is None or row.into_id is None:
            return {}
        moved = move_everything(loser_id, row.into_id)
        if moved:
            audit(by=by, action="person.swept_up", subject="person", subject_id=loser_id, after={"into": str(row.into_id), "moved": moved})
    return moved


def sweep_when_due(event: DeadlineReached) -> None:
    """The outcome of the deadline `person.merge_sweep`."""
    sweep_up(by=SYSTEM, loser_id=event.subject_id)


def _tell(loser_email: str, winner: User) -> None:
    """Both mailboxes; the one that is given up reads the other only masked, in case they were two people after all."""
    with read_in(winner.language or Market.objects.get().languages[0]):
        contact = Market.objects.get().contact_email
        for email, shown in ((loser_email, masked_email(winner.email)), (winner.email, winner.email)):
            post_letter(email, worded("accounts_merged", {"email": shown, "contact": contact}))
