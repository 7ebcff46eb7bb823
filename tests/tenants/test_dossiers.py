"""What the market knows of a company changes by review only; rules have a day by which shops accept them; the guide measures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from marketplace.flows.publish_product import put_on_sale, take_product_off_sale
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.models import AuditEvent, OutboxEvent
from marketplace.kernel.relay import deliver_events
from marketplace.platform.listings.models import Listing
from marketplace.web.dossiers import facts_of
from tenants.accounts.actions import give_role
from tenants.accounts.models import Letter, User
from tenants.onboarding.errors import NothingNewMeanwhile
from tenants.onboarding.market_rules import accept_rules, publish_rules
from tenants.onboarding.models import Dossier, DossierChange, SelfCheck
from tenants.onboarding.queries import trader_of
from tenants.onboarding.requirements import put_requirement
from tenants.onboarding.standing import seller_of
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.architecture.paper_forms import company_form
from tests.databases import MERCHANTS
from tests.storefront.test_applying import Reader, at_console

pytestmark = pytest.mark.django_db
A = MERCHANTS["a"]


@pytest.fixture
def boss() -> Reader:
    return Reader("kiln.seller.market.localhost", User.objects.get(email="owner-a@market.localhost"))


def waiting() -> DossierChange:
    return DossierChange.objects.get(status="waiting")


class TestWhatTheMarketKnows:
    """A shop's data on the merchant's page, word by word."""

    FACTS = {
        "kind": "distributor",
        "sells_many_brands": True,
        "company": "Old Ltd",
        "licence_number": "91350100M000100Y43",
        "representative": "Lin Zhixia",
        "belongs_to": "The Kiln Group",
        "contact_name": "Chen Mo",
        "contact_phone": "+8613800138000",
        "contact_email": "trade@example.com",
        "service_phone": "+8613900139000",
        "service_address": "1 Kiln Road",
        "names": {"en": "Kiln"},
        "about": "Cups and bowls",
        "brands": ["Shanlan", "Farstep"],
        "origins": "Own kiln in Jingdezhen",
    }
    SHOWN = ("Distributor", "several brands", "138 0013 8000", "139 0013 9000", "Shanlan, Farstep")

    def test_stands_on_the_merchants_page_for_who_reviews_and_for_nobody_else(self):
        make.a_dossier(Merchant.objects.get(pk=A))
        Dossier.objects.filter(merchant=A).update(**self.FACTS)
        assert set(self.FACTS) == set(Dossier.FIELDS)
        said = [each for each in self.FACTS.values() if isinstance(each, str) and each not in ("distributor", "+8613800138000", "+8613900139000")]
        page = at_console("operator").get(f"/merchants/{A}/").content.decode()
        for words in (*said, *self.SHOWN):
            assert words in page, words
        other = at_console("accountant").get(f"/merchants/{A}/").content.decode()
        assert "1 Kiln Road" not in other and "The Kiln Group" not in other, "others read who stands behind it, no more"

    def test_how_many_brands_is_said_only_of_a_seller_whose_kind_is_known(self):
        row = make.a_dossier(Merchant.objects.get(pk=A))
        with translation.override("en"):
            assert "One brand or several" not in [str(label) for label, _words in facts_of(row)]
            row.kind = "distributor"
            assert ("One brand or several", "one brand") in [(str(label), words) for label, words in facts_of(row)]


class TestCompanyData:
    def test_the_old_holds_until_the_operator_approves_the_new(self, boss):
        merchant = Merchant.objects.get(pk=A)
        make.a_dossier(merchant, "Old Ltd")
        form = company_form() | {"company": "New Ltd", "name_en": "Kiln & Sons"}
        assert boss.post("/company/", **form).status_code == 302
        assert trader_of(merchant).company == "Old Ltd" and "New Ltd" in boss.get("/company/").content.decode()
        console = at_console("reviewer")
        page = console.get(f"/dossier-changes/{waiting().pk}/").content.decode()
        assert "Old Ltd" in page and "New Ltd" in page
        make.a_product("a")
        OutboxEvent.objects.all().delete()
        assert console.post(f"/dossier-changes/{waiting().pk}/decide/", decision="approve").status_code == 302
        merchant.refresh_from_db()
        assert (trader_of(merchant).company, merchant.names) == ("New Ltd", {"en": "Kiln & Sons"})
        assert OutboxEvent.objects.filter(topic="listings.changed").exists()  # search learns the new name
        deliver_events()
        assert Letter.objects.filter(kind="dossier_approved", email=boss.user.email).exists()

    def test_a_refusal_changes_nothing_and_says_why(self, boss):
        make.a_dossier(Merchant.objects.get(pk=A), "Old Ltd")
        boss.post("/company/", **company_form() | {"company": "New Ltd"})
        console, change = at_console("reviewer"), waiting()
        assert console.post(f"/dossier-changes/{change.pk}/decide/", decision="refuse", note="").status_code == 422
        assert console.post(f"/dossier-changes/{change.pk}/decide/", decision="take").status_code == 302
        assert console.post(f"/dossier-changes/{change.pk}/decide/", decision="refuse", note="Show the licence").status_code == 302
        assert console.post(f"/dossier-changes/{change.pk}/decide/", decision="approve").status_code == 409
        assert Dossier.objects.get(merchant=A).company == "Old Ltd" and "Show the licence" in boss.get("/company/").content.decode()

    def test_it_is_somebodys_work_until_a_day_and_whoever_has_it_hears_when_that_has_passed(self, boss):
        make.a_dossier(Merchant.objects.get(pk=A))
        boss.post("/company/", **company_form() | {"company": "New Ltd"})
        first, second, change = at_console("reviewer"), at_console("reviewer"), waiting()
        address = f"/dossier-changes/{change.pk}/decide/"
        first.post(address, decision="take")
        assert first.post(address, decision="give", to="nobody").status_code == 404
        assert first.post(address, decision="give", to=User.objects.get(email="owner-a@market.localhost").pk).status_code == 404, "who reviews nothing"
        assert str(second.user.pk) in first.get(f"/dossier-changes/{change.pk}/").content.decode()
        assert first.post(address, decision="give", to=second.user.pk).status_code == 302
        assert waiting().reviewer_id == second.user.pk
        with clock.shifted(timedelta(days=60)):
            fire_due()
            deliver_events()
        told = Letter.objects.filter(kind="review_overdue")
        assert told.filter(email=second.user.email).count() == 1 and not told.filter(email=first.user.email).exists()

    def test_what_is_handed_in_again_replaces_what_waits_and_can_be_taken_back(self, boss):
        make.a_dossier(Merchant.objects.get(pk=A))
        boss.post("/company/", **company_form())
        first = waiting().pk
        boss.post("/company/", **company_form() | {"brands": "One\nTwo, Two"})
        assert waiting().pk != first and waiting().after["brands"] == ["One", "Two"]
        boss.post("/company/", then="withdraw")
        assert not DossierChange.objects.filter(status="waiting").exists()

    @pytest.mark.parametrize("wrong", [{"company": ""}, {"contact_phone": "12"}, {"contact_email": "nobody"}, {"name_en": ""}, {"brands": "x" * 61}])
    def test_wrong_input_names_its_field_and_changes_nothing(self, boss, wrong):
        answer = boss.post("/company/", **company_form() | wrong)
        assert answer.status_code == 422 and answer.context["form"].errors and not DossierChange.objects.exists()

    def test_another_kind_of_seller_is_asked_for_what_such_a_one_is_once_it_is_approved(self, boss):
        make.a_dossier(Merchant.objects.get(pk=A))
        put_requirement(
            by=SYSTEM, code="maker", fields={"names": {"en": "Maker's paper"}, "kinds": ["manufacturer"], "enforced_from": clock.now()}, why="the law"
        )
        listing = Listing.objects.get(pk=make.a_product("a").pk)
        form = company_form() | {"kind": "manufacturer", "sells_many_brands": "on"}
        assert boss.post("/company/", **form | {"kind": "pirate"}).status_code == 422
        assert boss.post("/company/", **form).status_code == 302 and seller_of(A) == ("", False)
        assert "Maker's paper".replace("'", "&#x27;") not in boss.get("/qualifications/").content.decode()
        console = at_console("reviewer")
        page = console.get(f"/dossier-changes/{waiting().pk}/").content.decode()
        assert "Manufacturer" in page and "several brands" in page
        assert console.post(f"/dossier-changes/{waiting().pk}/decide/", decision="approve").status_code == 302
        assert seller_of(A) == ("manufacturer", True)
        with translation.override("en"):
            assert trader_of(Merchant.objects.get(pk=A)).kind == "Manufacturer"
        listing.refresh_from_db()
        assert listing.is_held and "Maker&#x27;s paper" in boss.get("/qualifications/").content.decode()
        assert [row.pk for row in at_console("operator").get("/merchants/?kind=manufacturer").context["page"].rows] == [A]
        assert boss.post("/company/", **form | {"kind": ""}).status_code == 422, "what is known is not taken away"

    def test_whoever_may_not_hand_in_papers_changes_nothing(self):
        clerk = make.a_buyer()
        give_role(by=SYSTEM, user_id=clerk.pk, role="product_editor", merchant_id=A)
        reader = Reader("kiln.seller.market.localhost", clerk)
        assert reader.get("/company/").status_code == 200
        assert reader.post("/company/", **company_form()).status_code == 403


class TestRulesWithADay:
    def test_after_its_day_a_shop_that_has_not_accepted_puts_nothing_new_on_sale(self, boss):
        product = make.a_product("a")
        by = make.acting(boss.user)
        rules = publish_rules(by=SYSTEM, kind="standards", texts={"zh-hans": "一", "en": "One"}, since=clock.now(), accept_by=clock.now() + timedelta(days=20))
        with merchant_schema(A):
            take_product_off_sale(by=by, product_id=product.pk)
            put_on_sale(by=by, product_id=product.pk)  # there is time
            take_product_off_sale(by=by, product_id=product.pk)
        told = []
        for days in (14, 21):
            with clock.shifted(timedelta(days=days)):
                fire_due()
                deliver_events()
                told.append(Letter.objects.filter(kind__in=["rules_to_accept", "rules_not_accepted"], email=boss.user.email).count())
        assert told == [1, 2]
        with clock.shifted(timedelta(days=21)), merchant_schema(A):
            with pytest.raises(NothingNewMeanwhile):
                put_on_sale(by=by, product_id=product.pk)
            accept_rules(by=by, rules_ids=[rules.pk], merchant_id=A)
            put_on_sale(by=by, product_id=product.pk)

    def test_shops_need_time(self):
        with pytest.raises(InvalidInput) as refused:
            publish_rules(by=SYSTEM, kind="standards", texts={"zh-hans": "一", "en": "One"}, since=clock.now(), accept_by=clock.now() - timedelta(days=1))
        assert refused.value.field == "accept_by"


class TestTheGuide:
    def test_what_can_be_measured_is_and_the_rest_is_ticked(self, boss):
        page = boss.get("/guide/")
        done = {item.code: item.is_done for stage in page.context["stages"] for item in stage.items}
        assert (done["product"], done["company"], done["positioning"]) == (False, False, False)
        make.a_dossier(Merchant.objects.get(pk=A))
        make.a_product("a")
        assert boss.post("/guide/", done=["positioning", "product", "nonsense"]).status_code == 302
        done = {item.code: item.is_done for stage in boss.get("/guide/").context["stages"] for item in stage.items}
        assert (done["product"], done["approved"], done["company"], done["positioning"]) == (True, True, True, True)
        assert set(SelfCheck.objects.values_list("code", flat=True)) == {"positioning"}  # what is measured cannot be ticked
        assert AuditEvent.objects.get(action="merchant.guide_ticked").after == {"done": ["positioning"]}
