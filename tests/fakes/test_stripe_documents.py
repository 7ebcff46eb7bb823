"""What BEHAVIOUR.md, recorded.jsonl and the SDK say of the fake Stripe, held against the fake."""

from __future__ import annotations

import re
from pathlib import Path

import stripe

from tests.fakes.stripe import FakeStripe
from tests.fakes.stripe.behaviours import BEHAVIOURS, Scene
from tests.fakes.stripe.record import of_each_shape, recorded
from tests.fakes.stripe.recorder import FILE, as_lines
from tests.fakes.stripe.scenario import play

HERE = Path(__file__).parent


def test_the_recorded_requests_are_those_of_today():
    assert FILE.read_text() == as_lines(of_each_shape(recorded())), "run: python -m tests.fakes.stripe.record"


def test_every_kind_of_event_is_one_that_the_sdk_knows():
    with FakeStripe() as fake:
        play(Scene(fake.client(), fake))
        seen = {event["type"] for event in fake.events()}
    source = (Path(stripe.__file__).parent / "_event.py").read_text()
    emitted = set(re.findall(r'emit\(world, "([\w.]+)"', "".join(file.read_text() for file in (HERE / "stripe").glob("*.py"))))
    assert seen <= emitted and len(emitted) > 25
    assert {kind for kind in emitted if f'"{kind}"' not in source} == set()


def documented() -> dict[str, tuple[str, str, str, str]]:
    """Rows of BEHAVIOUR.md by number: sentence, source, where, test."""
    rows = re.findall(r"^\| (B\d+) \| (.+?) \| (.+?) \| (.+?) \| `(.+?)` \|$", (HERE / "stripe" / "BEHAVIOUR.md").read_text(), re.MULTILINE)
    return {number: (sentence, source, where, test) for number, sentence, source, where, test in rows}


def test_every_behaviour_is_documented_and_no_other():
    assert len(documented()) == len(BEHAVIOURS) >= 28
    where = {"": "both", "account": "both, with an onboarded account", "control": "fake only"}
    real = {f"B{one.number}": (one.sentence, where[one.needs], one.name) for one in BEHAVIOURS}
    assert {number: (sentence, place, test) for number, (sentence, _source, place, test) in documented().items()} == real


def test_every_behaviour_names_its_source_and_how_sure_it_is():
    for number, (_sentence, source, _where, _test) in documented().items():
        assert re.match(r"said: .*(docs\.stripe\.com/\S|spec, |sdk )|inferred: .{20,}", source), number
    assert [one.number for one in BEHAVIOURS] == list(range(1, len(BEHAVIOURS) + 1))


def test_the_fake_holds_to_the_limits_of_files():
    files = [*(HERE / "stripe").rglob("*.py"), *HERE.glob("test_stripe_*.py")]
    assert [file.name for file in files if len(file.read_text().splitlines()) > 400] == []
