"""A person leaves: what is only theirs goes, what the law makes the market keep stays without their name.

Kept: orders, payments, returns and refunds with their amounts and goods; on the market's copy only province and city of the
address, and nothing of what the person wished in words. Shops keep their own orders, address and wishes included, as the
record of a contract; the log keeps who did what, because it cannot be changed (docs/decisions/closing-accounts.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.flows.price_lists import fit_lists
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import MarketError, check_reason
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from marketplace.merchant.customers.actions import forget_customer
from marketplace.merchant.customising.actions import forget_wishes
from marketplace.merchant.orders.states import OrderStatus
from marketplace.platform.cart.models import Cart
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from marketplace.platform.customising.wishes import without_what_was_written
from marketplace.platform.members.models import Address, ConsumerNote, DataExport, Double, Favourite, Follow, Profile, Seen
from marketplace.platform.notices.forgetting import forget_notices
from marketplace.platform.notices.letters import post_letter
from marketplace.platform.notices.messages import read_in, worded
from marketplace.platform.payments.models import Refund
from marketplace.platform.reviews.models import BuyerReview
from tenants.accounts.closing import locked_person
from tenants.accounts.errors import AccountClosed
from tenants.accounts.letters import FORGOTTEN, forget_letters
from tenants.accounts.models import Closure, HandOver, Invitation, Membership, SignIn, User
from tenants.accounts.proving import check_own_password
from tenants.accounts.sign_ins import end_sessions
from tenants.onboarding.models import Application, Paper
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.schemas import in_merchant_schemas, public_schema

ERASE = "person.erase"
OF_THE_ADDRESS = ("country", "region", "province", "city")  # what stays on the market's copy of an order


class AccountStillNeeded(MarketError):
    code, status = "account_still_needed", 409
    message = gettext_lazy("Your account cannot be deleted yet: {what}. Nothing was changed; come back when that is done.")


@dataclass(frozen=True)
class Hindrance:
    """What has to end first: kind order, return, refund, application or work, with the number or name people know it by."""

    kind: str
    name: str


def hindrances(user_id: UUID) -> list[Hindrance]:
    """Everything open of the person, at most ten of a kind. Empty: the account can go."""
    found: list[Hindrance] = []

    def add(kind: str, names: object) -> None:
        found.extend(Hindrance(kind, str(name)) for name in names)  # type: ignore[attr-defined]

    unpaid = OrderGroup.objects.filter(buyer_id=user_id, status=OrderGroup.Status.AWAITING_PAYMENT)
    add("order", unpaid.values_list("number", flat=True)[:10])
    orders = OrderCopy.objects.filter(buyer_id=user_id)
    running = orders.filter(status__in=(OrderStatus.CONFIRMED, OrderStatus.ON_HOLD)) | orders.filter(is_disputed=True)
    add("order", dict.fromkeys(running.values_list("group__number", flat=True)[:10]))
    add("return", ReturnCopy.objects.filter(buyer_id=user_id, ended_at=None).values_list("number", flat=True)[:10])
    refunds = Refund.objects.filter(payment__group__buyer_id=user_id).exclude(status=Refund.Status.DONE)
    add("refund", dict.fromkeys(refunds.values_list("payment__group__number", flat=True)[:10]))
    add("application", Application.objects.filter(applicant_id=user_id, status__in=Application.OPEN).values_list("number", flat=True)[:10])
    places = list(Membership.objects.filter(user_id=user_id, is_active=True).values_list("merchant_id", flat=True)[:10])
    merchants = Merchant.objects.filter(pk__in=[key for key in places if key]).exclude(status=Merchant.Status.CLOSED)  # nobody works there any more
    add("work", (merchant.name for merchant in merchants))
    add("work", (_("Console of the market") for key in places if key is None))
    return found


@verb
def close_account(*, by: Actor, password: str) -> None:
    """Delete the account of whoever asks; sessions end with it. Raises InvalidInput for a wrong password, AccountStillNeeded."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=by.person)
        check_own_password(user, password)
        _erase(by, user)


@verb
def erase_account(*, by: Actor, user_id: UUID, why: str) -> None:
    """The same at the operator's hands, with a reason: it takes two people. Raises ReasonMissing, PersonUnknown, AccountClosed, AccountStillNeeded."""
    check_reason(why, field="why")
    needs_two(by, ERASE)
    with transaction.atomic():
        user = locked_person(user_id)
        check_not_gone(user.pk)
        _erase(by, user, why.strip())


def check_not_gone(user_id: UUID) -> None:
    """Raises AccountClosed for an account that was deleted or merged: of that nothing is left to do."""
    gone = Closure.objects.filter(user_id=user_id).exclude(kind=Closure.Kind.DEACTIVATED).first()
    if gone is not None:
        raise AccountClosed(how=gone.get_kind_display())


