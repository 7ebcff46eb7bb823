"""Requirements of the demo's market besides those every market begins with, and shops whose papers end soon, have ended or wait."""

from __future__ import annotations

from datetime import date, timedelta

from demo.steps import merchant_of, operator, owner_of
from demo.waiting import PAPERS, sample_paper
from marketplace.flows.qualify import accept_renewal
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.platform.taxonomy.models import Category
from tenants.onboarding.market_rules import publish_rules
from tenants.onboarding.models import MarketRules, Paper
from tenants.onboarding.qualifications import hand_in_renewal
from tenants.onboarding.requirements import put_requirement
from tenants.tenancy.models import Market

ASKED = {
    "food": (["食品经营许可证", "Food business licence"], ["证上的经营项目须包含所售品类。", "The scope on it must contain what you sell."]),
    "fresh": (["冷链仓储备案", "Cold-chain registration"], ["生鲜须有冷链仓储。", "Fresh food is kept in a cold chain."]),
}
# (shop, requirement, days from today to its last day); what waits was handed in and is not decided. Authorisations of shops end in six days by themselves.
LAST_DAYS = [("larder", "fresh", -2)]
WAITING = ("larder", "food", 700)


def ask_for_papers(by: Actor) -> None:
    """Of everybody who sells food, and of who sells fresh food."""
    for place, (code, (names, hints)) in enumerate(ASKED.items()):
        put_requirement(
            by=by,
            code=code,
            fields={
                "names": dict(zip(("zh-hans", "en"), names, strict=True)),
                "hints": dict(zip(("zh-hans", "en"), hints, strict=True)),
                "categories": [Category.objects.get(code=code).pk],
                "ends": "must",
                "is_waivable": True,
                "position": 60 + place,
            },
            why="食品安全法",
        )


RULES = {
    "recruitment": (
        "入驻商家须为合法登记的企业，营业执照在有效期内。\n\n自有品牌提供商标注册证，经销品牌提供授权书；销售食品另需食品经营许可证。\n\n申请由身份审核和资质审核两步完成。",
        "Shops are registered businesses.\n\nBrands and food need papers of their own.\n\nAn application passes two reviews: identity and qualification.",
    ),
    "standards": (
        "按时发货：付款后三天内交给承运方。\n\n描述与实物一致，图片为实拍。\n\n三天内答复退货申请。",
        "Ship in time: within three days of payment.\n\nDescribe what you send.\n\nAnswer returns within three days.",
    ),
}


def publish_first_rules(by: Actor) -> None:
    """Once, before the shops apply: who opened without accepting them is asked in the workbench."""
    if MarketRules.objects.exists():
        return
    for kind, (zh, en) in RULES.items():
        publish_rules(by=by, kind=kind, texts={"zh-hans": zh, "en": en}, since=clock.now())


def let_papers_age() -> None:
    """Once."""
    if Paper.objects.filter(merchant__isnull=False).exists():
        return
    today = clock.day_of(clock.now(), Market.objects.get().tz)
    for slug, code, days in LAST_DAYS:
        with clock.shifted(timedelta(days=-40)):
            paper = _hand_in(slug, code, days, today)
            accept_renewal(by=operator(), paper_id=paper.pk, ends_on=paper.ends_on)
    _hand_in(*WAITING, today)


def _hand_in(slug: str, code: str, days: int, today: date) -> Paper:
    name, title, _days = PAPERS.get(code, ("冷链备案.png", "SAMPLE COLD-CHAIN REGISTRATION", 0))
    paper: Paper = hand_in_renewal(
        by=owner_of(slug), merchant_id=merchant_of(slug), code=code, name=name, upload=sample_paper(slug, title), ends_on=today + timedelta(days=days)
    )
    return paper
