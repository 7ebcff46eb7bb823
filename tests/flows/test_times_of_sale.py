"""Off sale and its times: what is taken off, what a time that is past means, and that nothing starts which was called off."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from marketplace.flows.coming import Kind, coming
from marketplace.flows.library import cut_picture, describe_picture
from marketplace.flows.listing_times import Moment, set_listing_times
from marketplace.flows.publish_product import put_on_sale, take_product_off_sale
from marketplace.flows.review_product import approve_change, submit_product
from marketplace.flows.sale_conditions import set_conditions
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import due_at, fire_due
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from marketplace.merchant.catalogue.errors import NeverOnSale, TimeIsOver
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.inventory.actions import count_stock
from marketplace.merchant.media.actions import keep_picture
from marketplace.merchant.virtual.queries import is_kind_fixed
from marketplace.platform.listings.models import Listing, ProductChange
from tenants.accounts.models import User
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.flows.test_packages import offer
from tests.flows.test_product_review import now, pass_days, save, waiting_of
from tests.tenants.test_contracts import a_shop_with_dossier, owner, sign, signs_for_market

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]
WORKBENCH, CONSOLE = "kiln.seller.market.localhost", "ops.market.localhost"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def at(host: str, email: str = "owner-a@market.localhost") -> Client:
    client = Client(headers={"host": host, "accept-language": "en"})
    client.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def page_of(product: Product) -> str:
    return " ".join(at(WORKBENCH).get(f"/products/{product.pk}/").content.decode().split())


def approve(product: Product) -> Product:
    change = waiting_of(product)
    approve_change(by=SYSTEM, change_id=change.pk, seen_version=change.version)
    return now(product)


def take_off(product: Product) -> Product:
    with merchant_schema(A):
        return take_product_off_sale(by=SYSTEM, product_id=product.pk)


def put_back(product: Product) -> Product:
    with merchant_schema(A):
        return put_on_sale(by=SYSTEM, product_id=product.pk)


def scheduled(days: float = 2, **more: datetime) -> Product:
    """Approved, and to go on sale later."""
    draft = make.a_product("a", on_sale=False)
    save(draft, submits=True, listed_from=clock.now() + timedelta(days=days), **more)
    return approve(draft)


def kinds_coming() -> set[Kind]:
    with merchant_schema(A):
        return {one.kind for one in coming(clock.now(), clock.now() + timedelta(days=60))}


# ── Taking off ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_of_many_that_are_taken_off_drafts_stay_drafts_and_their_owner_is_told():
    drafts, live, off = [make.a_product("a", on_sale=False) for _n in range(2)], make.a_product("a"), take_off(make.a_product("a"))
    client = at(WORKBENCH)
    answer = client.post("/products/off-sale/", {"chosen": [row.pk for row in (*drafts, live, off)]})
    told = [(message.level_tag, str(message)) for message in client.get(answer.url).context["messages"]]
    assert told[0] == ("success", "2 products are off sale.")
    assert told[1][0] == "error" and told[1][1].startswith("2 times: This is a draft and was never on sale")
    assert [now(row).status for row in (*drafts, live, off)] == ["draft", "draft", "off_sale", "off_sale"]
    with merchant_schema(A):
        assert not is_kind_fixed(now(drafts[0]))
        submit_product(by=SYSTEM, product_id=drafts[0].pk)
    assert waiting_of(drafts[0]).is_new


def test_a_draft_in_review_is_not_taken_off_either():
    draft = make.a_product("a", on_sale=False)
    save(draft, submits=True)
    with pytest.raises(NeverOnSale):
        take_off(draft)
    assert (now(draft).status, now(draft).review) == ("draft", "waiting")


def test_what_is_off_sale_already_is_left_as_it_is():
    product = take_off(make.a_product("a"))
    before = AuditEvent.objects.count()
    assert take_off(product).version == product.version
    assert AuditEvent.objects.count() == before


def test_what_is_approved_while_the_package_is_full_comes_on_its_day_when_there_is_room_again():
    other = make.a_product("a", title="Pot")
    offer("free", default=True, products=1)
    product = scheduled(2)
    assert (now(product).status, due_at(kind="product.listed_from", subject_id=product.pk)) == ("off_sale", now(product).listed_from)
    said = AuditEvent.objects.filter(action="product.off_sale", subject_id=product.pk)
    before = said.count()
    pass_days(2.1)
    assert (now(product).status, said.count()) == ("off_sale", before), "still no room; it was off sale before"
    with merchant_schema(A):
        set_listing_times(by=SYSTEM, product_ids=[product.pk], begins=Moment(clock.now() + timedelta(days=4)), ends=Moment())
    take_off(other)
    pass_days(4.1)
    assert now(product).status == "on_sale"


def test_what_is_approved_while_its_condition_keeps_it_off_is_tried_on_its_day_too():
    draft = make.a_product("a", on_sale=False, stock=2)
    with merchant_schema(A):
        set_conditions(by=SYSTEM, product_ids=[draft.pk], off_at=3, on_at=None, waits_for_stock=True)
    save(draft, submits=True, stock=2, listed_from=clock.now() + timedelta(days=2))
    assert due_at(kind="product.listed_from", subject_id=approve(draft).pk) == now(draft).listed_from
    assert "It waits for its first stock and goes on sale as soon as there are more than 3." in page_of(draft)


def a_contract_that_ends_tomorrow() -> None:
    """The one contract of the shop."""
    make.a_contract_template()
    contract = signs_for_market(sign(a_shop_with_dossier(), owner()))
    contract.ends_at = clock.now() + timedelta(days=1)
    contract.save(update_fields=["ends_at"])


def test_after_the_contract_has_ended_nothing_new_comes_by_itself_either():
    early, low = scheduled(2), make.a_product("a", title="Pot")
    with merchant_schema(A):
        set_conditions(by=SYSTEM, product_ids=[low.pk], off_at=3, on_at=8, waits_for_stock=False)
        count_stock(by=SYSTEM, counted={make.variant_of(low): 2})
    deliver_events()
    a_contract_that_ends_tomorrow()
    with clock.shifted(timedelta(days=2.1)):
        with merchant_schema(A):
            count_stock(by=SYSTEM, counted={make.variant_of(low): 50})
        fire_due()
        deliver_events()
        assert {now(row).status for row in (early, low)} == {"off_sale"}


def test_what_waited_when_the_contract_ended_is_approved_and_stays_off_sale():
    draft = make.a_product("a", on_sale=False)
    save(draft, submits=True)
    a_contract_that_ends_tomorrow()
    with clock.shifted(timedelta(days=2)):
        change = waiting_of(draft)
        decision = {"decision": "approve", "seen_version": change.version}
        answer = at(CONSOLE, "operator@market.localhost").post(f"/reviews/{change.pk}/decide/", decision)
    assert (answer.status_code, now(draft).status, now(draft).review) == (302, "off_sale", "approved")


def test_a_day_that_was_moved_into_the_past_is_not_waited_for_any_more():
    product = scheduled(5)
    with merchant_schema(A):
        set_conditions(by=SYSTEM, product_ids=[product.pk], off_at=3, on_at=None, waits_for_stock=False)
    save(product, stock=2, listed_from=clock.now() - timedelta(days=1))
    assert due_at(kind="product.listed_from", subject_id=product.pk) is None


def test_what_is_put_on_sale_by_hand_when_its_day_has_come_is_waited_for_no_more():
    product = scheduled(2)
    with clock.shifted(timedelta(days=2.1)):
        put_back(product)
    assert due_at(kind="product.listed_from", subject_id=product.pk) is None


def test_a_beginning_that_is_due_comes_also_where_the_price_is_saved_before_it_is_acted_upon():
    product = scheduled(2)
    with clock.shifted(timedelta(days=2.1)):
        save(product, price="9.00", listed_from=now(product).listed_from)
        assert now(product).status == "off_sale"
        fire_due()
        deliver_events()
        assert now(product).status == "on_sale"


def test_a_beginning_that_was_called_off_is_shown_nowhere_and_is_not_armed_again():
    product = scheduled()
    assert kinds_coming() == {Kind.ON_SALE} and "It goes on sale" in page_of(product)
    take_off(product)
    assert kinds_coming() == set() and "It goes on sale" not in page_of(product)
    save(product, price="80", listed_from=now(product).listed_from)
    assert due_at(kind="product.listed_from", subject_id=product.pk) is None
    pass_days(2.1)
    assert now(product).status == "off_sale" and not Listing.objects.filter(pk=product.pk).exists()
    assert AuditEvent.objects.filter(action="product.times_set", subject_id=str(product.pk)).count() == 1
    assert put_back(product).status == "on_sale"


def test_a_beginning_that_is_past_is_not_said_to_come_of_what_was_taken_off():
    product = scheduled()
    with clock.shifted(timedelta(days=3)):
        fire_due()
        deliver_events()
        take_off(product)
        assert "It goes on sale" not in page_of(product)


# ── Times that are past ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_approved_after_its_end_stays_off_sale_and_says_so():
    draft = make.a_product("a", on_sale=False)
    save(draft, submits=True, listed_until=clock.now() + timedelta(days=1))
    with clock.shifted(timedelta(days=2)):
        assert "stays off sale afterwards" in page_of(draft)
        row = approve(draft)
        assert (row.status, row.review) == ("off_sale", "approved") and not Listing.objects.filter(is_listed=True).exists()
        assert "Its time on sale ended" in page_of(row) and kinds_coming() == set()
        with pytest.raises(TimeIsOver):
            put_back(row)
        save(row, listed_until=clock.now() + timedelta(days=1))
        assert put_back(row).status == "on_sale"
    pass_days(3.1)
    assert now(draft).status == "off_sale"


def test_what_is_on_sale_while_its_end_passes_goes_off_whatever_is_saved_or_approved_of_it_then():
    repriced, edited = make.a_product("a"), make.a_product("a")
    ends = clock.now() + timedelta(days=1)
    for product in (repriced, edited):
        save(product, listed_until=ends)
        approve(product)
    save(edited, title="Another", listed_until=ends)
    with clock.shifted(timedelta(days=1, minutes=1)):
        save(repriced, price="80", listed_until=ends)
        assert approve(edited).status == "off_sale" and not Listing.objects.get(pk=edited.pk).is_on_sale
        fire_due()
        deliver_events()
        assert now(repriced).status == "off_sale"


def test_an_end_that_is_moved_while_an_edit_waits_for_review_holds_at_once():
    later, sooner = make.a_product("a"), make.a_product("a")
    for product in (later, sooner):
        save(product, listed_until=clock.now() + timedelta(days=2))
        approve(product)
        save(product, title="Another", listed_until=now(product).listed_until)
        assert now(product).review == "waiting"
    save(later, title="Another", listed_until=clock.now() + timedelta(days=9))
    save(sooner, title="Another", listed_until=clock.now() + timedelta(days=1))
    pass_days(1.1)
    assert (now(later).status, now(sooner).status) == ("on_sale", "off_sale")
    pass_days(2.1)
    assert now(later).status == "on_sale"


def test_an_end_that_was_moved_before_its_deadline_is_told_does_not_come():
    product = make.a_product("a")
    save(product, listed_until=clock.now() + timedelta(days=1))
    approve(product)
    with clock.shifted(timedelta(days=1, minutes=1)):
        fire_due()
        with merchant_schema(A):
            Product.objects.filter(pk=product.pk).update(listed_until=clock.now() + timedelta(days=3))
        deliver_events()
    assert now(product).status == "on_sale"


def test_who_puts_on_sale_what_begins_later_is_told_from_when_and_can_call_it_off():
    product, client = scheduled(), at(WORKBENCH)
    page = page_of(product)
    assert "Do not put it on sale" in page and "Put on sale" not in page
    answer = client.post(f"/products/{product.pk}/on-sale/")
    (told,) = [str(message) for message in client.get(answer.url).context["messages"]]
    assert "goes on sale" in told and "within seconds" not in told
    assert now(product).version == product.version, "it waited for its day already"
    client.post(f"/products/{product.pk}/off-sale/")
    assert "It goes on sale" not in page_of(product) and "Put on sale" in page_of(product)


def test_stock_that_comes_before_the_day_changes_nothing_and_nothing_is_written_down():
    product = make.a_product("a", on_sale=False, stock=0)
    with merchant_schema(A):
        set_conditions(by=SYSTEM, product_ids=[product.pk], off_at=None, on_at=None, waits_for_stock=True)
    save(product, submits=True, listed_from=clock.now() + timedelta(days=2))
    approve(product)
    deliver_events()
    told = AuditEvent.objects.filter(subject_id=product.pk).count()
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={make.variant_of(product): 9})
    deliver_events()
    assert AuditEvent.objects.filter(subject_id=product.pk).count() == told
    assert now(product).status == "off_sale" and due_at(kind="product.listed_from", subject_id=product.pk)


def test_an_edit_of_what_is_on_sale_leaves_it_there_whatever_beginning_it_names():
    product = make.a_product("a")
    save(product, title="Another", listed_from=clock.now() + timedelta(days=3))
    assert approve(product).status == "on_sale" and Listing.objects.get(pk=product.pk).is_on_sale


def test_the_form_of_a_product_refuses_an_end_that_is_past_and_keeps_one_that_has_passed():
    product = take_off(make.a_product("a"))
    with pytest.raises(InvalidInput) as refused:
        save(product, listed_until=clock.now() - timedelta(hours=1))
    assert refused.value.field == "listed_until" and now(product).listed_until is None
    form = {"product_id": uuid4(), "title_en": "Bowl", "category": product.category_id, "sku_0": "B-1", "price_0": "12.50", "stock_0": "3"}
    answer = at(WORKBENCH).post("/products/new/", {**form, "listed_until": "2020-01-01T10:00"})
    assert answer.status_code == 422 and "This moment is past" in answer.context["form"].errors["listed_until"][0]
    ends = clock.now() + timedelta(days=1)
    save(product, listed_until=ends)
    with clock.shifted(timedelta(days=2)):
        save(product, price="70", listed_until=ends.replace(second=0, microsecond=0))


# ── The library ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("edit", ["words", "cut"])
def test_a_picture_that_changes_hands_in_what_is_to_go_on_sale_later_and_it_keeps_its_beginning(edit):
    with merchant_schema(A):
        picture = keep_picture(by=SYSTEM, upload=make.a_picture(size=(400, 200)))
    product = scheduled()
    with merchant_schema(A):
        product.pictures.update(key=picture.key)
        if edit == "words":
            describe_picture(by=SYSTEM, picture_id=picture.pk, name="Mug", alt={"en": "A red mug"})
        else:
            cut_picture(by=SYSTEM, picture_id=picture.pk, cut=[0, 0, 200, 200], focus=[500, 500])
    assert now(product).review == "waiting" and waiting_of(product).is_new, "nobody has seen it"
    assert (approve(product).status, now(product).listed_from) == ("off_sale", product.listed_from)
    pass_days(2.1)
    assert now(product).status == "on_sale"


def test_a_picture_that_changes_hands_in_what_waits_for_stock_and_it_comes_back():
    with merchant_schema(A):
        picture = keep_picture(by=SYSTEM, upload=make.a_picture(size=(400, 200)))
    product = make.a_product("a", stock=1)
    with merchant_schema(A):
        variant = make.variant_of(product)
        set_conditions(by=SYSTEM, product_ids=[product.pk], off_at=0, on_at=5, waits_for_stock=False)
        count_stock(by=SYSTEM, counted={variant: 0})
    deliver_events()
    assert now(product).status == "off_sale"
    with merchant_schema(A):
        product.pictures.update(key=picture.key)
        describe_picture(by=SYSTEM, picture_id=picture.pk, name="Mug", alt={"en": "A red mug"})
    assert now(product).review == "waiting"
    assert approve(product).status == "off_sale", "there is none of it yet"
    with merchant_schema(A):
        count_stock(by=SYSTEM, counted={variant: 9})
    deliver_events()
    assert now(product).status == "on_sale"


def test_a_picture_that_changes_leaves_what_was_taken_off_out_of_the_queue():
    with merchant_schema(A):
        picture = keep_picture(by=SYSTEM, upload=make.a_picture(size=(400, 200)))
    product = take_off(make.a_product("a"))
    with merchant_schema(A):
        product.pictures.update(key=picture.key)
        describe_picture(by=SYSTEM, picture_id=picture.pk, name="Mug", alt={"en": "A red mug"})
    assert now(product).review == "none" and not ProductChange.objects.filter(status="waiting").exists()


# ── The console ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("times", "says"), [({}, "is on the market."), ({"listed_from": 3}, "is approved and goes on sale "), ({"listed_until": 1}, "stays off sale")]
)
def test_the_console_says_when_what_was_approved_is_on_sale(times, says):
    draft = make.a_product("a", on_sale=False)
    save(draft, submits=True, **{name: clock.now() + timedelta(days=days) for name, days in times.items()})
    change = waiting_of(draft)
    with clock.shifted(timedelta(days=2)):
        console = at(CONSOLE, "operator@market.localhost")
        answer = console.post(f"/reviews/{change.pk}/decide/", {"decision": "approve", "seen_version": change.version})
        assert says in " ".join(str(message) for message in console.get(answer.url).context["messages"])
