"""A shop is decorated from a template: a draft first, shown when it is published, and undone."""

from __future__ import annotations

import pytest
from django.test import Client

from cms.merchant.models import ShopHome
from cms.panels import untranslated
from cms.starters import starters
from tenants.tenancy.schemas import merchant_schema
from tests import factories as make
from tests.config.test_headers import signed_in
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
WORKBENCH, SHOP = "kiln.seller.market.localhost", "kiln.market.localhost"


@pytest.fixture
def owner():
    return signed_in("owner-a@market.localhost")


def send(client: Client, then: str) -> int:
    return client.post("/decorate/", {"then": then}, headers={"host": WORKBENCH}).status_code


def shop(language: str = "en") -> str:
    return Client().get("/", headers={"host": SHOP, "accept-language": language}).content.decode()


@pytest.mark.parametrize("code", sorted(starters()))
def test_every_template_is_shown_in_both_languages_once_it_is_published(owner, code):
    make.a_product("a", title="Mug")
    assert send(owner, code) == 302
    assert "wanshang-" not in shop()
    assert send(owner, "publish") == 302
    with merchant_schema(MERCHANTS["a"]):
        assert [one.where for one in untranslated(ShopHome.objects.get()) if one.where != "标题"] == []
    assert "wanshang-" in shop()
    assert shop("en") != shop("zh-hans")


def test_a_draft_can_be_undone(owner):
    send(owner, "maker")
    send(owner, "publish")
    send(owner, "outdoor")
    assert send(owner, "undo") == 302
    with merchant_schema(MERCHANTS["a"]):
        assert "一件一件" in str(ShopHome.objects.get().get_latest_revision_as_object().blocks)


def state() -> tuple[bool, str]:
    with merchant_schema(MERCHANTS["a"]):
        home = ShopHome.objects.get()
        return home.has_unpublished_changes, home.get_latest_revision_as_object().title_en


def test_undo_is_offered_while_there_is_a_draft_and_ends_with_what_is_shown(owner):
    def offers() -> bool:
        return 'value="undo"' in owner.get("/decorate/", headers={"host": WORKBENCH}).content.decode()

    assert not offers()
    send(owner, "maker")
    assert offers()
    send(owner, "publish")
    assert not offers()
    assert send(owner, "undo") == 409
    send(owner, "outdoor")
    send(owner, "undo")
    assert not offers()
    assert state()[0] is False


def test_a_first_page_carries_the_name_of_its_shop(owner):
    send(owner, "maker")
    assert state()[1] == "Kiln"


def test_kinds_of_pages_have_names_in_both_languages(owner):
    def kinds(language: str) -> str:
        return owner.get("/decorate/", headers={"host": WORKBENCH, "accept-language": language}).content.decode()

    assert "First page" in kinds("en")
    assert "shop home" not in kinds("en").lower()


def test_what_is_no_template_is_no_page(owner):
    assert send(owner, "no-such-template") == 404


def test_what_was_sent_can_be_taken_along(owner):
    response = owner.get("/messages/?export=csv", headers={"host": WORKBENCH})
    assert response.headers["Content-Type"].startswith("text/csv")
    assert owner.get("/messages/", headers={"host": WORKBENCH}).status_code == 200
    assert owner.get("/decorate/", headers={"host": WORKBENCH}).status_code == 200


@pytest.mark.parametrize(("language", "title"), [("en", "Made one by one"), ("zh-hans", "一件一件做出来的")])
def test_a_draft_is_shown_in_the_language_of_who_looks(owner, language, title):
    send(owner, "maker")
    with merchant_schema(MERCHANTS["a"]):
        address = f"/cms/pages/{ShopHome.objects.get().pk}/view_draft/"
    assert title in owner.get(address, headers={"host": WORKBENCH, "accept-language": language}).content.decode()
