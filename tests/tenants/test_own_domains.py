"""A shop's own domains: proved by a record at a real DNS server, first come first served, and one address for a shop."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import due_at, fire_due
from marketplace.kernel.errors import NotFound
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from tenants.domains.actions import GRACE, LOOK, MOST, PATIENCE, add_domain, ask_for_look, make_primary, remove_domain
from tenants.domains.errors import DomainNotReady, DomainTaken, DomainUnusable, TooManyDomains
from tenants.domains.models import OwnDomain
from tenants.domains.names import as_host
from tenants.tenancy.hosts import origin, shop_url
from tenants.tenancy.models import Domain, Merchant
from tests import factories as make
from tests.databases import MERCHANTS
from tests.tenants.names_server import Names, names_server

pytestmark = pytest.mark.django_db
A, B = MERCHANTS["a"], MERCHANTS["b"]
HOST, HERE = "shop.kiln.example", "kiln.market.localhost"
S = OwnDomain.State


@pytest.fixture
def names() -> Any:
    """A DNS server that knows where the market is, and where the shop's domain leads: there, too."""
    with names_server() as server, override_settings(DNS_SERVERS=[f"127.0.0.1:{server.port}"]):
        server.put("market.localhost", "A", "192.0.2.7")
        server.put(HOST, "A", "192.0.2.7")
        yield server


def wished(merchant: Any = A, host: str = HOST) -> OwnDomain:
    return add_domain(by=SYSTEM, merchant_id=merchant, domain_id=uuid4(), host=host)


def proved(names: Names, row: OwnDomain) -> OwnDomain:
    names.put(row.record_name, "TXT", f'"{row.record_value}"')
    return looked_at(row)


def looked_at(row: OwnDomain) -> OwnDomain:
    deliver_events()
    fresh = OwnDomain.objects.filter(pk=row.pk).first()
    assert fresh is not None
    return fresh


def after(row: OwnDomain, time: timedelta) -> OwnDomain:
    """How it stands when the clock has gone on, and the deadlines with it."""
    with clock.shifted(time):
        fire_due()
        deliver_events()
    row.refresh_from_db()
    return row


def answers(host: str, path: str = "/", method: str = "get") -> Any:
    return getattr(Client(), method)(path, headers={"host": host})


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("Shop.Kiln.Example", "shop.kiln.example"),
        (" https://shop.kiln.example/about/?x=1 ", "shop.kiln.example"),
        ("shop.kiln.example.", "shop.kiln.example"),
        ("茶.example", "xn--cl1a.example"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_domain_is_written_as_dns_does_however_it_was_typed(typed, host):
    assert as_host(typed) == host


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "shop",
        "192.0.2.7",
        "192.0.2.7:80",
        "[::1]",
        "2001:db8::1",
        "-a.example",
        "a..example",
        "a b.example",
        "*.example.com",
        "a_b.example",
        "x" * 64 + ".example",
        "localhost",
        "market.localhost",
        "kiln.market.localhost",
        "ops.market.localhost",
        "a.1",
        "a" * 250 + ".example",
        "a.example:8000",
        "ex\x00ample.com",
        "a@b.example",
    ],
)
def test_what_cannot_be_an_address_is_refused_and_says_why(typed):
    with pytest.raises(DomainUnusable):
        as_host(typed)


def test_names_that_nobody_can_own_are_refused_on_a_real_market():
    assert as_host("shop.test") == "shop.test"  # here, so that it can be tried
    with override_settings(OWN_DOMAINS_ANYWHERE=False), pytest.raises(DomainUnusable):
        as_host("shop.test")


# ── Proof ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_domain_answers_once_its_record_is_there_and_not_before(names):
    row = looked_at(wished())
    assert (row.state, row.said, row.leads_here) == (S.WAITING, "nothing", True)
    assert answers(HOST).status_code == 404
    names.put(row.record_name, "TXT", '"wanshang-verify=somebody-elses"', '"v=spf1 -all"')
    row = after(row, timedelta(minutes=6))
    assert (row.state, row.said, row.found) == (S.WAITING, "other_texts", ["v=spf1 -all", "wanshang-verify=somebody-elses"])
    row = proved(names, ask(row))
    assert row.state == S.VERIFIED and Domain.objects.get(host=HOST).tenant_id == A
    assert answers(HOST, "/robots.txt").status_code in (200, 301)
    deliver_events()
    assert any(HOST in letter.subject for letter in mail.outbox)


