"""S1, behind the routes: what is kept and passed on between requests. Canary words of one merchant lie nowhere where another's work looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches

from marketplace.kernel import tasks
from marketplace.kernel.models import OutboxEvent
from marketplace.kernel.relay import Sending
from tests.isolation import harness
from tests.isolation.conftest import Side, World


def others_of(world: World, side: Side) -> list[str]:
    """Words that nothing of this merchant's may hold."""
    other = world.b if side is world.a else world.a
    return [f"kanarie-{other.letter}", *other.secrets]


# ── Events and tasks ─────────────────────────────────────────────────────────────────────────────────────────────────


def strangers_words(world: World) -> list[str]:
    """Events of one merchant that tell of another."""
    return [
        f"{event.topic}: {word}"
        for side in (world.a, world.b)
        for event in OutboxEvent.objects.filter(merchant_id=side.merchant_id)
        for word in others_of(world, side)
        if word in str(event.body)
    ]


def test_an_event_of_one_merchant_tells_nothing_of_another(world):
    told = OutboxEvent.objects.exclude(merchant_id=None)
    assert set(told.values_list("merchant_id", flat=True)) >= {world.a.merchant_id, world.b.merchant_id}
    assert strangers_words(world) == []


def test_one_that_does_is_found(world):
    event = OutboxEvent.objects.filter(merchant_id=world.b.merchant_id).first()
    event.body = {**event.body, "note": world.a.secrets[0]}
    event.save()
    try:
        assert strangers_words(world) == [f"{event.topic}: kanarie-a", f"{event.topic}: {world.a.secrets[0]}"]
    finally:
        event.body.pop("note")
        event.save()


def test_a_task_carries_keys_and_no_contents(monkeypatch):
    """Whoever reads the broker learns which delivery waits and whose it is."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **message: sent.append(message))
    from uuid import UUID

    key, merchant = UUID(int=1), UUID(int=2)
    tasks.send(Sending(delivery_id=key, locale="en", merchant_id=merchant))
    assert sent == [{"args": [str(key)], "headers": {"locale": "en", "merchant_id": str(merchant)}, "retry": False}]


# ── The cache ────────────────────────────────────────────────────────────────────────────────────────────────────────


def everything_cached() -> dict[str, str]:
    """Key → what is kept there, as text."""
    client = caches["default"]._cache.get_client(None, write=False)  # type: ignore[attr-defined]
    return {key.decode(): bytes(client.get(key) or b"").decode("latin-1") for key in client.scan_iter("*") if client.type(key) == b"string"}


@pytest.fixture
def visited(world: World) -> Iterator[World]:
    """Everybody has read everything they may."""
    caches["default"].clear()
    harness.run(world, lambda asked: asked.method == "GET" and harness.may_enter(asked) and asked.kind != "console" and not asked.path.startswith("/cms/"))
    yield world
    caches["default"].clear()


@pytest.mark.long
def test_what_is_cached_is_public_or_under_a_key_of_whose_it_is(visited):
    kept = everything_cached()
    assert len(kept) > 3, "pages do keep something"
    for side in (visited.a, visited.b):
        own = (str(side.merchant_id), side.merchant_id.hex, side.slug)
        for word in side.secrets:
            where = [key for key, text in kept.items() if word in text and not any(name in key for name in own)]
            assert where == [], word


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def files(root: str) -> list[Path]:
    return [path for path in Path(root).rglob("*") if path.is_file()]


def test_papers_lie_apart_from_what_is_public_and_have_no_address(world):
    papers, public = files(settings.PAPERS_ROOT), files(settings.MEDIA_ROOT)
    assert papers and public
    assert not Path(settings.PAPERS_ROOT).is_relative_to(settings.MEDIA_ROOT) and not Path(settings.MEDIA_ROOT).is_relative_to(settings.PAPERS_ROOT)
    for path in papers:
        below = path.relative_to(settings.PAPERS_ROOT)
        for spelled in (f"/media/{below}", f"/media/../papers/{below}", f"/media/public/../../papers/{below}", f"/media/%2e%2e/papers/{below}"):
            for name in ("anonymous", "staff_b"):
                assert world.clients[name].get(spelled, headers={"host": "market.localhost"}).status_code == 404, (name, spelled)


def test_a_files_folder_is_its_merchants(world):
    """The paths that rows hold are below the schema of whose they are, in either storage."""
    for side, other in ((world.a, world.b), (world.b, world.a)):
        folders = {path.relative_to(root).parts[0] for root in (settings.MEDIA_ROOT, settings.PAPERS_ROOT) for path in files(root) if is_named(path, side)}
        assert f"m_{other.merchant_id.hex}" not in folders
    owners = {path.relative_to(settings.MEDIA_ROOT).parts[0] for path in files(settings.MEDIA_ROOT)}
    assert {f"m_{side.merchant_id.hex}" for side in (world.a, world.b)} <= owners, "the control: both keep files"


def is_named(path: Path, side: Side) -> bool:
    return f"kanarie-{side.letter}" in path.name


@pytest.mark.parametrize("asked", ["licence", "statement", "list"])
def test_a_file_of_one_is_refused_to_the_other(world, asked):
    """Each with its control: whose it is may have it."""
    a, b = world.a, world.b
    path, host, mine, theirs = {
        "licence": (f"/qualifications/papers/{a.objects['renewal_id']}/", a.host("workbench"), "staff_a", "staff_b"),
        "statement": (f"/statements/{a.objects['statement']}/pdf/", a.host("workbench"), "staff_a", "staff_b"),
        "list": (f"/jobs/{a.objects['job_id']}/", a.host("workbench"), "staff_a", "staff_b"),
    }[asked]
    assert world.clients[mine].get(path, headers={"host": host}).status_code == 200
    assert world.clients[theirs].get(path, headers={"host": host}).status_code == 403
    assert world.clients[theirs].get(path, headers={"host": b.host("workbench")}).status_code == 404
