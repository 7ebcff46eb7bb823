"""Two accounts of one person become one: every table that points at a person is thought of, everything moves at once, and nobody signs in with
the other account again."""

from __future__ import annotations

from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.test import Client

from marketplace.flows.approvals import approve, ask_for
from marketplace.flows.close_account import erase_account
from marketplace.flows.merge_accounts import (
    MERGE,
    SameAccount,
    StaffNotMerged,
    TwoApplications,
    merge_accounts,
    move_everything,
    preview,
    sweep_up,
)
from marketplace.flows.merging import LEFT, LEFT_APPS, MOVES, MOVES_IN_SHOPS
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.kernel.two_people import SecondPersonNeeded
from marketplace.merchant.customers.actions import note_on_customer, set_tags
from marketplace.merchant.customers.models import Customer, CustomerNote
from marketplace.merchant.orders.models import Order
from marketplace.platform.approvals.errors import RequestOutdated
from marketplace.platform.cart.errors import CartEmpty
from marketplace.platform.cart.models import CartLine
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.listings.models import Listing
from marketplace.platform.members.doubles import find_doubles, set_double_aside
from marketplace.platform.members.keeping import follow_shop, note_seen, save_favourite, set_remembering
from marketplace.platform.members.models import Address, Double, Favourite, Follow, Profile, Seen
from marketplace.platform.reviews.actions import Opinion, review_order, vote_helpful
from marketplace.platform.reviews.models import BuyerReview, HelpfulVote
from tenants.accounts.actions import give_role
from tenants.accounts.errors import AccountClosed
from tenants.accounts.models import Closure, Letter, User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A, B = MERCHANTS["a"], MERCHANTS["b"]


def merged(loser: User, winner: User) -> dict[str, int]:
    found: dict[str, int] = merge_accounts(by=SYSTEM, loser_id=loser.pk, winner_id=winner.pk, why="the same person")
    deliver_events()
    return found


