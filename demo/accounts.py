"""Payout accounts on their way to change: one in its days of cooling off, one and one in another name that wait for the market's look."""

from __future__ import annotations

from demo.catalogue import key_of
from demo.steps import checker, merchant_of, owner_of
from marketplace.flows.account_changes import BankDetails, ask_for_bank_account, names_in_dossier, pass_change
from marketplace.platform.payments.models import AccountChange

# shop → (bank, branch, number, holder: "" is the dossier's, reason, whether the market has passed it)
ASKED: dict[str, tuple[str, str, str, str, str, bool]] = {
    "kiln": ("演示银行", "景德镇分行", "310066661018800012345", "", "", True),
    "trail": ("样例银行", "成都高新支行", "510501883600000045678", "", "", False),
    "linden": ("演示银行", "杭州分行", "330066661018800067890", "杭州椴木家居集团有限公司", "集团统一收款，附上授权书，见店铺资料。", False),
}


def ask_for_accounts() -> None:
    """Once a shop: what somebody has confirmed or stopped since stays as it is."""
    for shop, (bank, branch, number, holder, reason, is_passed) in ASKED.items():
        merchant_id = merchant_of(shop)
        names = names_in_dossier(merchant_id, AccountChange.Form.COMPANY)
        if not names or AccountChange.objects.filter(merchant_id=merchant_id).exists():
            continue
        details = BankDetails(
            holder=holder or names[0], form=AccountChange.Form.COMPANY, bank=bank, branch=branch, number=number, holder_reason=reason if holder else ""
        )
        row = ask_for_bank_account(by=owner_of(shop), merchant_id=merchant_id, change_id=key_of(shop, "account change"), details=details)
        if is_passed:
            pass_change(by=checker(), change_id=row.pk, why="与营业执照核对一致")