def ask(row: OwnDomain) -> OwnDomain:
    ask_for_look(by=SYSTEM, merchant_id=row.merchant_id, domain_id=row.pk)
    return row


def test_a_record_that_is_cut_into_pieces_is_read_as_one(names):
    row = wished()
    half = len(row.record_value) // 2
    names.put(row.record_name, "TXT", f'"{row.record_value[:half]}" "{row.record_value[half:]}"')
    assert looked_at(row).state == S.VERIFIED


def test_the_record_of_one_shop_proves_nothing_for_another(names):
    mine, theirs = wished(A), wished(B)
    names.put(mine.record_name, "TXT", f'"{mine.record_value}"')
    assert (looked_at(mine).state, looked_at(theirs).state) == (S.VERIFIED, S.WAITING)
    assert Domain.objects.get(host=HOST).tenant_id == A


def test_of_two_that_prove_it_the_first_has_it_and_the_other_is_told(names):
    mine, theirs = wished(A), wished(B)
    names.put(mine.record_name, "TXT", f'"{mine.record_value}"', f'"{theirs.record_value}"')
    first, second = looked_at(mine), looked_at(theirs)
    assert {(first.state, first.said), (second.state, second.said)} == {(S.VERIFIED, ""), (S.WAITING, "taken")}
    with pytest.raises(DomainTaken):
        wished(MERCHANTS["c"])


def test_silence_of_dns_takes_nothing_away(names):
    row = proved(names, wished())
    names.is_broken = True
    row = after(row, timedelta(days=30))
    assert (row.state, row.said) == (S.VERIFIED, "no_answer")


def test_a_domain_whose_record_is_gone_answers_for_a_while_and_then_no_longer(names):
    row = proved(names, wished())
    make_primary(by=SYSTEM, merchant_id=A, host=HOST)
    del names.records[row.record_name, "TXT"]
    row = after(row, timedelta(days=1, hours=1))
    assert row.state == S.LOST and Domain.objects.filter(host=HOST).exists()
    OwnDomain.objects.filter(pk=row.pk).update(lost_at=clock.now() - GRACE - timedelta(hours=1))
    row = after(row, timedelta(days=2))
    assert row.state == S.GIVEN_UP and not Domain.objects.filter(host=HOST).exists()
    assert shop_url(Merchant.objects.get(pk=A)).startswith(origin(HERE))


def test_one_that_comes_back_in_time_stays(names):
    row = proved(names, wished())
    kept = names.records.pop((row.record_name, "TXT"))
    assert after(row, timedelta(days=1, hours=1)).state == S.LOST
    names.records[row.record_name, "TXT"] = kept
    row = after(row, timedelta(days=2))
    assert (row.state, row.lost_at) == (S.VERIFIED, None)


def test_waiting_ends_after_some_days_and_begins_anew_when_asked(names):
    row = looked_at(wished())
    soon = due_at(kind=LOOK, subject_id=row.pk)
    assert soon is not None and soon - clock.now() < timedelta(minutes=6)
    OwnDomain.objects.filter(pk=row.pk).update(added_at=clock.now() - PATIENCE - timedelta(hours=1))
    row = after(row, timedelta(hours=1))
    assert row.state == S.GIVEN_UP and due_at(kind=LOOK, subject_id=row.pk) is None
    assert looked_at(ask(row)).state == S.WAITING


# ── One address ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_shops_other_hosts_lead_to_its_address_with_path_and_question(names):
    proved(names, wished())
    assert answers(HERE, "/search/?q=mug").status_code == 200
    there = answers(HOST, "/search/?q=mug")
    assert (there.status_code, there.headers["Location"]) == (301, origin(HERE) + "/search/?q=mug")
    make_primary(by=SYSTEM, merchant_id=A, host=HOST)
    back = answers(HERE, "/search/?q=mug")
    assert (back.status_code, back.headers["Location"], back.headers["Cache-Control"]) == (301, origin(HOST) + "/search/?q=mug", "max-age=3600")
    assert answers(HOST, "/search/?q=mug").status_code == 200
    assert answers("kiln.seller.market.localhost").status_code == 302, "the workbench stays where it is"
    make_primary(by=SYSTEM, merchant_id=A, host=HERE)
    assert answers(HERE).status_code == 200


