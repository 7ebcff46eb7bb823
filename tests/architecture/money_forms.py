"""Forms about deposits and packages, as a person would send them: path and data, from what a shop has (`Things`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from marketplace.flows.rent import change_package, take_add_on
from marketplace.flows.services import order_service
from marketplace.kernel.actors import SYSTEM
from marketplace.platform.deposits.actions import move_deposit, object_to_deduction
from tenants.packages.actions import publish_version, put_extra
from tenants.packages.models import FeeCharge, ServicePackage
from tenants.packages.queries import today
from tests import factories as make
from tests.databases import MERCHANTS


def some_deposit() -> dict[str, str]:
    """Merchant a's deposit: two deductions from it by the form they wait for, one of them objected to."""

    def moved(kind: str, amount: str) -> Any:
        return move_deposit(by=SYSTEM, move_id=uuid4(), merchant_id=MERCHANTS["a"], kind=kind, amount=make.yuan(amount), reference="T1", why="as agreed")

    moved("received", "900")
    objected, other = moved("deducted", "100"), moved("deducted", "50")
    object_to_deduction(by=SYSTEM, move=objected, text="They are real.")
    return {"deposit-objection": objected.number, "deposit-object": other.number}


@dataclass(frozen=True)
class Offers:
    """What merchant a can choose and has chosen, by the form it waits for."""

    large: UUID
    small: UUID
    add_on: UUID
    taken: UUID
    service: UUID
    ordered: dict[str, UUID]
    fee: str


def some_packages() -> Offers:
    """Two packages, the larger of them taken; an add-on and a service, bought and asked for."""
    names = {"en": "x"}
    for code, minor in (("large", 30_000), ("small", 300)):
        publish_version(by=SYSTEM, code=code, names=names, texts={}, monthly_minor=minor, limits={}, existing_from=today(), is_default=False, why="x")
    large, small = ServicePackage.objects.get(code="large"), ServicePackage.objects.get(code="small")
    change_package(by=SYSTEM, change_id=uuid4(), merchant_id=MERCHANTS["a"], package_id=large.pk)
    about = {"by": SYSTEM, "names": names, "texts": {}, "price": make.yuan("1"), "why": "x"}
    more = put_extra(code="more", kind="add_on", adds={"products": 5}, **about)
    work = put_extra(code="work", kind="service", adds={}, **about)
    day, to = today(), {"by": SYSTEM, "merchant_id": MERCHANTS["a"]}
    taken = take_add_on(add_on_id=uuid4(), extra_id=more.pk, quantity=1, from_day=day, to_day=day + timedelta(days=9), **to)
    ordered = {name: order_service(order_id=uuid4(), extra_id=work.pk, note="", **to).pk for name in ("service-move", "service-withdraw")}
    return Offers(large.pk, small.pk, more.pk, taken.pk, work.pk, ordered, FeeCharge.objects.filter(kind="change").get().number)


FORMS_OF_MONEY: Mapping[tuple[str, str], Callable[[Any], tuple[str, dict[str, Any]]]] = {
    ("workbench", "deposit-object"): lambda t: (f"/deposit/{t.deposit['deposit-object']}/object/", {"text": "It was delivered."}),
    ("workbench", "package-change"): lambda t: ("/package/change/", {"change_id": uuid4(), "package": t.offers.small}),
    ("workbench", "add-on-take"): lambda t: (
        "/package/add-ons/",
        {"add_on_id": uuid4(), "extra": t.offers.add_on, "quantity": 1, "starts": today() + timedelta(days=1), "ends": today() + timedelta(days=9)},
    ),
    ("workbench", "add-on-give-up"): lambda t: (f"/package/add-ons/{t.offers.taken}/give-up/", {}),
    ("workbench", "service-order"): lambda t: ("/package/services/", {"service_id": uuid4(), "extra": t.offers.service}),
    ("workbench", "service-withdraw"): lambda t: (f"/package/services/{t.offers.ordered['service-withdraw']}/withdraw/", {}),
    ("console", "package-new"): lambda t: (
        "/packages/new/",
        {"request_id": uuid4(), "code": "huge", "name_en": "Huge", "price": "9", "existing_from": today(), "why": "more"},
    ),
    ("console", "extra-new"): lambda t: (
        "/packages/extras/new/",
        {"request_id": uuid4(), "code": "bi", "name_en": "BI", "kind": "service", "price": "9", "why": "asked for"},
    ),
    ("console", "package-offered"): lambda t: (f"/packages/{t.offers.small}/offered/", {"on": "0", "why": "too small"}),
    ("console", "service-move"): lambda t: (f"/services/{t.offers.ordered['service-move']}/move/", {"to": "accept"}),
    ("console", "own-price"): lambda t: (
        f"/subscribers/{MERCHANTS['a']}/price/",
        {"request_id": uuid4(), "package": t.offers.large, "price": "1", "starts": today(), "why": "long known"},
    ),
    ("console", "fee-book"): lambda t: (f"/subscribers/{MERCHANTS['a']}/fee/?waive={t.offers.fee}", {"request_id": uuid4(), "why": "our fault"}),
    ("console", "deposit-rules"): lambda t: ("/deposits/rules/", {"form": "terms", "days": "20", "why": "bank holidays"}),
    ("console", "deposit-objection"): lambda t: (f"/deposits/objections/{t.deposit['deposit-objection']}/", {"answer": "The brand says no."}),
    ("console", "deposit-move"): lambda t: (
        f"/deposits/{MERCHANTS['a']}/move/?what=received",
        {"request_id": uuid4(), "amount": "10", "reference": "T9", "why": "seen on the account"},
    ),
    ("console", "deposit-amount"): lambda t: (f"/deposits/{MERCHANTS['a']}/amount/", {"request_id": uuid4(), "amount": "10", "why": "long known"}),
}
