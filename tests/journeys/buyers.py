"""What consumers do: find, compare, buy from several shops at once, follow, give back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from marketplace.kernel import clock
from marketplace.kernel.models import Deadline
from marketplace.merchant.orders.states import OrderStatus
from marketplace.platform.checkout.models import OrderCopy, OrderGroup
from marketplace.platform.payments.models import Refund
from tests.journeys.goods import Wanted
from tests.journeys.people import Person, number_in
from tests.running import until


def searches(buyer: Person, text: str) -> None:
    buyer.go()
    box = buyer.page.locator("input[name=q]:visible").first
    box.fill(text)
    box.press("Enter")
    buyer.page.wait_for_url("**/search/**")


def finds_and_adds(buyer: Person, wanted: Wanted) -> None:
    """From all shops' goods to one: the count beside a shop is what one sees after choosing it, and a price narrows further."""
    page = buyer.page
    searches(buyer, wanted.word)
    before = total(page)
    opens_filters(buyer)
    choice = page.locator("[role=checkbox][href*='shop=']", has_text=wanted.shop).locator("visible=true").first  # a brand may be called the same
    promised = number_in(choice.locator(".count").inner_text())
    choice.click()
    page.wait_for_url("**shop=**")
    assert total(page) == promised < before
    opens_filters(buyer)
    page.locator("[name=from]:visible").fill(str(wanted.price.decimal))
    page.locator("[name=to]:visible").fill(str(wanted.price.decimal))
    page.locator("[name=to]:visible").press("Enter")
    page.wait_for_url("**to=**")
    assert 1 <= total(page) <= promised
    closes_filters(buyer)
    buyer.look("found")
    adds(buyer, wanted.title)


def finds_what_is_new(buyer: Person, title: str, pieces: int) -> None:
    """It has just been approved: the index follows within a moment."""
    searches(buyer, title)
    until(lambda: buyer.page.reload() and buyer.page.get_by_text(title).count(), within_s=20, what=f"“{title}” is found")
    for _piece in range(pieces):
        searches(buyer, title)
        adds(buyer, title)


def adds(buyer: Person, title: str) -> None:
    page = buyer.page
    page.get_by_role("heading").get_by_role("link", name=title).first.click()  # a look at it without leaving the list has a link of its own
    page.wait_for_url("**/p/**")
    buyer.look("product")
    if not page.locator("form button[name=buy]").count():  # this variant is sold out
        page.locator(".opt:not(.border-dashed)").first.click()
    buyer.press("Add to cart")
    expect(page.locator(".toast").first).to_be_visible()


def opens_filters(buyer: Person) -> None:
    if buyer.screen.is_phone and not buyer.page.locator("dialog[open]").count():  # it stays open while one chooses
        buyer.press("Filter")


def closes_filters(buyer: Person) -> None:
    if buyer.page.locator("dialog[open]").count():
        buyer.page.locator("dialog[open] [data-close].btn").click()


def total(page: Page) -> int:
    return int(page.locator("[data-total]").get_attribute("data-total") or "0")


def registers_at_the_cart(buyer: Person, email: str) -> None:
    """The cart is kept; the address is asked for at the checkout."""
    page = buyer.page
    buyer.go("/cart/")
    buyer.look("cart")
    buyer.follow("Check out")
    buyer.follow("Register")
    page.fill("[name=email]", email)
    page.fill("[name=password1]", "kiln-and-trail-22")
    page.locator("main form button").first.click()
    page.wait_for_url("**/checkout/**")
    buyer.look("address")
    gives_an_address(buyer)


def gives_an_address(buyer: Person) -> None:
    """The first one, asked for at the checkout."""
    page = buyer.page
    for name, text in {"recipient": "林晚", "phone": "13800138000", "city": "上海市", "street": "武康路 118 弄 6 号"}.items():
        page.fill(f"[name={name}]", text)
    page.select_option("[name=region]", "31")
    buyer.press("Use this address")
    page.wait_for_selector("[name=address]:checked")


