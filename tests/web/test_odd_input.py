"""Whatever stands in an address, a form or a cookie: a page, a refusal, or 400; never a defect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from tenants.accounts.models import User
from tests import factories as make

pytestmark = pytest.mark.django_db

MARKET, WORKBENCH, CONSOLE = "market.localhost", "kiln.seller.market.localhost", "ops.market.localhost"
STATE = "0" * 64
# {} is where the odd text goes.
ADDRESSES = {
    MARKET: """
        /search/?q={} /search/?from={} /search/?to={} /search/?brand={} /search/?shop={} /search/?a1={} /search/?a{}=1 /search/?page={} /search/?sort={}
        /search/?c={} /search/?q=mug&exact={} /search/?q=mug&typed={} /search/?own={} /search/suggest/?q={} /shops/?q={} /shops/?c={}
        /c/{}/ /shops/?page={} /orders/?show={} /orders/?after={} /orders/{}/ /pay/{}/ /checkout/?address={} /sign-in/?next={} /?hl={} /?theme={}
        /hand-over/?host={} /hand-over/?host=kiln.market.localhost&state=STATE&path={} /hand-over/?host=kiln.market.localhost&path=/&state={}
        /media/{}/a.webp /media/public/{}.webp /pages/{}/ /p/00000000-0000-0000-0000-000000000000/?variant={} /email/confirm/{}/ /password/new/{}-x/
        /password/new/1-{}/""",
    WORKBENCH: """
        /orders/?q={} /orders/?show={} /orders/?since={} /orders/?after={} /orders/?before={} /orders/{}/ /products/?q={} /products/?show={}
        /products/categories/?category_query={} /products/categories/?category={} /statements/{}/ /statements/?q={} /log/?q={} /hand-over/accept/?token={}""",
    CONSOLE: """
        /merchants/?q={} /merchants/?show={} /orders/?merchant={} /orders/?since={} /orders/?q={} /statements/{}/ /statements/?merchant={} /journal/?q={}
        /log/?q={} /log/?after={} /searches/?q={} /searches/?show={} /searches/?since={} /searches/why/?q={} /searches/why/?q=mug&listing={}
        /search-rules/?q={} /search-rules/new/?kind={} /search-rules/new/?kind=pins&words={} /search-rules/changes/?rule={}""",
}
FORMS = {
    MARKET: """
        /cart/add/ variant quantity | /checkout/place/ key address total | /checkout/address/ recipient | /account/addresses/new/ phone address_id province |
        /sign-in/ login password | /register/ email password1 | /password/forgotten/ email | /hand-over/ host""",
    WORKBENCH: "/products/new/ category product_id category_query title_en sku_0 price_0 stock_0 brand | /orders/x/ship/ carrier",
    CONSOLE: "/merchants/new/ slug merchant_id owner_email name_zh | /settlement/run/ merchant",
}
ODD = ["a\x00b", "%'\U0001f600٣"]
ODDER = [
    "\x00",
    "9" * 400,
    "-1",
    "1e999",
    "NaN",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin1"),
    "../../etc/passwd",
    "{}{{7*7}}%s",
    "\r\nSet-Cookie: a=b",
    "0x1F",
]


@pytest.fixture
def clients() -> dict[str, Client]:
    make.a_product()
    found = {}
    for host, email in ((MARKET, "owner-a"), (WORKBENCH, "owner-a"), (CONSOLE, "operator")):
        found[host] = Client(raise_request_exception=False)
        found[host].force_login(User.objects.get(email=f"{email}@market.localhost"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return found


def asked(clients: dict[str, Client], odd: str) -> Iterator[tuple[str, Any]]:
    """Every address and every field of every form with the odd text in it; nothing is kept."""
    for host, client in clients.items():
        addresses = [address.replace("STATE", STATE).replace("{}", quote(odd, safe="")) for address in ADDRESSES[host].split()]
        forms = [(form.split()[0], name) for form in FORMS[host].split("|") for name in form.split()[1:]]
        for address, name in [*((address, "") for address in addresses), *forms]:
            with transaction.atomic():
                data = {name: odd, **({"find_category": "1"} if name == "category_query" else {})}
                response = client.post(address, data, headers={"host": host}) if name else client.get(address, headers={"host": host})
                transaction.set_rollback(True)
            yield f"{host}{address} {name}: {response.status_code} {(getattr(response, 'exc_info', None) or ('', ''))[1]!r}", response


def broken(clients: dict[str, Client], odd: str) -> list[str]:
    return [what for what, response in asked(clients, odd) if response.status_code >= 500]


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_odd_input_breaks_no_page(clients, odd):
    assert broken(clients, odd) == []


@pytest.mark.long
@pytest.mark.parametrize("odd", ODDER, ids=ascii)
def test_odder_input_breaks_no_page(clients, odd):
    assert broken(clients, odd) == []


def test_without_the_look_for_nul_bytes_pages_do_break(clients, monkeypatch):
    """The control: these addresses do reach the database."""
    from marketplace.config import middleware

    monkeypatch.setattr(middleware, "has_nul", lambda request: False)
    assert len(broken({WORKBENCH: clients[WORKBENCH]}, "a\x00b")) > 3


def test_a_cookie_that_no_browser_makes_is_a_bad_request():
    """Cookies may spell any byte, and a session is looked up by one."""
    response = Client().get("/cart/", headers={"host": MARKET, "cookie": 'session="\\000abcdefghi"'})
    assert response.status_code == 400
