"""Every route of every kind of host, asked by everybody, about things of A and of B (proof S1).

What the answer must be comes from the rule declared beside the route, never from a recorded run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tenants.access.rules import Rule, all_routes, rule_of
from tests.isolation.conftest import Side, World

KINDS = ("market", "console", "shop", "workbench")
ACTORS = ("anonymous", "consumer", "buyer_a", "staff_a", "staff_b", "operator")
METHODS = ("GET", "POST")

# Which object stands for a parameter of a route, by its name; a few names mean different things on different routes.
BY_ROUTE: dict[str, dict[str, str]] = {
    "bundle-parts": {"product_id": "bundle_id"},
    "search-rule-undo": {"change_id": "change_of_search"},
    "statement": {"number": "statement"},
    "statement-csv": {"number": "statement"},
    "statement-pdf": {"number": "statement"},
    "application": {"number": "application"},
    "application-deposit": {"number": "application"},
    "application-withdraw": {"number": "application"},
    "application-review": {"number": "application"},
    "rules": {"kind": "rules_kind"},
    "rules-version": {"kind": "rules_kind", "version": "rules_version"},
    "application-take": {"number": "application"},
    "application-hand-over": {"number": "application"},
    "application-paper-again": {"number": "application"},
    "application-waive": {"number": "application"},
    "application-contract": {"number": "application"},
    "application-contract-paper": {"number": "application"},
    "contract": {"number": "contract"},
    "contract-paper": {"number": "contract"},
    "contract-file": {"number": "contract"},
    "contract-sign": {"number": "contract"},
    "contract-refuse": {"number": "contract"},
    "contract-draft": {"kind": "contract_kind"},
    "requirement": {"code": "requirement_code"},
    "requirement-waive": {"code": "requirement_code"},
    "qualification-paper": {"paper_id": "renewal_id"},
    "application-paper": {"number": "application"},
    "pay": {"number": "group"},
    "pay-back": {"number": "group"},
    "order-group": {"number": "group_paid"},
    "order-receive": {"number": "number"},
    "order-give-up": {"number": "group"},
    "order-review": {"number": "number_done"},
    "return": {"number": "return_number"},
    "return-withdraw": {"number": "return_number"},
    "return-send": {"number": "return_number"},
    "return-answer": {"number": "return_number"},
    "return-inspect": {"number": "return_number"},
    "return-confirm": {"number": "return_number"},
    "return-approve": {"number": "return_number"},
    "transfer": {"number": "transfer"},
    "transfer-end": {"number": "transfer"},
    **{f"stocktake{each}": {"number": "stocktake"} for each in ("", "-sheet", "-file", "-count", "-scan", "-upload", "-step")},
    **{f"restock{each}": {"number": "restock"} for each in ("", "-receive", "-end")},
    "approval": {"number": "approval"},
    "approval-decide": {"number": "approval"},
    "deposit-object": {"number": "deduction"},
    "deposit-objection": {"number": "deduction"},
    "notice-word": {"kind": "notice_kind"},
    "bank-file": {"number": "batch"},
    "bank-file-download": {"number": "batch"},
    "bank-file-paid": {"number": "batch"},
    "import-template": {"form": "table_form"},
    "shop-export-file": {"export_id": "shop_export_id"},
}
PLAIN: dict[str, Any] = {
    "rules_kind": "recruitment",
    "table_form": "csv",
    "notice_kind": "order_placed",
    "rules_version": 1,
    "contract_kind": "all",
    "category_id": 1,
    "brand_id": 1,
    "virtual_id": 1,
    "code": "nothing-here",
    "attribute_id": 1,
    "value_id": 1,
    "schema": "public",
    "path": "nothing.webp",
    "page_id": 1,
    "block_id": "00000000-0000-4000-8000-000000000001",
    "part": "pages",
    "stamp": "0",
    "shops": "0" * 32,
    "uidb36": "1",
    "key": "set-password",
    "content_type_app_name": "cms_merchant",
    "content_type_model_name": "shoppage",
    "filter_spec": "width-20",
    "uploaded_file_id": 1,
    "app_name": "wagtailimages",
    "model_name": "page",
    "app_label": "wagtailcore",
    "action": "delete",
    "action_name": "copy",
    "session_id": 1,
    "task_state_id": 1,
    "task_id": 1,
    "workflow_state_id": 1,
    "workflow_pk": 1,
    "uidb64": "x",
    "token": "x",
    "revision_id_a": "live",
    "revision_id_b": "latest",
    "collection_id": 1,
    "page_view_restriction_id": 1,
}
LIKE = {"pk": "page_id", "parent_page_id": "page_id", "page_to_move_id": "page_id", "destination_id": "page_id", "object_id": "page_id", "page_pk": "page_id"}


@dataclass(frozen=True)
class Asked:
    """One question: who asks what, by which way, on whose host, about whose thing."""

    kind: str
    host: str
    name: str
    path: str
    method: str
    actor: str
    about: str
    rule: Rule | None

    def __str__(self) -> str:
        return f"{self.actor} {self.method} {self.host}{self.path} ({self.name or 'unnamed'}, about {self.about})"


def routes(kind: str) -> Iterator[tuple[str, Any, str]]:
    """(pattern, route, name), except the pages of Wagtail's that are only reachable through a name we do not let through."""
    yield from all_routes(kind)


