"""What every rail can be asked, and what it may answer. All of it is asked outside transactions, under stored keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import MarketError
from marketplace.kernel.money import Money
from marketplace.platform.payments.models import PaymentAttempt, Refund, Transfer, TransferReversal


class RailUnknown(MarketError):
    code, status = "rail_unknown", 409
    message = _("This way of paying is not available here. Choose another.")


class RailAway(MarketError):
    """It did not answer, or not in a way one can rely on: whether anything happened is found by looking, later.

    `is_spent`: under this key it will go on answering like this, so when looking finds nothing a new key is needed.
    """

    code, status = "rail_away", 503
    message = _("The payment provider does not answer just now. Your order is kept, and nothing was charged. Try again in a few minutes.")

    def __init__(self, *, is_spent: bool = False) -> None:
        super().__init__()
        self.is_spent = is_spent


class RailRefused(MarketError):
    """A definite no, or an answer that does not fit what we know. `code` is the rail's word for it."""

    code, status = "rail_refused", 409
    message = _("The payment provider refused: {why}")

    def __init__(self, *, why: str, code: str = "") -> None:
        super().__init__(why=why)
        self.rail_code = code


class BadNotice(Exception):
    """A notice that the rail did not sign, or signed too long ago: nothing of it is believed."""


@dataclass(frozen=True)
class Begun:
    """Where the buyer goes, and the rail's own page for it, if it has one."""

    url: str
    session: str = ""


@dataclass(frozen=True)
class Seen:
    """How an attempt stands at the rail: open, sent (awaits the bank), paid, failed or expired. With `paid`, what was paid."""

    state: str
    rail_ref: str = ""
    charge_ref: str = ""
    amount: Money | None = None
    why: str = ""


@dataclass(frozen=True)
class Moved:
    """What became of money we asked to be moved: done, sent (on its way), waits (for a dispute's end) or failed, with the
    rail's reference, and the key of our own row that the rail knows it by. `came_back`: it had left, and failed afterwards.
    """

    state: str
    ref: str = ""
    why: str = ""
    about: str = ""
    code: str = ""  # the rail's word for why it failed
    came_back: bool = False


@dataclass(frozen=True)
class Notice:
    """A signed notice of the rail: what kind, about which thing, of which connected account ("" is our own)."""

    id: str
    kind: str
    object_id: str
    account: str = ""


@dataclass(frozen=True)
class SeenDispute:
    """A questioned payment as the rail tells it. `state`: inquiry, open, won, lost or closed; `is_withdrawn`: the money is gone now."""

    ref: str
    charge_ref: str
    attempt: str  # the key of our attempt, or "" for a payment that is not ours
    state: str
    amount: Money
    reason: str
    is_withdrawn: bool
    answer_by: datetime | None


@dataclass(frozen=True)
class Movement:
    """One movement on our account at the rail: signed amount, the fee taken from it, and what caused it."""

    ref: str
    kind: str
    source: str
    amount: Money
    fee: Money
    at: datetime


@dataclass(frozen=True)
class Account:
    """A merchant's account at the rail: whether money can be sent there, whether it has told the rail all it asked, and whose it is
    by the rail's word ("" while it does not know or say)."""

    ref: str
    can_receive: bool
    is_complete: bool
    missing: str = ""
    name: str = ""


class Rail(Protocol):
    """`holds_funds`: the money lies with us until it is paid out. `can_split`: the provider splits it among merchants itself.

    Methods raise RailAway when there is no answer to rely on, and RailRefused for a definite no that their answer cannot tell.
    """

    code: str
    holds_funds: bool
    can_split: bool

    def prepare(self, attempt: PaymentAttempt) -> dict[str, Any]:
        """What the rail will be asked for an attempt, from rows that no longer change; kept with it."""

    def begin(self, attempt: PaymentAttempt) -> Begun:
        """Ask for a page to pay on, under the attempt's key."""

    def look(self, attempt: PaymentAttempt) -> Seen:
        """How an attempt stands."""

    def give_up(self, attempt: PaymentAttempt) -> None:
        """Nobody shall pay it any more. What was paid meanwhile is found by look()."""

    def refund(self, refund: Refund) -> Moved:
        """Send money back, under the refund's key."""


class Connect(Rail, Protocol):
    """A rail at which merchants have accounts of their own."""

    def open_account(self, merchant_id: UUID, email: str, country: str) -> Account: ...

    def account_link(self, account: str, back: str) -> str: ...

    def account(self, ref: str) -> Account: ...

    def transfer(self, transfer: Transfer) -> Moved: ...

    def reverse(self, reversal: TransferReversal) -> Moved: ...

    def refund_state(self, ref: str) -> Moved: ...

    def attempt_of(self, session: str) -> str: ...

    def dispute(self, ref: str) -> SeenDispute: ...

    def read_notice(self, body: bytes, signature: str, *, of_accounts: bool) -> Notice: ...

    def notices_since(self, since: datetime) -> Iterator[Notice]: ...

    def movements_since(self, since: datetime) -> Iterator[Movement]: ...
