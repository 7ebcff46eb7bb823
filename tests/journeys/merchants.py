"""What merchants do: apply, say what delivery costs, enter products, work their orders and returns."""

from __future__ import annotations

import re
from io import BytesIO
from uuid import uuid4

from PIL import Image
from playwright.sync_api import expect

from marketplace.merchant.orders.states import FulfilmentStatus
from marketplace.platform.checkout.models import OrderCopy, ReturnCopy
from tenants.onboarding.licences import check_character
from tests.journeys.people import Person
from tests.running import until

PASSWORD = "kiln and trail 2026"


def picture(colour: str, size: tuple[int, int] = (800, 800)) -> bytes:
    pixels = BytesIO()
    Image.new("RGB", size, colour).save(pixels, "PNG")
    return pixels.getvalue()


def registers(person: Person, email: str, password: str = PASSWORD) -> None:
    """From the sign-in page that asks who one is."""
    person.follow("Register")
    person.page.fill("[name=email]", email)
    person.page.fill("[name=password1]", password)
    person.page.locator("main form button").first.click()


def confirms_the_address(person: Person, email: str) -> None:
    """By the link in the letter, which lies in the demo's mailbox."""
    page = person.page

    def there() -> bool:
        person.go(f"/mailbox/?to={email}")
        return page.locator("main ul li a").count() > 0

    until(there, within_s=30, what=f"a letter to {email}")
    page.locator("main ul li a").last.click()
    page.locator("main pre a[href*='/email/']").first.click()
    with page.expect_navigation():
        page.locator("main form button").first.click()


def applies(person: Person, slug: str, email: str) -> str:
    """Company, contact, licence, documents. Returns the number of the application."""
    page = person.page
    person.go("/sell/")
    person.look("sell")
    person.follow("Apply")
    registers(person, email)
    page.wait_for_url("**/sell/apply/**")
    person.go("/sell/apply/?part=confirm")
    person.press("Hand it in")
    page.wait_for_selector("[role=alert]")
    person.look("application-incomplete")
    confirms_the_address(person, email)
    person.go("/sell/apply/")
    page.locator("[name=kind]").first.check()
    page.wait_for_selector("#progress [role=status]:not(:empty)")  # what was chosen is kept by itself
    person.look("application-seller")
    goes_on(person)
    licence = "91330106MA2CFKQ8" + str(len(slug) % 10)
    values = {
        "company": f"{slug} 纸品有限公司",
        "licence_number": licence + check_character(licence),
        "representative": "周纸",
        "contact_name": "周纸",
        "contact_phone": "13800138000",
        "contact_email": email,
        "service_address": "上海市静安区纸间路 6 号",
        "name_zh": f"纸间 {slug}",
        "name_en": f"Paper & Between {slug}",
        "slug": slug,
        "about": "Letter sets",
        "brands": "纸间",
    }
    for name, text in values.items():
        if not page.locator(f"[name={name}]").count():
            goes_on(person)
        page.fill(f"[name={name}]", text)
    goes_on(person)
    for n, code in enumerate(("licence", "identity", "brand")):  # what is asked of a brand owner
        adds_a_paper(person, code, f"#ee{n}")
    person.look("application")
    goes_on(person)
    person.look("application-complete")
    person.send("Hand it in")
    page.wait_for_url("**/sell/applications/**")
    person.look("handed-in")
    return page.url.partition("#")[0].rstrip("/").split("/")[-1]


def goes_on(person: Person) -> None:
    """To the next part of the form."""
    with person.page.expect_navigation():
        person.page.locator("button[value=next]").click()


def adds_a_paper(person: Person, code: str, colour: str, name: str = "") -> None:
    name = name or f"{code}.png"
    person.page.select_option("[name=paper_kind]", code)
    if code == "brand":
        person.page.fill("[name=ends_on]", "2040-12-31")
    person.page.locator("[name=file]").set_input_files({"name": name, "mimeType": "image/png", "buffer": picture(colour, (900, 600))})
    person.send("Add")
    person.sees(name)


def hands_in_again(person: Person) -> None:
    """The operator asked for more: the page says what, and the form is open again."""
    person.go("/sell/apply/")
    person.sees("四角")
    person.look("more-is-asked")
    person.go("/sell/apply/?part=papers")
    adds_a_paper(person, "licence", "#ddd", "licence-again.png")
    goes_on(person)
    person.send("Hand it in")


def enters_the_workbench(person: Person, slug: str, email: str, path: str = "/") -> None:
    person.go(path, f"{slug}.seller.market.localhost")
    if person.page.locator("[name=login]").count():
        person.sign_in(email, PASSWORD)
    person.page.wait_for_url(f"http://{slug}.seller.market.localhost:{person.market.port}/**")


def gets_ready(person: Person, slug: str, email: str) -> None:
    """What a parcel costs, and where the money goes."""
    enters_the_workbench(person, slug, email)
    person.look("first-overview")
    page, host = person.page, f"{slug}.seller.market.localhost"
    person.go("/delivery/", host)
    page.fill("[name=fee_0]", "8")
    page.fill("[name=free_from_0]", "999")
    person.look("delivery")
    person.send("Save")
    person.go("/payout-account/", host)
    for name, text in {"bank": "Bank of Paper", "number": "6222021234567890", "password": PASSWORD}.items():
        page.fill(f"[name={name}]", text)
    person.look("payout-account")
    person.send("Hand it in")


