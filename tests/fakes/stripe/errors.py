"""Refusals in Stripe's shape. One that stands for failed validation is not kept under an idempotency key."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """An answer that is not 200. `is_saved`: execution had begun, so a repeat with the same key gets it again."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        is_saved: bool = True,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.is_saved = is_saved
        self.headers = headers or {}
        named = {"type": kind, "code": code, "message": message, "param": param, **more}
        self.error = {name: value for name, value in named.items() if value is not None}
        if code:
            self.error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"

    def body(self) -> dict[str, Any]:
        return {"error": self.error}


def invalid(message: str, *, code: str | None = None, param: str | None = None) -> Refusal:
    """Refused while it was carried out: kept under the key."""
    return Refusal(400, "invalid_request_error", message, code=code, param=param)


def malformed(message: str, *, code: str | None = None, param: str | None = None) -> Refusal:
    """Refused before it was carried out: not kept under the key."""
    return Refusal(400, "invalid_request_error", message, code=code, param=param, is_saved=False)


def missing(param: str) -> Refusal:
    return malformed(f"Missing required param: {param}.", code="parameter_missing", param=param)


def unknown_parameter(param: str) -> Refusal:
    return malformed(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def no_such(what: str, name: str, *, param: str, status: int = 400) -> Refusal:
    """404 for what the address names, 400 for what a parameter names."""
    return Refusal(status, "invalid_request_error", f"No such {what}: '{name}'", code="resource_missing", param=param)


def declined(code: str, decline_code: str, **more: Any) -> Refusal:
    messages = {"insufficient_funds": "Your card has insufficient funds.", "expired_card": "Your card has expired."}
    message = messages.get(decline_code, messages.get(code, "Your card was declined."))
    return Refusal(402, "card_error", message, code=code, decline_code=decline_code, **more)