def address(pattern: str, name: str, side: Side, rule: Rule | None) -> str:
    """A path for the route about a thing of `side`. A route that answers nobody needs no real thing."""

    def value(parameter: str) -> str:
        chosen = BY_ROUTE.get(name, {}).get(parameter, LIKE.get(parameter, parameter))
        if name.startswith("wagtailimages") and parameter == "pk":
            chosen = "image_id"
        if name.startswith("video"):
            chosen = "video_id"
        found = side.objects.get(chosen, PLAIN.get(chosen, 1 if rule is None else None))
        assert found is not None, f"route {name or pattern} has a parameter {parameter!r} the harness has no thing for: add one"
        return str(found)

    path = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda m: value(m[1]), pattern)  # re_path() groups
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: value(m[1]), path)  # path() converters
    path = path.replace(r"^pages/((?:[\w\-]+/)*)$", "pages/some-page/")
    return "/" + path.replace("^", "").replace("$", "").replace("\\", "").replace(".*/", "no-such-thing/")


def questions(world: World) -> Iterator[Asked]:
    """On hosts of A only: B's are the same the other way round, as everybody who may not come to the one may come to the other."""
    for kind in KINDS:
        hosts = {"market": ["market.localhost"], "console": ["ops.market.localhost"]}.get(kind) or [world.a.host(kind)]
        for pattern, route, name in routes(kind):
            rule = rule_of(route.callback, kind, name)
            # A route without a rule answers nobody: ask as those who would be let through the furthest.
            actors = ACTORS if rule else ("operator", "staff_a")
            for host in hosts:
                for about in (world.a, world.b) if rule else (world.a,):
                    path = address(pattern, name, about, rule)
                    for method in METHODS:
                        for actor in actors:
                            asked = Asked(kind, host, name, path, method, actor, about.letter, rule)
                            # Who is turned away at the door is turned away whatever it is about: asked once, and for
                            # Wagtail's routes by GET only, since the door is the same.
                            is_wagtails = path.startswith("/cms/") and method == "POST"
                            if may_enter(asked) or (about is world.a and not is_wagtails):
                                yield asked


# Of those who are let in wherever they have signed in, who asks about whose things in the short form: nobody, somebody, a neighbour and a buyer.
STRANGERS = {("anonymous", "a"), ("consumer", "a"), ("staff_b", "a"), ("buyer_a", "b"), ("operator", "b")}


def is_in_the_short_form(asked: Asked) -> bool:
    """Every route by whoever works there, and by somebody who must be turned away: always nobody in particular, and one of the others in turns.

    A door does not look at the method, so it is tried by the one that could do more: by writing, of Wagtail's by reading.
    """
    if may_enter(asked):
        is_open = asked.rule is not None and asked.rule.audience in ("anyone", "signed_in")
        return (asked.actor, asked.about) in STRANGERS if is_open else asked.kind != "console" or asked.about == "a"  # the operator sees all of both
    is_door = asked.method == "POST" or asked.path.startswith("/cms/")
    return is_door and (asked.rule is None or asked.actor == "anonymous" or asked.actor == turned_away(asked))


