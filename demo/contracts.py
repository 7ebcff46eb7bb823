"""The demo's contract: a template in both languages, one that ends soon, one that waits for the market; the other shops are asked."""

from __future__ import annotations

from datetime import timedelta

from demo.steps import merchant_of, operator, owner_of
from marketplace.kernel import clock
from marketplace.kernel.pdf import missing
from tenants.contracts.drafting import publish_template, save_template
from tenants.contracts.models import Contract, ContractTemplate
from tenants.contracts.queries import offer_to
from tenants.contracts.signing import sign_contract, sign_for_market
from tenants.onboarding.dossiers import dossier_of, hand_in_dossier
from tenants.tenancy.models import Merchant

TEXTS = {
    "zh-hans": """入驻合同

甲方（平台）：{market}

乙方（商家）：{company}，统一社会信用代码 {credit_code}，法定代表人 {representative}，地址：{address}

一、店铺。乙方以{kind}身份在平台开设店铺“{shop}”，经营类目：{sells}。

二、佣金。甲方按成交额收取佣金：{commission}。费率调整须提前通知乙方，已成交订单按成交时的费率结算。

三、结算。买家确认收货并满平台规定天数后，甲方将货款扣除佣金后付至乙方收款账户。

四、资质。乙方保证所提交的资料真实有效，资质到期前及时更新；缺少资质的商品暂停销售。

五、期限。合同期限{term}，自{start}起至{end}止。期满前三十天内双方可续签下一份合同；期满未续签的，乙方不得上架新商品，已上架的商品和已成交的订单不受影响。

六、其他。未尽事宜按平台规则执行。""",
    "en": """Contract for a shop

Between the market {market} and the merchant {company}, licence number {credit_code}, represented by {representative}, of {address}.

1. Shop. As a {kind}, the merchant keeps the shop “{shop}” on the market and sells there in: {sells}.

2. Commission. The market keeps of each sale: {commission}. A change is announced in advance; orders keep the rate they were placed with.

3. Settlement. When the buyer has received the goods and the waiting days are over, the market pays out the price less its commission.

4. Papers. The merchant's statements are true and its papers valid; goods that lack one are not sold.

5. Term. {term}, from {start} to {end}. Within the last thirty days both may sign the next contract. Without one, nothing new goes on sale.

6. For everything else the market's rules hold.""",
}


def make_contracts(password: str) -> None:
    """Once, and where this machine can make PDFs."""
    if ContractTemplate.objects.exists() or missing() or not all(_is_known(slug) for slug in ("kiln", "trail")):
        return
    with clock.shifted(timedelta(days=-72)):  # ends in about twenty days
        publish_template(by=operator(), template_id=save_template(by=operator(), kind="", texts=TEXTS, months=3).pk)
        ends_soon = _signed("kiln", password)
        sign_for_market(by=operator(), contract_id=ends_soon.pk, name="方正", title="招商负责人", password=password)
    _signed("trail", password)
    hand_in_dossier(by=owner_of("trail"), merchant_id=merchant_of("trail"), fields={"service_address": "北京市朝阳区望京东路 8 号", "contact_name": "何北"})


def _is_known(slug: str) -> bool:
    """Whether the market knows with whom a contract would be made; not of shops that were there before the demo."""
    return dossier_of(Merchant.objects.get(pk=merchant_of(slug))).is_complete


def _signed(slug: str, password: str) -> Contract:
    merchant = Merchant.objects.get(pk=merchant_of(slug))
    offer = offer_to(merchant, "zh-hans")
    assert offer is not None
    return sign_contract(  # type: ignore[no-any-return]
        by=owner_of(slug),
        merchant_id=merchant.pk,
        language="zh-hans",
        seen=offer.sha256,
        name=merchant.dossier.representative,
        title="法定代表人",
        password=password,
        agrees=True,
    )
