"""Which codes and vouchers a shop may get: its own. Absent and another shop's are one answer."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.encrypted import prints
from marketplace.platform.virtual.errors import CodeUnknown, VoucherUnknown
from marketplace.platform.virtual.models import Code, Voucher
from marketplace.platform.virtual.reading import clean_voucher


def code_of_shop(merchant_id: UUID, code_id: UUID) -> Code:
    """Raises CodeUnknown."""
    row = Code.objects.filter(merchant_id=merchant_id, pk=code_id).first()
    if row is None:
        raise CodeUnknown
    return row


def voucher_of_shop(merchant_id: UUID, text: str) -> Voucher:
    """By its code, as somebody typed it. Raises VoucherUnknown."""
    row = Voucher.objects.filter(merchant_id=merchant_id, print__in=prints(Voucher, "text", clean_voucher(text))).first()
    if row is None:
        raise VoucherUnknown
    return row