def test_pictures_answer_on_every_host(names):
    proved(names, wished())
    assert answers(HOST, f"/media/m_{A.hex}/nothing.webp").status_code == 404  # and not 301


def test_pages_of_the_market_link_to_the_address(names):
    proved(names, wished())
    make_primary(by=SYSTEM, merchant_id=A, host=HOST)
    make.a_product(stock=3)
    deliver_events()
    assert (
        origin(HOST)
        in answers("market.localhost", "/search/?q=mug&shop=1").content.decode() + answers("market.localhost", "/sitemaps/shops.xml").content.decode()
    )


def test_one_that_leads_elsewhere_cannot_be_the_address(names):
    names.put(HOST, "A", "198.51.100.1")
    proved(names, wished())
    with pytest.raises(DomainNotReady):
        make_primary(by=SYSTEM, merchant_id=A, host=HOST)
    assert answers(HERE).status_code == 200


@pytest.mark.parametrize("host", ["trail.market.localhost", "market.localhost", "ops.market.localhost", "evil.example", ""])
def test_no_other_host_can_be_the_address(names, host):
    with pytest.raises(NotFound):
        make_primary(by=SYSTEM, merchant_id=A, host=host)


def test_a_removed_domain_answers_nobody_and_can_be_anothers(names):
    row = proved(names, wished())
    make_primary(by=SYSTEM, merchant_id=A, host=HOST)
    remove_domain(by=SYSTEM, merchant_id=A, domain_id=row.pk)
    remove_domain(by=SYSTEM, merchant_id=A, domain_id=row.pk)
    assert answers(HOST).status_code == 404 and answers(HERE).status_code == 200
    assert proved(names, wished(B)).state == S.VERIFIED


def test_a_shop_has_some_domains_and_asks_for_each_once(names):
    first = wished()
    assert wished() == first and OwnDomain.objects.count() == 1
    for n in range(MOST - 1):
        wished(host=f"shop{n}.example")
    with pytest.raises(TooManyDomains):
        wished(host="one.more.example")
    assert AuditEvent.objects.filter(action="domain.added").count() == MOST


def test_another_shops_domain_is_not_there(names):
    row = wished(B)
    for verb in (ask_for_look,):
        with pytest.raises(NotFound):
            verb(by=SYSTEM, merchant_id=A, domain_id=row.pk)
    remove_domain(by=SYSTEM, merchant_id=A, domain_id=row.pk)
    assert OwnDomain.objects.filter(pk=row.pk).exists()


# ── Certificates ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_proxy_gets_certificates_for_hosts_that_answer_here_and_no_others(names):
    row = wished()
    asked = lambda host: answers("127.0.0.1:8000", f"/tls/ask?domain={host}").status_code
    assert asked(HOST) == 404, "whoever only wishes for it gets none"
    proved(names, row)
    assert (asked(HOST), asked(HOST.upper()), asked(HERE), asked("ops.market.localhost")) == (200, 200, 200, 200)
    assert (asked("evil.example"), asked(""), asked("x" * 5000), asked(f"{HOST}.evil.example")) == (404, 404, 404, 404)


def test_whoever_signs_in_is_led_on_to_the_own_domain(names):
    proved(names, wished())
    make_primary(by=SYSTEM, merchant_id=A, host=HOST)
    client = Client()
    client.force_login(make.a_buyer(), backend=settings.AUTHENTICATION_BACKENDS[0])
    page = client.get("/hand-over/", {"host": HOST, "path": "/", "state": "0" * 64}, headers={"host": "market.localhost"})
    assert page.status_code == 200 and f"{origin(HOST)}/hand-over/accept/?token=" in page.content.decode()
    assert page.headers["Refresh"].startswith(f"0; url={origin(HOST)}/hand-over/accept/")
