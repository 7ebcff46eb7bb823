"""Columns, density and saved views are one's own: kept, shared, brought back, and never another merchant's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from marketplace.kernel.models import AuditEvent
from marketplace.platform.backoffice.models import SavedView
from tenants.accounts.models import User
from tests.web.test_list_work import HOST, an_order, clerk, client, numbers, post, said, signed_in

__all__ = ["clerk", "client"]  # fixtures
pytestmark = pytest.mark.django_db


# ── columns, density ─────────────────────────────────────────────────────────────────────────────────────────────────


def heads(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/orders/{query}", headers=HOST)
    return [str(head.column.key) for head in page.context["heads"]]


def test_columns_are_ones_own_in_the_order_one_gave_them(client, clerk):
    an_order()
    before = heads(clerk)
    post(client, "/orders/", do="columns", keep="1", column=["order", "amount", "sku", "do"], place_order="1", place_amount="3", place_sku="2")
    assert heads(client) == ["order", "sku", "amount", "do"]
    assert heads(clerk) == before
    body = client.get("/orders/", headers=HOST).content.decode()
    row = body[body.index("<tbody>") : body.index("</tbody>")]
    assert row.count("<td") == 5  # the tick, too
    assert heads(client, "?cols=amount,order") == ["amount", "order", "do"]  # what cannot be taken away stays
    post(client, "/orders/", do="columns", column=["nonsense"])
    assert heads(client) == before


def test_density_is_ones_own_for_all_lists_and_shows_more_rows(client, clerk):
    an_order()
    post(client, "/orders/", do="density", density="compact")
    for path in ("/orders/", "/products/"):
        assert client.get(path, headers=HOST).context["is_compact"] and not clerk.get(path, headers=HOST).context["is_compact"]
    assert said(client, post(client, "/orders/", do="density", density="huge")) == ["Choose comfortable or compact."]


# ── views ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def keep(client: Client, name: str = "Morning", query: str = "show=to_ship&sort=status&after=abc", path: str = "/orders/", **more: Any) -> SavedView:
    answer = post(client, path, do="view-save", name=name, query=query, **more)
    assert answer.status_code == 302
    return SavedView.objects.get(pk=answer.url.rpartition("view=")[2])


def test_a_view_is_kept_used_renamed_deleted_and_brought_back(client):
    order = an_order()
    view = keep(client)
    assert view.query == "show=to_ship&sort=status"  # not the page one was on
    page = client.get("/orders/", headers=HOST).content.decode()
    assert f'href="/orders/?show=to_ship&amp;sort=status&amp;view={view.pk}"' in page or f'href="/orders/?show=to_ship&sort=status&amp;view={view.pk}"' in page
    assert numbers(client, f"?show=to_ship&view={view.pk}") == [order.number]
    post(client, "/orders/", do="view-rename", view_id=view.pk, name=" At  nine ")
    assert SavedView.objects.get(pk=view.pk).name == "At nine"
    client.get("/orders/", headers=HOST)  # reads what was told
    removed = post(client, "/orders/", do="view-remove", view_id=view.pk)
    assert "At nine" not in client.get("/orders/?view=", headers=HOST).content.decode()
    undo = client.get(removed.url, headers=HOST).content.decode()
    assert 'value="view-restore"' in undo and str(view.pk) in undo
    post(client, "/orders/", do="view-restore", view_id=view.pk)
    assert "At nine" in client.get("/orders/?view=", headers=HOST).content.decode()
    assert set(AuditEvent.objects.filter(subject_id=str(view.pk)).values_list("action", flat=True)) == {
        "view.saved",
        "view.renamed",
        "view.removed",
        "view.restored",
    }


def test_the_same_name_again_replaces_the_view_and_two_views_have_two_names(client):
    first, again = keep(client), keep(client, query="q=x")
    assert first.pk == again.pk and again.query == "q=x"
    other = keep(client, name="Other")
    client.get("/orders/?view=", headers=HOST)  # reads what was told
    assert said(client, post(client, "/orders/", do="view-rename", view_id=other.pk, name="Morning")) == [
        "You have a view called “Morning” here already. Choose another name."
    ]
    assert said(client, post(client, "/orders/", do="view-save", name=" ", query="")) == ["Give the view a name."]


def test_a_list_begins_with_ones_default_view_and_can_still_be_seen_whole(client, clerk):
    view = keep(client)
    post(client, "/orders/", do="view-default", view_id=view.pk, on="1")
    assert client.get("/orders/", headers=HOST).url == f"/orders/?show=to_ship&sort=status&view={view.pk}"
    assert client.get("/orders/?view=", headers=HOST).status_code == 200
    assert clerk.get("/orders/", headers=HOST).status_code == 200
    post(client, "/orders/", do="view-default", view_id=view.pk)
    assert client.get("/orders/", headers=HOST).status_code == 200


def test_a_view_is_its_owners_until_it_is_shared_and_never_another_merchants(client, clerk):
    view = keep(client, name="Canary")
    other = signed_in(User.objects.get(email="owner-b@market.localhost"))
    there = {"host": "trail.seller.market.localhost", "accept-language": "en"}

    def seen(who: Client, headers: dict[str, str] = HOST) -> bool:
        return "Canary" in who.get("/orders/", headers=headers).content.decode()

    assert (seen(client), seen(clerk), seen(other, there)) == (True, False, False)
    assert post(clerk, f"/views/{view.pk}/share/", on="1").status_code == 403  # the right to share
    assert post(client, f"/views/{view.pk}/share/", on="1").status_code == 302
    assert (seen(client), seen(clerk), seen(other, there)) == (True, True, False)
    for who, headers in ((clerk, HOST), (other, there)):
        for do in ("view-rename", "view-remove", "view-default"):
            assert post(who, "/orders/", headers, do=do, view_id=view.pk, name="Mine", on="1").status_code == 404
    assert SavedView.objects.get(pk=view.pk).name == "Canary"
    post(client, f"/views/{view.pk}/share/")
    assert not seen(clerk)
