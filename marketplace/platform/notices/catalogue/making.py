"""Kinds by whom they are for. Those for shops and for the market lead to what they are about unless they say where else."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from marketplace.platform.notices.kinds import Audience, Kind


def for_buyer(code: str, label: object, subject: str, body: list[str], **more: object) -> Kind:
    return Kind(code, Audience.BUYER, label, subject, body, **more)  # type: ignore[arg-type]


def for_shop(code: str, label: object, subject: str, body: list[str], **more: object) -> Kind:
    return Kind(code, Audience.SHOP, label, subject, body, **({"button": _("Look at it")} | more))  # type: ignore[arg-type]


def for_market(code: str, label: object, subject: str, body: list[str], **more: object) -> Kind:
    return Kind(code, Audience.MARKET, label, subject, body, **({"button": _("Look at it")} | more))  # type: ignore[arg-type]