def pointing_at_people() -> set[str]:
    """Every concrete foreign key to a person, in every schema, as app.Model.field."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if field.remote_field and field.remote_field.model is User
    }


def unthought_of(keys: set[str]) -> set[str]:
    return {key for key in keys if key not in {*MOVES, *MOVES_IN_SHOPS, *LEFT} and key.partition(".")[0] not in LEFT_APPS}


def test_every_foreign_key_to_a_person_moves_or_is_left_with_a_reason():
    """A new table that points at a person needs a mover in flows/merging.py, or a line in LEFT that says why it may stay."""
    assert unthought_of(pointing_at_people()) == set()
    assert {*MOVES, *MOVES_IN_SHOPS, *LEFT} <= pointing_at_people(), "no longer there"
    assert unthought_of({"platform_new.Thing.user"}) == {"platform_new.Thing.user"}  # the control
    assert all(LEFT.values()) and all(LEFT_APPS.values())


def two_accounts() -> tuple[User, User]:
    return make.a_buyer(), make.a_buyer()


def test_orders_of_all_shops_move_with_their_returns_and_the_winner_sees_them():
    winner, loser = two_accounts()
    a, b = make.a_product("a"), make.a_product("b")
    group = make.a_completed_group(("a", a, 1), ("b", b, 2), buyer=loser)
    back = make.returned(make.order_of(group))
    make.place(loser, make.a_cart(loser, ("a", a, 1)))
    merged(loser, winner)
    assert OrderGroup.objects.filter(buyer=winner).count() == 2 and not OrderGroup.objects.filter(buyer=loser).exists()
    assert {copy.buyer_id for copy in OrderCopy.objects.filter(group=group)} == {winner.pk}
    for shop in (A, B):
        with merchant_schema(shop):
            assert not Order.objects.filter(buyer=loser).exists() and Order.objects.filter(buyer=winner).exists()
    client = Client()
    client.force_login(winner, backend="tenants.access.backend.SchemaBackend")
    for path in (f"/orders/{group.number}/", f"/returns/{back.number}/"):
        assert client.get(path, headers={"host": "market.localhost"}).status_code == 200


def test_of_what_both_have_one_stays():
    winner, loser = two_accounts()
    product, other = make.a_product("a"), make.a_product("a")
    for user in (winner, loser):
        make.an_address(user)
        save_favourite(by=make.acting(user), listing_id=product.pk)
        follow_shop(by=make.acting(user), merchant_id=A)
        note_seen(by=make.acting(user), listing_ids=[product.pk])
    save_favourite(by=make.acting(loser), listing_id=other.pk)
    Address.objects.filter(user=loser).update(street="Another street 9")
    make.an_address(loser)
    make.a_cart(winner, ("a", product, 2))
    make.a_cart(loser, ("a", product, 5), ("a", other, 1))
    CartLine.objects.filter(cart__user=winner).update(is_chosen=False)
    merged(loser, winner)
    assert Favourite.objects.filter(user=winner).count() == 2 and Follow.objects.filter(user=winner).count() == Seen.objects.filter(user=winner).count() == 1
    places = Address.objects.filter(user=winner)
    assert sorted(place.street == "Another street 9" for place in places) == [False, True] and places.filter(is_default=True).count() == 1
    lines = {line.quantity: line.is_chosen for line in CartLine.objects.filter(cart__user=winner)}
    assert lines == {5: False, 1: False}, "the larger number, and nothing is chosen that the winner had not chosen"
    for table in (Address, Favourite, Follow, Seen, Profile):
        assert not table.objects.filter(user=loser).exists()


def test_one_person_has_one_voice_for_a_review_and_none_for_their_own():
    winner, loser, writer = make.a_buyer(), make.a_buyer(), make.a_buyer()
    product = make.a_product("a")
    theirs, own = _review(writer, product), _review(loser, product)
    for user in (winner, loser):
        vote_helpful(by=make.acting(user), review_id=theirs, is_helpful=True)
    vote_helpful(by=make.acting(winner), review_id=own, is_helpful=True)
    merged(loser, winner)
    assert BuyerReview.objects.get(pk=theirs).helpful == HelpfulVote.objects.filter(review=theirs).count() == 1
    assert BuyerReview.objects.get(pk=own).helpful == HelpfulVote.objects.filter(review=own).count() == 0
    assert BuyerReview.objects.get(pk=own).buyer_id == winner.pk


def _review(user: User, product: object) -> object:
    copy = make.a_completed_group(("a", product, 1), buyer=user).orders.get()
    (review_id,) = review_order(by=make.acting(user), key=uuid4(), order_id=copy.pk, opinions=[Opinion(copy.lines[0]["id"], 5)])
    return review_id


def test_who_wanted_nothing_remembered_gets_that_for_both():
    winner, loser = two_accounts()
    product = make.a_product("a")
    note_seen(by=make.acting(winner), listing_ids=[product.pk])
    set_remembering(by=make.acting(loser), remembers_seen=False)
    merged(loser, winner)
    assert not Profile.objects.get(user=winner).remembers_seen and not Seen.objects.filter(user=winner).exists()


def test_the_loser_is_out_for_good_and_its_mailbox_is_free():
    winner, loser = two_accounts()
    email = loser.email
    loser.set_password("correct-horse-2026")
    loser.save()
    EmailAddress.objects.create(user=loser, email=email, verified=True, primary=True)
    client = Client()
    client.force_login(loser, backend="tenants.access.backend.SchemaBackend")
    merged(loser, winner)
    assert client.get("/account/", headers={"host": "market.localhost"}).status_code == 302
    answer = Client().post("/sign-in/", {"login": email, "password": "correct-horse-2026"}, headers={"host": "market.localhost"})
    assert answer.status_code == 200  # the form again
    closure = Closure.objects.get(user=loser)
    assert (closure.kind, closure.into_id) == ("merged", winner.pk)
    assert make.a_buyer(email).pk not in (winner.pk, loser.pk)
    assert {letter.email for letter in Letter.objects.filter(kind="accounts_merged")} == {email, winner.email}


def test_the_log_says_what_moved_and_keeps_no_whole_address():
    winner, loser = two_accounts()
    make.an_address(loser)
    email = loser.email
    merged(loser, winner)
    row = AuditEvent.objects.get(action="person.merged", subject_id=str(loser.pk))
    assert row.after["moved"] == {"platform_members.Address.user": 1} and row.after["into"] == str(winner.pk) and row.why == "the same person"
    assert AuditEvent.objects.filter(action="person.took_over", subject_id=str(winner.pk)).exists()
    assert email not in str(row.before) and "***" in row.before["email"]


def test_notes_and_tags_of_a_shop_come_together_with_its_figures():
    winner, loser = two_accounts()
    product = make.a_product("a", price="10.00")
    for user in (winner, loser):
        make.a_completed_group(("a", product, 1), buyer=user)
    deliver_events()
    with merchant_schema(A):
        mine, theirs = Customer.objects.get(buyer=winner), Customer.objects.get(buyer=loser)
        note_on_customer(by=SYSTEM, customer_id=theirs.pk, note_id=uuid4(), text="likes blue")
        set_tags(by=SYSTEM, customer_id=mine.pk, tags=["tea"])
        set_tags(by=SYSTEM, customer_id=theirs.pk, tags=["tea", "blue"])
    merged(loser, winner)
    with merchant_schema(A):
        (kept,) = Customer.objects.filter(buyer__in=[winner, loser])
        assert (kept.buyer_id, kept.orders, kept.tags) == (winner.pk, 2, ["tea", "blue"])
        assert CustomerNote.objects.get().customer_id == kept.pk


def test_what_comes_late_is_swept_up():
    winner, loser = two_accounts()
    merged(loser, winner)
    listing = Listing.objects.get(pk=make.a_product("a").pk)
    Favourite.objects.create(user=loser, listing=listing, currency="CNY", saved_minor=1)  # a request that was under way
    assert sweep_up(by=SYSTEM, loser_id=loser.pk) == {"platform_members.Favourite.user": 1}
    assert Favourite.objects.filter(user=winner).exists() and sweep_up(by=SYSTEM, loser_id=loser.pk) == {}
    assert sweep_up(by=SYSTEM, loser_id=winner.pk) == {}


def test_merging_twice_moves_nothing_the_second_time():
    winner, loser = two_accounts()
    make.an_address(loser)
    assert move_everything(loser.pk, winner.pk) and not move_everything(loser.pk, winner.pk)


def test_an_order_that_comes_after_the_merge_is_refused():
    winner, loser = two_accounts()
    cart = make.a_cart(loser, ("a", make.a_product("a"), 1))
    address = make.an_address(loser)
    merged(loser, winner)
    with pytest.raises(CartEmpty):
        make.place(loser, cart, address_id=address, total=make.yuan("1.00"))


def test_staff_owners_closed_accounts_and_two_open_applications_are_refused():
    winner, loser, clerk, gone = make.a_buyer(), make.a_buyer(), make.a_buyer(), make.a_buyer()
    give_role(by=SYSTEM, user_id=clerk.pk, role="dispatcher", merchant_id=A)
    erase_account(by=SYSTEM, user_id=gone.pk, why="asked by mail")
    owner, colleague = User.objects.get(email="owner-a@market.localhost"), User.objects.get(email="operator@market.localhost")
    for one, other, refusal in (
        (loser, loser, SameAccount),
        (loser, clerk, StaffNotMerged),
        (clerk, winner, StaffNotMerged),
        (owner, winner, StaffNotMerged),
        (loser, colleague, StaffNotMerged),
        (gone, winner, AccountClosed),
        (loser, gone, AccountClosed),
    ):
        with pytest.raises(refusal):
            merged(one, other)
    make.an_application(winner)
    make.an_application(loser)
    with pytest.raises(TwoApplications):
        merged(loser, winner)
    assert User.objects.get(pk=loser.pk).is_active


def test_one_person_alone_merges_and_erases_nothing():
    winner, loser = two_accounts()
    alone = make.acting(User.objects.get(email="operator@market.localhost"))
    for act in (
        lambda: merge_accounts(by=alone, loser_id=loser.pk, winner_id=winner.pk, why="x"),
        lambda: erase_account(by=alone, user_id=loser.pk, why="x"),
    ):
        with pytest.raises(SecondPersonNeeded):
            act()


def test_two_people_merge_what_there_is_when_it_is_approved():
    winner, loser = two_accounts()
    row = _asked(loser, winner)
    make.an_address(loser)  # meanwhile
    approve(by=make.acting(make.a_second_operator()), request_id=row.pk)
    assert Address.objects.filter(user=winner).exists() and User.objects.get(pk=loser.pk).is_active is False


def test_a_request_about_somebody_who_began_to_work_meanwhile_is_outdated():
    winner, loser = two_accounts()
    row = _asked(loser, winner)
    give_role(by=SYSTEM, user_id=winner.pk, role="dispatcher", merchant_id=A)
    with pytest.raises(RequestOutdated):
        approve(by=make.acting(make.a_second_operator()), request_id=row.pk)
    assert User.objects.get(pk=loser.pk).is_active


def _asked(loser: User, winner: User) -> object:
    by: Actor = make.acting(User.objects.get(email="operator@market.localhost"))
    return ask_for(by=by, kind=MERGE, request_id=uuid4(), order={"loser_id": str(loser.pk), "winner_id": str(winner.pk)}, why="the same person")


def test_the_preview_counts_what_would_move():
    loser = make.a_buyer()
    make.a_completed_group(("a", make.a_product("a"), 1), buyer=loser)
    counts = {row.kind: row.count for row in preview(loser.pk)}
    assert (counts["orders"], counts["order_groups"], counts["returns"]) == (1, 1, 0)


# ── Found ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_doubles_are_found_by_phone_mailbox_and_place_and_set_aside_for_good():
    phone = [make.a_buyer(), make.a_buyer()]
    for user in phone:
        Profile.objects.create(user=user, phone="+8613900139000")
    mailbox = [make.a_buyer("li.lei@gmail.com"), make.a_buyer("lilei+shop@googlemail.com")]
    make.a_buyer("li.lei@example.com"), make.a_buyer("lilei@example.com")  # dots mean something elsewhere
    place = [make.a_buyer(), make.a_buyer()]
    for n, user in enumerate(place):
        make.an_address(user)
        Address.objects.filter(user=user).update(recipient="何 夕", street="清波街 3 号", phone=f"+861380013800{n}")
    find_doubles(by=SYSTEM)
    found = {frozenset((row.first_id, row.second_id)): row.reasons for row in Double.objects.all()}
    assert [found.get(frozenset(user.pk for user in pair)) for pair in (phone, mailbox, place)] == [["phone"], ["email"], ["place"]]
    assert len(found) == 3
    row = Double.objects.get(reasons=["place"])
    set_double_aside(by=SYSTEM, double_id=row.pk, is_aside=True)
    assert find_doubles(by=SYSTEM) == 0 and Double.objects.get(pk=row.pk).set_aside_at, "stays aside"
    for user in place:
        Profile.objects.create(user=user, phone="+8613900139111")
    find_doubles(by=SYSTEM)
    assert Double.objects.get(pk=row.pk).set_aside_at is None, "something new speaks for it"
    merged(phone[1], phone[0])
    find_doubles(by=SYSTEM)
    assert not Double.objects.filter(first=phone[0]).exists()
