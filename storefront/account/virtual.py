"""Codes and vouchers on the buyer's page of the order: shown there in plain text, to that buyer alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import segno
from django.utils.safestring import SafeString, mark_safe

from marketplace.platform.checkout.models import OrderCopy
from marketplace.platform.virtual.actions import open_for_buyer
from marketplace.platform.virtual.kinds import GoodsKind, last_day
from marketplace.platform.virtual.models import Voucher
from marketplace.platform.virtual.queries import codes_of_orders, vouchers_of_orders
from marketplace.platform.virtual.reading import grouped
from tenants.tenancy.hosts import workbench_url


@dataclass
class Handed:
    """What of one line reached the buyer."""

    title: dict[str, str]
    options: list[Any]
    codes: list[str] = field(default_factory=list)
    vouchers: list[ShownVoucher] = field(default_factory=list)


@dataclass(frozen=True)
class ShownVoucher:
    """`code` and its drawing while it can be used; afterwards its last signs."""

    row: Voucher
    code: str
    drawing: SafeString | str
    until: date  # its last day

    @property
    def is_open(self) -> bool:
        return self.row.status == Voucher.Status.OPEN


def with_handed(copies: Sequence[OrderCopy], zone: ZoneInfo) -> bool:
    """Lay `handed` beside the buyer's own orders of virtual goods: lines with their codes or vouchers. Whether there is anything to show."""
    virtual = [copy for copy in copies if copy.is_virtual]
    for copy in copies:
        copy.handed = []  # type: ignore[attr-defined]
    if not virtual:
        return False
    by_line: dict[UUID, Handed] = {}
    for copy in virtual:
        for line in copy.lines:
            by_line[UUID(line["id"])] = Handed(line["titles"], line["options"])
    codes = codes_of_orders([copy.pk for copy in virtual if copy.kind == GoodsKind.CODES])
    vouchers = vouchers_of_orders([copy.pk for copy in virtual if copy.kind == GoodsKind.SERVICE])
    usable = [row for row in vouchers if row.status == Voucher.Status.OPEN]
    open_for_buyer(codes)
    open_for_buyer(usable)
    for code in codes:
        by_line[code.line_id].codes.append(code.shown)  # type: ignore[index, attr-defined]
    shops = {copy.pk: copy.merchant for copy in virtual}
    for row in vouchers:
        text = getattr(row, "shown", "")
        address = workbench_url(shops[row.order_id], f"/redeem/?code={text}") if text else ""
        by_line[row.line_id].vouchers.append(ShownVoucher(row, grouped(text), _drawing(address) if address else "", last_day(row.expires_at, zone)))
    for copy in virtual:
        copy.handed = [one for line in copy.lines if (one := by_line[UUID(line["id"])]).codes or one.vouchers]  # type: ignore[attr-defined]
    return bool(codes or vouchers)


def _drawing(address: str) -> SafeString:
    """The address under which the shop redeems it, as SVG that takes the size of its box; dark on light."""
    return mark_safe(segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True))  # noqa: S308  segno's own drawing
