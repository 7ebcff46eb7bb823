"""Who else works in the demo: two or three people of different departments in each shop, the market's own, and an invitation that is open."""

from __future__ import annotations

from uuid import UUID

from demo.catalogue import key_of
from demo.steps import merchant_of, operator, owner_of
from marketplace.flows.invite_staff import invite
from marketplace.flows.support_access import ask_for_support
from marketplace.kernel.actors import Actor
from marketplace.platform.listings.words import put_words
from tenants.accounts.actions import ensure_person, give_role
from tenants.accounts.blocking import block
from tenants.accounts.models import Block, Invitation, Membership, SupportAccess, User
from tenants.tenancy.actions import set_profile
from tenants.tenancy.models import Market

# By shop: (name before the @, what they are called, their role), and the role that somebody is invited to.
COLLEAGUES: dict[str, tuple[list[tuple[str, str, str]], str]] = {
    "kiln": (
        [("dispatch", "何平", "dispatcher"), ("care", "顾晓芸", "customer_care"), ("accounts", "赵敏", "bookkeeper"), ("products", "石岚", "product_manager")],
        "page_editor",
    ),
    "trail": ([("dispatch", "吴磊", "dispatcher"), ("products", "蒋雯", "product_editor")], "after_sales"),
    "mono": ([("products", "唐可", "product_editor"), ("aftersales", "梁宇", "after_sales"), ("accounts", "丁洁", "bookkeeper")], "dispatcher"),
    "linden": ([("buying", "秦朗", "purchaser"), ("care", "白露", "customer_care")], "price_clerk"),
    "pagebreak": ([("dispatch", "孙小禾", "dispatcher"), ("pages", "叶知秋", "page_editor")], "bookkeeper"),
    "larder": ([("buying", "马建国", "purchaser"), ("orders", "冯佳", "order_clerk"), ("tech", "郑航", "technician")], "customer_care"),
    "pebble": ([("dispatch", "宋安", "dispatcher"), ("care", "魏宁", "customer_care")], "product_editor"),
    "selvedge": ([("prices", "韩月", "price_clerk"), ("aftersales", "邓霖", "after_sales")], "dispatcher"),
}
OF_THE_MARKET = [
    ("reviewer", "程明", "reviewer"),
    ("channels", "康宁", "channel_manager"),
    ("accountant", "董倩", "accountant"),
    ("cashier", "罗敏", "cashier"),
    ("service", "姚舒", "customer_service"),
    ("auditor", "邵正", "auditor"),
]
ASKED_BY_SUPPORT = {"kiln": "买家来电说包裹三天没有动静，想看看这张订单的发货情况。"}


def let_in_colleagues(password: str) -> None:
    """Once: whose work has ended stays away, and an invitation that was sent is not sent again."""
    for shop, (people, offered) in COLLEAGUES.items():
        _let_in(owner_of(shop), merchant_of(shop), f"{shop}.localhost", people, offered, password)
    _let_in(operator(), None, "market.localhost", OF_THE_MARKET, "market_pages", password)
    service = User.objects.get(email="service@market.localhost")
    by = Actor(kind="person", user_id=service.pk, label=service.email)
    for shop, reason in ASKED_BY_SUPPORT.items():
        if not SupportAccess.objects.filter(merchant_id=merchant_of(shop)).exists():
            ask_for_support(by=by, visit_id=key_of(shop, "support"), merchant_id=merchant_of(shop), reason=reason, minutes=60)


def _let_in(by: Actor, merchant_id: UUID | None, host: str, people: list[tuple[str, str, str]], offered: str, password: str) -> None:
    for name, called, role in people:
        person = ensure_person(by=by, email=f"{name}@{host}", name=called, password=password, language="zh-hans")
        if not Membership.objects.filter(user=person, merchant_id=merchant_id).exists():
            give_role(by=by, user_id=person.pk, role=role, merchant_id=merchant_id)
    if not Invitation.objects.filter(merchant_id=merchant_id).exists():
        invite(by=by, invitation_id=key_of(host, "invitation"), merchant_id=merchant_id, email=f"invited@{host}", roles=[offered], language="zh-hans")


STANDS_FOR = {
    "zh-hans": "小作坊与独立品牌的商城：每件东西都说得出是谁做的",
    "en": "A market of workshops and small brands: everything has a maker",
}
WORDS = {
    "refused": (["全网最低价", "国家级", "销量第一", "best in the world"], "《广告法》第九条 · Advertising Law, article 9"),
    "watched": (["古董", "正品保证", "antique"], "请商家补充年代或证明 · Ask for the year or a paper"),
}
KEPT_OUT = [
    ("network", "203.0.113.0/24", "一夜之间试了四千个密码"),
    ("domain", "throwaway.example", "一次性邮箱，只用来薅新人优惠"),
]


def set_up_the_house() -> None:
    """What the market stands for, and who is kept out. Once: what the operator has changed since stays."""
    by = operator()
    if not Market.objects.get().stands_for:
        set_profile(by=by, run_by="cluster", positioning="different", stands_for=STANDS_FOR, why="开业")
    for weight, (words, note) in WORDS.items():
        put_words(by=by, texts=words, weight=weight, category_id=None, note=note)
    for kind, value, why in KEPT_OUT:
        if not Block.objects.filter(kind=kind, value=value).exists():
            block(by=by, kind=kind, value=value, why=why)