def turned_away(asked: Asked) -> str:
    """Who of those that have signed in somewhere tries this door: the same in every run."""
    others = [actor for actor in ACTORS if actor != "anonymous" and not may_enter(replace(asked, actor=actor))]
    return others[crc32(f"{asked.kind} {asked.name} {asked.path.count('/')}".encode()) % len(others)]


def ask(client: Client, asked: Asked, fields: dict[str, Any] | None = None) -> HttpResponse:
    """Ask, with these fields, and undo whatever it did."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        send = client.post if asked.method == "POST" else client.get
        response: HttpResponse = send(asked.path, fields or {}, headers={"host": asked.host})  # type: ignore[assignment]
        _body(response)  # while the transaction is open
        transaction.set_rollback(True)
    client.cookies = cookies  # signing out was undone
    return response


def _body(response: Any) -> str:
    data = b"".join(response.streaming_content) if response.streaming and not hasattr(response, "_kept") else getattr(response, "_kept", None)
    if data is None:
        data = response.content
    response._kept = data
    return data.decode(errors="replace") + "\n" + "\n".join(f"{k}: {v}" for k, v in response.headers.items())


REFUSED = frozenset({401, 403, 404})


def complaints(world: World, asked: Asked, response: HttpResponse) -> list[str]:
    """What is wrong with an answer, by the rule of the route."""
    found = []
    status = response.status_code
    if status >= 500:
        found.append(f"{asked}: {status} {getattr(response, 'exc_info', ('',))[0]}")
    entitled = may_enter(asked)
    to_sign_in = status == 302 and any(door in response.headers["Location"] for door in ("/sign-in/", "/hand-over/"))
    if asked.rule is None and status != 404:
        found.append(f"{asked}: {status}, but the route has no rule and must answer 404")
    elif asked.rule is not None and not entitled:
        if asked.actor == "anonymous" and not (to_sign_in or status in REFUSED):
            found.append(f"{asked}: {status}, but nobody unknown may come here")
        if asked.actor != "anonymous" and status not in REFUSED:
            found.append(f"{asked}: {status}, but {asked.actor} may not come here")
    elif asked.rule is not None and (status in (401, 403) or to_sign_in) and not (asked.name or "").startswith(("account_", "hand-over", "wagtail")):
        found.append(f"{asked}: {status}, but the rule lets {asked.actor} in")
    body = _body(response)
    for side in (world.a, world.b):
        for word in side.secrets:
            if word in body and not may_see(asked, side, word):
                found.append(f"{asked}: shows {word!r}")
    return found


def may_enter(asked: Asked) -> bool:
    """Whether the rule lets this actor in on this host."""
    if asked.rule is None:
        return False
    match asked.rule.audience:
        case "anyone":
            return True
        case "signed_in":
            return asked.actor != "anonymous"
        case "staff":
            return (asked.actor == "staff_a" and asked.host.startswith("kiln.")) or (asked.actor == "staff_b" and asked.host.startswith("trail."))
        case "operator":
            return asked.actor == "operator"
    return False


def may_see(asked: Asked, side: Side, word: str) -> bool:
    """A merchant's own staff in its own workbench, the operator in the console, and the buyer at the market."""
    if word in asked.path or (asked.actor == "buyer_a" and word == "kanarie-a-buyer"):
        return True  # the address that was asked for, and one's own name, may be repeated
    return (
        (asked.kind == "workbench" and asked.actor == f"staff_{side.letter}" and asked.host == side.host("workbench"))
        or (asked.kind == "console" and asked.actor == "operator")
        or (asked.kind == "market" and asked.actor == "buyer_a" and side.letter == "a")
    )


def run(world: World, only: Any = lambda asked: True) -> tuple[int, list[str]]:
    """(questions asked, complaints)."""
    count, found = 0, []
    for asked in questions(world):
        if only(asked):
            count += 1
            found += complaints(world, asked, ask(world.clients[asked.actor], asked))
    return count, found


def without_rule(kind: str) -> list[str]:
    """Our own routes that carry no rule."""
    return [name or pattern for pattern, route, name in all_routes(kind) if not pattern.startswith("cms/") and rule_of(route.callback, kind, name) is None]
