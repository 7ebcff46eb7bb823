"""Work that the demo's people find when they come in: applications to decide over, products to review, one that was sent back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.db import transaction
from PIL import Image, ImageDraw

from demo.catalogue import catalogue, key_of, variants_of
from demo.goods import Labels, entered, prices_of
from demo.steps import merchant_of, operator, owner_of
from marketplace.flows.let_in import review_application
from marketplace.flows.review_product import save_product, send_change_back
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.platform.listings.models import ProductChange
from marketplace.platform.taxonomy.models import Category
from tenants.accounts.actions import ensure_person
from tenants.onboarding.actions import add_paper, open_application, save_application, submit_application, withdraw_application
from tenants.onboarding.licences import check_character
from tenants.onboarding.market_rules import accept_rules, rules_in_force
from tenants.onboarding.models import Application
from tenants.onboarding.requirements import items_of
from tenants.tenancy.models import Market
from tenants.tenancy.schemas import merchant_schema

BY = Actor(kind="system", label="demo")
APPLICANTS: list[dict[str, Any]] = [
    {
        "email": "he@applicant.localhost",
        "who": "何青",
        "company": "杭州青禾茶业有限公司",
        "names": {"zh-hans": "青禾茶舍", "en": "Qinghe Tea"},
        "slug": "qinghe",
        "sells": ["food"],
        "kind": "manufacturer",
        "about": "自有茶园的绿茶和白茶",
        "licence": "91330106MA2CFKQ82",
        "steps": [],
    },
    {
        "email": "luo@applicant.localhost",
        "who": "罗骁",
        "company": "深圳市远行户外用品有限公司",
        "names": {"zh-hans": "远行", "en": "Farstep"},
        "slug": "farstep",
        "sells": ["outdoor", "shoes"],
        "kind": "distributor",
        "about": "登山鞋、帐篷、炉具",
        "licence": "91440300MA5F7XK31",
        "origins": "深圳自有工厂；帐篷面料来自江苏",
        "steps": [("identity", "passed", "")],
    },
    {
        "email": "bai@applicant.localhost",
        "who": "白杨",
        "company": "杭州白杨文创有限公司",
        "names": {"zh-hans": "白杨手作", "en": "Poplar"},
        "slug": "poplar",
        "sells": ["bags", "stationery"],
        "kind": "retailer",
        "about": "手工皮具和纸品",
        "licence": "91330106MA2H6PW84",
        "steps": [("identity", "passed", ""), ("basics", "passed", ""), ("qualification", "passed", "")],
    },
    {
        "email": "mei@applicant.localhost",
        "who": "梅若水",
        "company": "苏州若水丝绸有限公司",
        "names": {"zh-hans": "若水丝绸", "en": "Ruoshui Silk"},
        "slug": "ruoshui",
        "sells": ["clothing", "accessories"],
        "kind": "brand_owner",
        "about": "桑蚕丝围巾和睡衣",
        "licence": "91320508MA1WQ4P7X",
        "steps": [("identity", "more", "营业执照照片看不清，请重新上传一张四角完整的。")],
    },
    {
        "email": "qiao@applicant.localhost",
        "who": "乔安",
        "company": "广州市安乔贸易有限公司",
        "names": {"zh-hans": "安乔百货", "en": "Anqiao"},
        "slug": "anqiao",
        "sells": ["decor"],
        "kind": "retailer",
        "about": "日用百货",
        "licence": "91440101MA9W3T5K2",
        "steps": [("identity", "rejected", "公司已注销，无法入驻。")],
    },
    {
        "email": "tang@applicant.localhost",
        "who": "唐宁",
        "company": "成都唐宁文具有限公司",
        "names": {"zh-hans": "唐宁文具", "en": "Tangning"},
        "slug": "tangning",
        "sells": ["stationery"],
        "kind": "supplier",
        "about": "笔记本和钢笔",
        "licence": "91510100MA6C8R2H4",
        "ends": "draft",
        "steps": [],
    },
    {
        "email": "xu@applicant.localhost",
        "who": "许棠",
        "company": "武汉棠木家具有限公司",
        "names": {"zh-hans": "棠木", "en": "Tangwood"},
        "slug": "tangwood",
        "sells": ["furniture"],
        "kind": "manufacturer",
        "about": "实木家具",
        "licence": "91420100MA4K7N3Q5",
        "ends": "withdrawn",
        "steps": [],
    },
]
# (shop, product's place in it, what the owner has changed, the operator's reason if it went back)
EDITS = [
    ("kiln", 0, ("（2026 秋季新釉）", " (autumn glaze 2026)"), ""),
    ("trail", 2, ("，加厚款", ", heavyweight"), ""),
    ("larder", 1, ("·产地直发", ", straight from the farm"), ""),
    ("selvedge", 1, ("【全网最低价】", " [LOWEST PRICE EVER]"), "标题里不要写“全网最低价”这类绝对化用语，改后再提交。"),
]


def leave_work(password: str) -> None:
    """Once: whoever has decided over it is not asked again."""
    for n, applicant in enumerate(APPLICANTS):
        if not Application.objects.filter(applicant__email=applicant["email"]).exists():
            _apply(applicant, password, n)
    for shop, place, added, reason in EDITS:
        if not ProductChange.objects.filter(merchant_id=merchant_of(shop)).exists():
            _edit(shop, place, added, reason)


def _apply(applicant: dict[str, Any], password: str, n: int) -> None:
    person = ensure_person(by=BY, email=applicant["email"], name=applicant["who"], password=password, language="zh-hans")
    by = Actor(kind="person", user_id=person.pk, label=person.email)
    row: Application = open_application(by=by, language="zh-hans")
    fields = {
        **{name: applicant[name] for name in ("kind", "company", "names", "slug", "about")},
        "licence_number": applicant["licence"] + check_character(applicant["licence"]),
        "representative": applicant["who"],
        "contact_name": applicant["who"],
        "contact_phone": f"1370000000{n}",
        "contact_email": applicant["email"],
        "brands": [applicant["names"]["zh-hans"]],
        "origins": applicant.get("origins", ""),
        "service_address": applicant.get("address", f"上海市徐汇区漕溪路 {200 + n} 号"),
        "sells": [Category.objects.get(code=code).path for code in applicant["sells"]],
    }
    save_application(by=by, application_id=row.pk, fields=fields)
    hand_in_papers(by, row, applicant["names"]["en"])
    if applicant.get("ends") == "draft":
        return
    submit_application(by=by, application_id=row.pk)
    if applicant.get("ends") == "withdrawn":
        withdraw_application(by=by, application_id=row.pk)
    for step, decision, reason in applicant["steps"]:
        review_application(by=operator(), application_id=row.pk, step=step, decision=decision, reason=reason)


PAPERS = {
    "licence": ("营业执照.png", "SAMPLE BUSINESS LICENCE", 0),
    "identity": ("身份证.png", "SAMPLE IDENTITY CARD", 3650),
    "brand": ("商标注册证.png", "SAMPLE TRADE MARK CERTIFICATE", 2900),
    "authorisation": ("品牌授权书.png", "SAMPLE AUTHORISATION", 101),
    "food": ("食品经营许可证.png", "SAMPLE FOOD LICENCE", 1500),
}


def hand_in_papers(by: Actor, row: Application, name: str) -> None:
    """Everything that is asked of this applicant."""
    accept_rules(by=by, rules_ids=[rules.pk for rules in rules_in_force()], application=row)
    for item in items_of(Application.objects.get(pk=row.pk)):
        if item.requirement.is_document and not item.is_met:
            called, title, days = PAPERS[item.requirement.code]
            ends = clock.day_of(clock.now(), Market.objects.get().tz) + timedelta(days=days) if days else None
            add_paper(by=by, application_id=row.pk, kind=item.requirement.code, name=called, upload=sample_paper(name, title), ends_on=ends)


def sample_paper(name: str, title: str = "SAMPLE BUSINESS LICENCE") -> BytesIO:
    """A drawn stand-in for a document."""
    page = Image.new("RGB", (840, 594), "#f6f1e4")
    pen = ImageDraw.Draw(page)
    pen.rectangle((24, 24, 815, 569), outline="#9c2f26", width=6)
    pen.text((80, 90), title, fill="#9c2f26", font_size=40)
    pen.text((80, 190), name, fill="#222222", font_size=34)
    pen.text((80, 480), "Drawn for the demo. Not a document.", fill="#555555", font_size=24)
    data = BytesIO()
    page.save(data, "PNG")
    data.seek(0)
    return data


def _edit(slug: str, place: int, added: tuple[str, str], reason: str) -> None:
    shop = next(shop for shop in catalogue()["shops"] if shop["slug"] == slug)
    product = shop["products"][place]
    sold = variants_of(product, slug, Market.objects.get().currency)
    key = key_of(slug, product["ref"])
    with transaction.atomic():
        with merchant_schema(merchant_of(slug)):
            as_it_was = entered(shop, product, sold, Labels(slug))
            titles = {"zh-hans": as_it_was.titles["zh-hans"] + added[0], "en": as_it_was.titles["en"] + added[1]}
            save_product(
                by=owner_of(slug),
                product_id=key,
                product=replace(as_it_was, titles=titles),
                prices=prices_of(shop, product, sold),
                stock={},
                is_new=False,
                submits=True,
            )
        if reason:
            change = ProductChange.objects.get(product_id=key, status=ProductChange.Status.WAITING)
            send_change_back(by=operator(), change_id=change.pk, seen_version=change.version, reason=reason)