def check_not_needed(user_id: UUID) -> None:
    """Raises AccountStillNeeded, naming everything open."""
    if open_things := hindrances(user_id):
        raise AccountStillNeeded(what=", ".join(dict.fromkeys(thing.name for thing in open_things)))


def _erase(by: Actor, user: User, why: str = "") -> None:
    check_not_needed(user.pk)
    email = user.email
    _say_goodbye(user, by_market=bool(why))
    end_sessions(user.pk)
    for forget in FORGETTING:
        forget(user)
    forget_letters(by=by, email=email)
    user.email, user.name, user.language, user.is_active = f"closed-{user.pk.hex}@{FORGOTTEN}", "", "", False
    user.set_unusable_password()  # every session is bound to the password
    user.save(update_fields=["email", "name", "language", "is_active", "password"])
    own = by.user_id == user.pk
    Closure.objects.update_or_create(user=user, defaults={"kind": Closure.Kind.DELETED, "why": why[:500], "by_label": "" if own else by.label})
    audit(by=replace(by, label=user.email, address="") if own else by, action="person.closed", subject="person", subject_id=user.pk, why=why)


def _say_goodbye(user: User, *, by_market: bool) -> None:
    with read_in(user.language or Market.objects.get().languages[0]):
        post_letter(user.email, worded("account_erased" if by_market else "account_closed", {}))


def _own_rows(user: User) -> None:
    for table in (Address, Favourite, Follow, Seen, Profile, ConsumerNote, SignIn):
        table.objects.filter(user=user).delete()  # type: ignore[attr-defined]
    Cart.objects.filter(user=user).delete()
    HandOver.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    Double.objects.filter(Q(first=user) | Q(second=user)).delete()


def _exports(user: User) -> None:
    keys = list(DataExport.objects.filter(user=user).exclude(key="").values_list("key", flat=True))
    DataExport.objects.filter(user=user).delete()
    transaction.on_commit(lambda: _delete_papers(keys))


def _orders(user: User) -> None:
    for group in OrderGroup.objects.filter(buyer=user).only("pk", "address").iterator():
        OrderGroup.objects.filter(pk=group.pk).update(address={name: group.address[name] for name in OF_THE_ADDRESS if name in group.address})
    for copy in OrderCopy.objects.filter(buyer=user, lines__contains=[{"custom": {}}]).only("pk", "lines").iterator():
        OrderCopy.objects.filter(pk=copy.pk).update(lines=[_without_wishes(line) for line in copy.lines])


def _without_wishes(line: dict[str, Any]) -> dict[str, Any]:
    """A line as it stays: that it was made to wishes, without what the person wrote."""
    return {**line, "custom": without_what_was_written(line["custom"])} if "custom" in line else line


def _applications(user: User) -> None:
    """One that led to a shop is that shop's dossier and stays; of the others goes who and with which papers."""
    ended = Application.objects.filter(applicant=user, merchant=None)
    keys = list(Paper.objects.filter(application__in=ended).values_list("key", flat=True))
    Paper.objects.filter(application__in=ended).delete()
    ended.update(representative="", contact_name="", contact_phone="", contact_email="")
    transaction.on_commit(lambda: _delete_papers(keys))


def _delete_papers(keys: list[str]) -> None:
    with public_schema():
        for key in keys:
            storages["papers"].delete(key)


def _reviews(user: User) -> None:
    """What was said of goods helps others and stays, signed by nobody."""
    BuyerReview.objects.filter(buyer=user).update(is_anonymous=True)


def _invitations(user: User) -> None:
    """Nobody can accept what is open any more; of all of them goes to whom they went."""
    mine = Invitation.objects.filter(email=user.email.lower())
    mine.filter(status=Invitation.Status.OPEN).update(status=Invitation.Status.TAKEN_BACK, ended_at=clock.now())
    mine.update(email=f"nobody@{FORGOTTEN}")


def _customers(user: User) -> None:
    """A shop's list of customers loses name, tags and notes; its orders stay as they are."""
    with in_merchant_schemas(OrderCopy.objects.filter(buyer=user).values_list("merchant_id", flat=True)) as merchants:
        for _merchant_id in merchants:
            forget_customer(by=SYSTEM, buyer_id=user.pk)
            forget_wishes(by=SYSTEM, buyer_id=user.pk)
            fit_lists(by=SYSTEM)


# Each takes away one kind of thing. An app that keeps something of persons adds its own.
FORGETTING: list[Callable[[User], None]] = [_own_rows, _exports, _orders, _applications, _reviews, _invitations, forget_notices, _customers]