def enters_a_product(person: Person, slug: str, title: str, category: str) -> None:
    """Two colours of one article from the matrix, filled at once, submitted."""
    page, host = person.page, f"{slug}.seller.market.localhost"
    person.go("/products/", host)
    person.look("no-products")
    person.go("/products/new/", host)
    page.fill("[name=title_zh]" if person.screen.language == "zh-hans" else "[name=title_en]", title)
    page.fill("[name=category_query]", category)
    page.locator("[name=find_category]").click()
    with page.expect_response(lambda answer: "/products/new/" in answer.url and answer.request.method == "POST"):
        page.locator("[name=category]").first.check()
    values = page.locator("fieldset:has([name=axes])").first.locator("label.chip")
    expect(values.nth(1)).to_be_visible()
    for n in range(2):
        with page.expect_response(lambda answer: "/products/new/" in answer.url and answer.request.method == "POST"):
            values.nth(n).click()  # the table follows by itself; a later answer would replace what is typed in it meanwhile
    with page.expect_response(lambda answer: "/products/new/" in answer.url and answer.request.method == "POST"):
        person.press("Make the variants")
    expect(page.locator("[data-variant]")).to_have_count(2)
    page.fill("[name=all_market]", "88")
    page.fill("[name=all_price]", "68.80")
    page.fill("[name=all_stock]", "12")
    with page.expect_response(lambda answer: "/products/new/" in answer.url and answer.request.method == "POST"):
        person.press("Fill in")
    expect(page.locator("[name=price_1]")).to_have_value("68.80")
    for n in range(2):
        page.fill(f"[name=sku_{n}]", f"PAPER-{n}-{slug}")
    page.locator("[name=pictures]").set_input_files(
        [{"name": f"letters-{n}.png", "mimeType": "image/png", "buffer": picture(colour)} for n, colour in enumerate(("#c9b79c", "#7d8c6f"))]
    )
    expect(page.locator("[data-shot-item]")).to_have_count(2)
    person.look("new-product")
    person.send("Save and submit for review")
    person.look("product-in-review")


def submits_again(person: Person, slug: str, email: str, title: str) -> None:
    """It came back with a reason; the title is changed and it is submitted once more."""
    enters_the_workbench(person, slug, email, "/products/?show=sent_back")
    person.page.get_by_role("link", name=re.compile(re.escape(title[:8]))).first.click()
    person.sees("最低价")
    person.look("product-sent-back")
    person.page.fill("[name=title_zh]" if person.screen.language == "zh-hans" else "[name=title_en]", title)
    person.send("Save and submit for review")


# ── Orders ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def own_order(number: str, slug: str) -> str:
    return OrderCopy.objects.get(group__number=number, merchant__slug=slug).number


def opens_its_order(merchant: Person, slug: str, email: str, number: str) -> str:
    """The workbench shows this shop's part of the order, and nobody else's."""
    enters_the_workbench(merchant, slug, email, "/orders/")
    own = own_order(number, slug)
    others = OrderCopy.objects.filter(group__number=number).exclude(merchant__slug=slug).values_list("number", flat=True)
    merchant.sees(own)
    assert not any(other in merchant.page.content() for other in others)
    merchant.look("orders")
    merchant.page.get_by_role("link", name=own).locator("visible=true").first.click()
    return own


def ships(merchant: Person, own: str, pieces: int | None = None) -> None:
    """Accept, and hand over with carrier and number: all, or some pieces of the first line."""
    page = merchant.page
    if page.get_by_role("button", name=re.compile("^" + merchant.word("Accept"))).count():
        merchant.send("Accept")
    if pieces is not None:
        page.locator("input[name^=line_]").first.fill(str(pieces))
    page.select_option("[name=carrier]", index=1)
    page.fill("[name=tracking_number]", f"SF{uuid4().int % 10**12:012d}")
    merchant.look("order")
    merchant.send("Ship")
    wanted = FulfilmentStatus.SHIPPED if pieces is None else FulfilmentStatus.PART_SHIPPED
    until(lambda: OrderCopy.objects.get(number=own).fulfilment_status == wanted, within_s=20, what=f"order {own} is {wanted}")
    merchant.look("shipped" if pieces is None else "shipped-in-part")


def prints_the_slip(merchant: Person) -> None:
    merchant.follow("Packing slip")
    merchant.look("packing-slip")
    with merchant.page.expect_download() as slip:
        merchant.page.get_by_role("link", name="PDF").first.click()
    assert slip.value.path().read_bytes().startswith(b"%PDF")
    merchant.page.go_back()


def takes_it_back(merchant: Person, slug: str, email: str, number: str) -> None:
    """Agrees to the return of an order of this group."""
    enters_the_workbench(merchant, slug, email, "/returns/")
    merchant.look("returns")
    row = ReturnCopy.objects.get(order__group__number=number)
    merchant.page.get_by_role("link", name=row.number).locator("visible=true").first.click()
    merchant.look("return")
    merchant.send("Agree")


def inspects_and_pays_back(merchant: Person, slug: str, email: str, number: str) -> None:
    row = ReturnCopy.objects.get(order__group__number=number)
    enters_the_workbench(merchant, slug, email, f"/returns/{row.number}/")
    merchant.look("goods-are-back")
    merchant.send("Keep the inspection")
    merchant.look("inspected")
    merchant.page.locator("form[action$='/confirm/'] button").click()
    merchant.agree()
    merchant.look("paid-back")