def places(buyer: Person, parts: int) -> str:
    """Returns the number of the whole order; the rail's page is open."""
    page = buyer.page
    assert page.locator("main section.card").count() == parts
    buyer.look("checkout")
    page.locator("button[form=place]:visible, #place button:visible").first.click()
    page.wait_for_url("**/pay/**")
    return OrderGroup.objects.latest("placed_at").number


def pays(buyer: Person, number: str, parts: int) -> None:
    page = buyer.page
    buyer.look("payment")
    page.locator("button[value=succeeded]").click()
    page.wait_for_url("**/orders/**")
    until(lambda: OrderCopy.objects.filter(group__number=number, status=OrderStatus.CONFIRMED).count() == parts, within_s=20, what="all orders paid")
    buyer.go(f"/orders/{number}/")
    assert page.locator("section[id^=order-]").count() == parts
    buyer.look("paid")


def buys_again(buyer: Person, title: str) -> None:
    """The same article into the cart, and on to the checkout."""
    searches(buyer, title)
    adds(buyer, title)
    buyer.go("/checkout/")
    buyer.page.wait_for_selector("[name=address]:checked")


def lets_it_expire(buyer: Person, number: str) -> None:
    """Half an hour later: nobody paid."""
    group = OrderGroup.objects.get(number=number)
    Deadline.objects.filter(subject_id=group.pk).update(due_at=clock.now())
    until(lambda: OrderGroup.objects.get(number=number).status == "expired", within_s=30, what="the order has expired")
    buyer.go(f"/orders/{number}/")
    buyer.look("expired")


def cancels(buyer: Person, own: str) -> None:
    buyer.go(f"/orders/{own}/cancel/")
    buyer.page.locator("[name=reason]").first.check()
    buyer.look("cancel")
    buyer.send("Cancel the order")
    until(lambda: Refund.objects.filter(allocations__order_number=own, status="done").exists(), within_s=30, what="the money has gone back")
    buyer.look("cancelled")


def receives_everything(buyer: Person, number: str, parts: int) -> None:
    page = buyer.page
    for left in range(parts, 0, -1):
        buyer.go(f"/orders/{number}/")
        if left == parts:
            buyer.look("on-its-way")
        expect(page.locator("form[action$='/receive/'] button")).to_have_count(left)
        with page.expect_navigation():
            page.locator("form[action$='/receive/'] button").first.click()
    until(lambda: OrderCopy.objects.filter(group__number=number, status=OrderStatus.COMPLETED).count() == parts, within_s=20, what="all orders received")
    buyer.go(f"/orders/{number}/")
    buyer.look("received")


def asks_back(buyer: Person, own: str) -> None:
    """One piece of a line, with a reason."""
    page = buyer.page
    buyer.go(f"/orders/{own}/return/")
    page.locator("input[name^=line_]").first.fill("1")
    page.locator("[name=reason]").first.check()
    buyer.look("return-something")
    buyer.send("Ask the shop")
    buyer.look("return-asked-for")


def sends_back(buyer: Person, number: str) -> None:
    page = buyer.page
    buyer.go("/returns/")
    buyer.look("returns")
    page.locator("main a[href^='/returns/2']:visible").first.click()
    buyer.look("send-it-back")
    page.select_option("[name=carrier]", index=1)
    page.fill("[name=tracking_number]", "SF1234567890")
    buyer.send("It is on its way")


def reads_mails(buyer: Person, email: str, *subjects: str) -> None:
    """The demo's mailbox: each subject once, in this language; the newest is opened."""
    page = buyer.page

    def texts() -> str:
        buyer.go(f"/mailbox/?to={email}")
        return page.locator("main").inner_text()

    for subject in subjects:
        until(lambda subject=subject: subject in texts(), within_s=30, what=f"a mail “{subject}” to {email}")
    buyer.look("mailbox")
    page.locator("main ul li a").first.click()
    page.frame_locator("iframe").locator("body").wait_for()
    buyer.look("mail")
