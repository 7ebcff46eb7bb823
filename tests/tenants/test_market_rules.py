"""Market rules in versions: what is accepted is a named version with its time, and a new one asks everybody again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.errors import InvalidInput, NotFound
from tenants.accounts.models import User
from tenants.onboarding.actions import missing_of, submit_application
from tenants.onboarding.errors import ApplicationIncomplete
from tenants.onboarding.market_rules import accept_rules, publish_rules, rules_in_force, rules_version, unaccepted
from tenants.onboarding.models import RulesAccepted
from tests import factories as make
from tests.databases import MERCHANTS
from tests.tenants.test_onboarding import decide, papers_root, written

__all__ = ["papers_root"]  # a fixture
pytestmark = pytest.mark.django_db


def at(host: str, email: str) -> Client:
    client = Client(headers={"host": host, "accept-language": "en"})
    client.force_login(User.objects.get(email=email), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_the_version_in_force_is_the_newest_that_has_begun():
    first = make.rules(text="One")
    coming = publish_rules(by=SYSTEM, kind="standards", texts={"zh-hans": "二", "en": "Two"}, since=clock.now() + timedelta(days=10))
    other = make.rules("recruitment")
    assert [row.pk for row in rules_in_force()] == [other.pk, first.pk] and (first.version, coming.version) == (1, 2)
    with pytest.raises(NotFound):
        rules_version("standards", 2)  # nobody reads it before
    with clock.shifted(timedelta(days=11)):
        assert rules_version("standards").pk == coming.pk and rules_version("standards", 1).pk == first.pk


@pytest.mark.parametrize(
    ("kind", "texts", "since"),
    [
        ("pirates", {"zh-hans": "一", "en": "One"}, 1),
        ("standards", {"en": "One"}, 1),
        ("standards", {"zh-hans": "一", "en": "  "}, 1),
        ("standards", {"zh-hans": "一", "en": "x" * 40_001}, 1),
        ("standards", {"zh-hans": "一", "en": "One"}, -1),
    ],
)
def test_what_is_no_version_is_refused(kind, texts, since):
    make.rules()
    with pytest.raises(InvalidInput):
        publish_rules(by=SYSTEM, kind=kind, texts=texts, since=clock.now() + timedelta(days=since))


def test_an_applicant_accepts_before_handing_in_and_the_shop_has_accepted_the_same():
    rules = make.rules()
    row = written()
    by = make.acting(row.applicant)
    assert missing_of(row) == ["Standards of running a shop"]
    with pytest.raises(ApplicationIncomplete):
        submit_application(by=by, application_id=row.pk)
    for _time in range(2):
        accept_rules(by=by, rules_ids=[rules.pk], application=row)
    held = RulesAccepted.objects.get()
    submit_application(by=by, application_id=row.pk)
    row = decide(decide(row, "identity", "passed"), "qualification", "passed")
    carried = RulesAccepted.objects.get(merchant=row.merchant)
    assert (carried.rules_id, carried.at, carried.by_label) == (rules.pk, held.at, by.label)
    assert unaccepted(merchant_id=row.merchant_id) == []
    newer = make.rules(text="Another")
    assert unaccepted(merchant_id=row.merchant_id) == [newer]


def test_a_shop_is_asked_on_its_first_page_until_its_owner_has_accepted():
    owner, operator = at("kiln.seller.market.localhost", "owner-a@market.localhost"), at("ops.market.localhost", "operator@market.localhost")
    form = {"kind": "standards", "text_zh-hans": "按时发货。", "text_en": "Ship in time."}
    assert operator.post("/market-rules/", {**form, "text_en": ""}).status_code == 422
    assert operator.post("/market-rules/", form).status_code == 302
    assert operator.post("/market-rules/", {**form, "since_on": "1999-01-01"}).status_code == 302  # a day that is past is at once
    rules = rules_version("standards")
    assert rules.version == 2 and "published new rules" in owner.get("/").content.decode()
    assert owner.post("/market-rules/", {"rules": "nonsense"}).status_code == 302 and unaccepted(merchant_id=MERCHANTS["a"])
    assert owner.post("/market-rules/", {"rules": str(rules.pk)}).status_code == 302
    assert "published new rules" not in owner.get("/").content.decode()
    assert "version 2, accepted" in owner.get("/market-rules/").content.decode()
    assert unaccepted(merchant_id=MERCHANTS["b"]) == [rules]
    reader = Client(headers={"host": "market.localhost", "accept-language": "en"})
    assert "Ship in time." in reader.get("/sell/rules/standards/").content.decode() and reader.get("/sell/rules/standards/7/").status_code == 404


def test_the_operator_reads_which_shop_has_accepted_what_and_finds_who_has_not():
    operator = at("ops.market.localhost", "operator@market.localhost")
    own = make.the_markets_own("c")
    late = publish_rules(by=SYSTEM, kind="standards", texts={"zh-hans": "一", "en": "One"}, since=clock.now(), accept_by=clock.now() + timedelta(days=20))
    accept_rules(by=SYSTEM, rules_ids=[late.pk], merchant_id=MERCHANTS["a"])

    def found(which: str) -> set[Any]:
        return {row.pk for row in operator.get(f"/merchants/?rules={which}").context["page"].rows}

    assert MERCHANTS["b"] in found("open") and MERCHANTS["a"] not in found("open") and not found("late")
    assert own.pk not in found("open"), "it agrees with nobody"
    assert "version 1, accepted" in operator.get(f"/merchants/{MERCHANTS['a']}/").content.decode()
    assert "version 1 not accepted" in operator.get(f"/merchants/{MERCHANTS['b']}/").content.decode()
    with clock.shifted(timedelta(days=21)):
        operator = at("ops.market.localhost", "operator@market.localhost")
        assert MERCHANTS["b"] in found("late") and MERCHANTS["a"] not in found("late")
        make.rules(text="Another")
        page = operator.get(f"/merchants/{MERCHANTS['a']}/").content.decode()
        assert "version 2 not accepted" in page and "version 1, accepted" in page
        assert MERCHANTS["a"] in found("open") and "?rules=open" in operator.get("/market-rules/").content.decode()


def test_the_form_of_an_applicant_shows_them_and_keeps_what_was_ticked(client: Any):
    rules = make.rules()
    with translation.override("en"):
        row = written()
    applicant = at("market.localhost", row.applicant.email)
    assert str(rules.pk) in applicant.get("/sell/apply/?part=confirm").content.decode()
    assert applicant.post("/sell/apply/", {"part": "confirm", "then": "save", "rules": str(rules.pk)}).status_code == 302
    assert f"/sell/rules/standards/{rules.version}/" in applicant.get("/sell/apply/?part=confirm").content.decode()
    assert unaccepted(application=row) == []
