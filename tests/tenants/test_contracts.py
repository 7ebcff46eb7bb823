"""Contracts: from a template in versions to a file that both have signed, that is what was signed, and that ends."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import storages

from marketplace.flows.let_in import review_application
from marketplace.flows.publish_product import put_on_sale, take_product_off_sale
from marketplace.flows.rent import change_package
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.deadlines import fire_due
from marketplace.kernel.errors import InvalidInput, NotFound
from marketplace.kernel.models import AuditEvent
from marketplace.kernel.relay import deliver_events
from tenants.accounts.models import Letter, User
from tenants.contracts.drafting import publish_template, retire_template, save_template
from tenants.contracts.errors import ContractDecided, DossierIncomplete, NothingToSign, SameSigner, TemplateFixed
from tenants.contracts.errors import ContractMoved as Moved
from tenants.contracts.models import Contract, ContractTemplate
from tenants.contracts.queries import contract_of, is_without, months_later, offer_to, sha256_of
from tenants.contracts.signing import refuse_contract, sign_contract, sign_for_market
from tenants.onboarding.errors import NothingNewMeanwhile
from tenants.onboarding.models import Application, Step
from tenants.onboarding.opening import lacks_of
from tenants.packages.actions import publish_version
from tenants.packages.queries import today
from tenants.tenancy.models import Merchant
from tenants.tenancy.schemas import merchant_schema, public_schema
from tests import factories as make
from tests.databases import MERCHANTS
from tests.storefront.test_applying import Reader, at_console

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-9"


@pytest.fixture(autouse=True)
def papers_root(settings, tmp_path):
    settings.PAPERS_ROOT = tmp_path
    return tmp_path


def with_password(person: User) -> User:
    if not person.check_password(PASSWORD):
        person.set_password(PASSWORD)
        person.save()
    return person


def approved() -> tuple[Application, Merchant]:
    row = make.an_application(with_password(make.a_buyer()))
    for step in Step:
        review_application(by=SYSTEM, application_id=row.pk, step=step, decision="passed")
    deliver_events()
    return row, Merchant.objects.get(application=row)


def sign(merchant: Merchant, by: Actor, **said: Any) -> Contract:
    offer = offer_to(merchant, "en")
    form = {"seen": offer.sha256 if offer else "", "name": "Chen Yao", "title": "Director", "password": PASSWORD, "agrees": True, "language": "en"}
    return sign_contract(by=by, merchant_id=merchant.pk, **form | said)


def signs_for_market(row: Contract, **said: Any) -> Contract:
    form = {"name": "Wang Fang", "title": "Head of merchants", "password": PASSWORD} | said
    return sign_for_market(by=make.acting(with_password(make.a_buyer())), contract_id=row.pk, **form)


def owner(letter: str = "a") -> Actor:
    return make.acting(with_password(User.objects.get(email=f"owner-{letter}@market.localhost")))


def a_shop_with_dossier(letter: str = "a") -> Merchant:
    merchant = Merchant.objects.get(pk=MERCHANTS[letter])
    make.a_dossier(merchant)
    return merchant


class TestTemplates:
    def test_what_is_in_braces_is_checked_when_it_is_saved(self):
        for texts, names in (
            ({"en": make.CONTRACT["en"] + " {comission}"}, "{comission}"),
            ({"en": make.CONTRACT["en"] + " {"}, "{"),
            ({"en": "With {company} from {start}."}, "{end}"),
            ({"zh-hans": ""}, ""),
        ):
            with pytest.raises(InvalidInput) as refused:
                save_template(by=SYSTEM, kind="", texts={**make.CONTRACT, **texts}, months=12)
            assert names in str(refused.value) and refused.value.field.startswith("text_")
        assert not ContractTemplate.objects.exists()

    def test_versions_follow_one_another_and_none_changes(self):
        first = make.a_contract_template()
        with pytest.raises(TemplateFixed):
            publish_template(by=SYSTEM, template_id=first.pk)
        draft = save_template(by=SYSTEM, kind="", texts=make.CONTRACT, months=24)
        assert save_template(by=SYSTEM, kind="", texts=make.CONTRACT, months=36).pk == draft.pk
        second = publish_template(by=SYSTEM, template_id=draft.pk)
        first.refresh_from_db()
        assert (first.status, first.version, first.months, second.status, second.version, second.months) == ("retired", 1, 12, "published", 2, 36)

    def test_a_kind_of_seller_may_have_its_own(self):
        make.a_contract_template()
        own = make.a_contract_template(kind="manufacturer", months=6)
        _row, merchant = approved()
        assert offer_to(merchant, "en").template == own

    def test_written_previewed_published_and_retired_in_the_console(self):
        console = at_console("operator")
        form = {"months": 12, "text_en": make.CONTRACT["en"], "text_zh-hans": make.CONTRACT["zh-hans"]}
        wrong = console.post("/contract-templates/all/draft/", **form | {"text_en": "{nobody}"})
        assert wrong.status_code == 422 and "{nobody}" in wrong.content.decode()
        page = console.post("/contract-templates/all/draft/", **form).url
        preview = console.get(page).content.decode()
        assert "Example Trading Co., Ltd" in preview and "{company}" not in preview
        assert console.post(f"{page}publish/").status_code == 302
        assert console.post(f"{page}publish/").status_code == 409
        assert "no longer used" not in console.get("/contract-templates/").content.decode().lower()
        assert console.post(f"{page}retire/", why="").status_code == 422
        assert console.post(f"{page}retire/", why="a new form").status_code == 302
        assert console.get("/contract-templates/nobody/draft/").status_code == 404


class TestSigning:
    def test_the_shop_opens_when_both_have_signed(self, papers_root):
        make.a_contract_template()
        row, merchant = approved()
        assert (merchant.status, [lack.code for lack in lacks_of(merchant)], lacks_of(merchant)[0].is_markets) == ("opening", ["contract"], False)
        contract = sign(merchant, make.acting(row.applicant))
        deliver_events()
        merchant.refresh_from_db()
        assert (merchant.status, lacks_of(merchant)[0].is_markets) == ("opening", True)
        signs_for_market(contract)
        deliver_events()
        merchant.refresh_from_db()
        assert (merchant.status, contract_of(merchant)) == ("open", contract)
        assert row.company in contract.text and contract.text_sha256 == sha256_of(contract.text) and "{" not in contract.text
        files = sorted(papers_root.rglob("*.pdf"))
        assert len(files) == 2 and all(file.read_bytes().startswith(b"%PDF") for file in files)
        assert Letter.objects.filter(email=row.applicant.email, kind="contract_in_force").exists()

    def test_what_is_kept_says_who_when_from_where_and_over_which_text(self):
        make.a_contract_template()
        row, merchant = approved()
        by = Actor(kind="person", user_id=row.applicant_id, label=row.applicant.email, address="203.0.113.7")
        contract = sign(merchant, by)
        assert (contract.signed_by_id, contract.signed_from, contract.signed_name, contract.signed_title) == (by.user_id, "203.0.113.7", "Chen Yao", "Director")
        after = AuditEvent.objects.get(action="contract.signed").after
        assert (after["text_sha256"], after["paper_sha256"]) == (contract.text_sha256, contract.papers.get().sha256)

    @pytest.mark.parametrize(("field", "value"), [("name", " "), ("title", ""), ("password", "wrong"), ("agrees", False)])
    def test_a_signature_needs_name_title_password_and_consent(self, field, value):
        make.a_contract_template()
        row, merchant = approved()
        with pytest.raises(InvalidInput) as refused:
            sign(merchant, make.acting(row.applicant), **{field: value})
        assert refused.value.field == field and not Contract.objects.exists()

    def test_nothing_is_signed_but_what_was_read(self):
        make.a_contract_template()
        row, merchant = approved()
        seen = offer_to(merchant, "en").sha256
        make.a_contract_template(months=24)
        with pytest.raises(Moved):
            sign(merchant, make.acting(row.applicant), seen=seen)
        sign(merchant, make.acting(row.applicant))
        with pytest.raises(NothingToSign):
            sign(merchant, make.acting(row.applicant))

    def test_support_does_not_sign_for_the_shop_it_visits_nor_one_person_for_both(self):
        make.a_contract_template()
        merchant, by = a_shop_with_dossier(), owner()
        with pytest.raises(InvalidInput):
            sign(merchant, Actor(kind="person", user_id=by.user_id, label="support", on_behalf_of=uuid4()))
        contract = sign(merchant, by)
        with pytest.raises(SameSigner):
            sign_for_market(by=by, contract_id=contract.pk, name="A", title="B", password=PASSWORD)

    def test_what_the_market_does_not_sign_is_told_and_signed_anew(self):
        make.a_contract_template()
        row, merchant = approved()
        first = sign(merchant, make.acting(row.applicant))
        refuse_contract(by=make.acting(make.a_buyer()), contract_id=first.pk, reason="Sign as the legal representative.")
        with pytest.raises(ContractDecided):
            signs_for_market(first)
        assert lacks_of(merchant)[0].is_markets is False
        signs_for_market(sign(merchant, make.acting(row.applicant)))
        deliver_events()
        merchant.refresh_from_db()
        assert merchant.status == "open"

    def test_a_shop_from_before_is_asked_says_who_it_is_and_signs_in_its_workbench(self):
        make.a_contract_template()
        merchant = Merchant.objects.get(pk=MERCHANTS["a"])
        boss = Reader("kiln.seller.market.localhost", User.objects.get(pk=owner().user_id))
        assert "contract with the market to read and sign" in boss.get("/").content.decode()
        with pytest.raises(DossierIncomplete):
            sign(merchant, owner())
        assert "/company/" in boss.get("/contract/").content.decode()
        make.a_dossier(merchant)
        form = {"seen": offer_to(merchant, "en").sha256, "name": "Chen Yao", "title": "Director", "agrees": "on"}
        wrong = boss.post("/contract/", **form, password="no")
        assert wrong.status_code == 422 and "not your password" in wrong.content.decode()
        assert boss.post("/contract/", **form, password=PASSWORD).status_code == 302
        assert merchant.status == "open" and not is_without(merchant)

    def test_retiring_the_template_lets_in_who_waited_for_it(self):
        template = make.a_contract_template()
        _row, merchant = approved()
        retire_template(by=SYSTEM, template_id=template.pk, why="no contracts for now")
        deliver_events()
        merchant.refresh_from_db()
        assert merchant.status == "open"


class TestTheFile:
    @pytest.fixture
    def contract(self) -> Contract:
        make.a_contract_template()
        return signs_for_market(sign(a_shop_with_dossier(), owner()))

    def readers(self, contract: Contract) -> list[tuple[Reader, str]]:
        boss = Reader("kiln.seller.market.localhost", User.objects.get(pk=owner().user_id))
        return [(boss, f"/contract/{contract.number}/pdf/"), (at_console("reviewer"), f"/contracts/{contract.number}/pdf/")]

    def test_both_sides_download_it_and_that_stands_in_the_log(self, contract):
        for reader, path in self.readers(contract):
            answer = reader.get(path)
            assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
            assert AuditEvent.objects.filter(action="contract.paper_opened", actor_id=reader.user.pk).exists()

    @pytest.mark.parametrize("how", ["changed", "gone", "another contract's"])
    def test_a_file_that_is_not_what_was_signed_is_refused_and_reported(self, contract, how):
        paper = contract.papers.latest("made_at")
        with public_schema():
            file = Path(storages["papers"].path(paper.key))
        data = file.read_bytes()
        if how == "gone":
            file.unlink()
        else:
            file.write_bytes(
                data[:-1] + b"!" if how == "changed" else Path(str(file)).parent.joinpath(f"{contract.papers.earliest('made_at').pk}.pdf").read_bytes()
            )
        for reader, path in self.readers(contract):
            answer = reader.get(path)
            assert answer.status_code == 409 and b"%PDF" not in answer.content
        deliver_events()
        assert AuditEvent.objects.filter(action="contract.paper_broken").count() == 2
        assert Letter.objects.filter(kind="contract_paper_broken", email="operator@market.localhost").count() == 1  # reported once
        assert "not what was signed" in at_console("operator").get("/").content.decode()
        file.write_bytes(data)  # put back from a copy
        reader, path = self.readers(contract)[1]
        assert reader.get(path).status_code == 200
        assert "not what was signed" not in at_console("operator").get("/").content.decode()

    def test_it_is_the_shops_own(self, contract):
        stranger = Reader("trail.seller.market.localhost", User.objects.get(email="owner-b@market.localhost"))
        assert stranger.get(f"/contract/{contract.number}/pdf/").status_code == 404


class TestTheEnd:
    @pytest.fixture
    def contract(self) -> Contract:
        make.a_contract_template()
        row = signs_for_market(sign(a_shop_with_dossier(), owner()))
        deliver_events()
        return row

    def test_both_sides_are_reminded_at_30_7_and_1_days_and_then_it_ends(self, contract):
        boss, told = User.objects.get(pk=owner().user_id), []
        for days in (31, 29, 6, 0.5, -0.5):
            with clock.shifted(contract.ends_at - timedelta(days=days) - clock.now()):
                fire_due()
                deliver_events()
                told.append(Letter.objects.filter(email=boss.email, kind="contract_ends_soon").count())
                if days == 6:
                    operator = at_console("operator").get("/contracts/?ends=7").content.decode()
                    assert contract.number in operator and "ends soon" in at_console("operator").get(f"/contracts/{contract.number}/").content.decode()
        assert told == [0, 1, 2, 3, 3]
        assert Letter.objects.filter(email="operator@market.localhost", kind="contract_with_shop_ends_soon").count() == 3
        contract.refresh_from_db()
        assert contract.status == "ended"
        assert Letter.objects.filter(email=boss.email, kind__in=["contract_in_force", "contract_ended"]).count() == 2  # signed by both, and ended

    def test_after_the_end_nothing_new_goes_on_sale_and_what_is_on_sale_stays(self, contract):
        product = make.a_product("a")
        with clock.shifted(contract.ends_at + timedelta(hours=1) - clock.now()), merchant_schema(MERCHANTS["a"]):
            put_on_sale(by=owner(), product_id=product.pk)  # is on sale
            take_product_off_sale(by=owner(), product_id=product.pk)
            with pytest.raises(NothingNewMeanwhile):
                put_on_sale(by=owner(), product_id=product.pk)
        with merchant_schema(MERCHANTS["a"]):
            put_on_sale(by=owner(), product_id=product.pk)  # the control: while it runs

    def test_the_next_one_follows_without_a_gap_and_nothing_stops(self, contract):
        merchant = contract.merchant
        assert offer_to(merchant, "en") is None  # it runs for long
        newer = make.a_contract_template(months=24)
        with clock.shifted(contract.ends_at - timedelta(days=20) - clock.now()):
            following = signs_for_market(sign(merchant, owner()))
            deliver_events()
            assert (following.template, following.starts_at, following.ends_at) == (newer, contract.ends_at, months_later(contract.ends_at, 24))
        with clock.shifted(contract.ends_at + timedelta(hours=1) - clock.now()):
            fire_due()
            deliver_events()
            assert not is_without(merchant) and contract_of(merchant) == following
        boss = User.objects.get(pk=owner().user_id)
        assert (
            Letter.objects.filter(email=boss.email, kind__in=["contract_in_force", "contract_ended"]).count() == 2
        )  # each was signed by both; none has ended for want of another


def test_nobody_signs_what_is_not_there():
    with pytest.raises(NotFound):
        signs_for_market(Contract(pk=uuid4()))
    with pytest.raises(NothingToSign):
        sign(Merchant.objects.get(pk=MERCHANTS["a"]), owner())


class TestListOfMerchants:
    def found(self, **asked: str) -> set[str]:
        page = at_console("operator").client.get("/merchants/", asked).context["page"]
        return {row.slug for row in page.rows}

    def test_merchants_are_found_by_how_their_contract_stands(self, papers_root):
        make.a_contract_template(months=12)
        row = sign(a_shop_with_dossier(), by=owner())
        assert (self.found(contracts="waiting"), self.found(contracts="none")) == ({"kiln"}, {"kiln", "trail", "mono"})
        signs_for_market(row)
        assert (self.found(contracts="waiting"), self.found(contracts="none")) == (set(), {"trail", "mono"})
        assert self.found(contracts="soon") == self.found(contracts="ended") == set()
        for days, asked in ((350, "soon"), (370, "ended")):
            with clock.shifted(timedelta(days=days)):
                assert self.found(contracts=asked) == {"kiln"}, asked

    def test_who_has_chosen_no_package_has_the_default(self):
        terms = {"texts": {}, "limits": {}, "existing_from": today(), "why": "a new one", "by": SYSTEM}
        publish_version(code="small", names={"en": "Small"}, monthly_minor=0, is_default=True, **terms)
        large = publish_version(code="large", names={"en": "Large"}, monthly_minor=100, is_default=False, **terms).package
        change_package(by=SYSTEM, change_id=uuid4(), merchant_id=MERCHANTS["a"], package_id=large.pk)
        assert (self.found(package="large"), self.found(package="small")) == ({"kiln"}, {"trail", "mono"})
