"""The demo's past: orders of ninety days in every state, each made by the product's own actions at the moment it is said to have happened.

Some are there when the demo opens; a job of the worker makes the others, for everybody to see on the console's first page.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from django.db import transaction

from demo.catalogue import catalogue, key_of
from demo.evaluations import evaluate_past
from demo.plan import DAYS, FIRST_GROUPS, Step, basket_of, buyer_of, life_of, settlements
from demo.steps import STEPS, Scene, restock
from demo.stock import spread_stock
from demo.voices import VOICES, ask_around
from marketplace.flows.count_days import count_shop_days
from marketplace.flows.refund import send_refund
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.deadlines import meet
from marketplace.kernel.errors import MarketError
from marketplace.kernel.models import Deadline, Progress
from marketplace.platform.checkout.models import OrderCopy, OrderGroup, ReturnCopy
from marketplace.platform.members.actions import save_address
from marketplace.platform.payments.events import RefundDue
from marketplace.platform.payments.models import Refund
from tenants.accounts.actions import ensure_person
from tenants.accounts.models import User
from tenants.tenancy.jobs import long_market_task
from tenants.tenancy.models import Merchant

log = logging.getLogger("wanshang.demo")

NAME, BEGINNING = "demo_history", "demo_beginning"
ORDERS = int(os.environ.get("DEMO_ORDERS", "2000"))  # a smaller past is there sooner
AT_A_TIME_S = 5.0  # a job's share, well below a delivery's lease
MARK = "demo-history"
BY = Actor(kind="system", label="demo history")

NAMES = (
    *("陈雨桐", "李浩然", "王思远", "张可欣", "刘子墨", "赵一鸣", "孙佳宁", "周文博", "吴梦瑶"),
    *("郑凯文", "冯晓晨", "蒋若溪", "沈嘉禾", "韩雪", "杨帆", "朱明轩", "秦悦", "许诺"),
    *("何安", "吕书言", "施诗", "孔令仪", "曹野", "严冬", "华清", "金泽", "魏蓝"),
    *("陶然", "姜宁", "谢予", "邹航", "柏舟", "窦夏", "章台", "苏木", "潘屿"),
)
PLACES = (
    ("江苏省", "南京市", "鼓楼区", "中山北路"),
    ("浙江省", "宁波市", "鄞州区", "天童南路"),
    ("广东省", "广州市", "天河区", "体育东路"),
    ("四川省", "成都市", "锦江区", "红星路"),
    ("湖北省", "武汉市", "武昌区", "中南路"),
    ("陕西省", "西安市", "雁塔区", "小寨东路"),
    ("福建省", "厦门市", "思明区", "湖滨南路"),
    ("山东省", "青岛市", "市南区", "香港中路"),
    ("上海市", "上海市", "静安区", "南京西路"),
    ("北京市", "北京市", "海淀区", "中关村大街"),
)


def begin_history() -> None:
    """The first orders, in the order of time. Goes on where it was stopped; once done it does nothing."""
    row, _made = Progress.objects.get_or_create(pk=BEGINNING, defaults={"total": 1})
    if row.ended_at:
        return
    past = Past(row.began_at)
    past.let_in_buyers()
    steps = sorted([*(step for group in range(FIRST_GROUPS) for step in life_of(group)), *settlements()])
    steps = [step for step in steps if step.after_s < past.length_s]
    for n, step in enumerate(steps[row.done :], start=row.done + 1):
        Progress.objects.filter(pk=BEGINNING).update(done=n, total=len(steps), changed_at=clock.now())  # first: a step is not taken twice
        past.do(step)
    ask_around(past.at, [person(email) for email in all_buyers()])
    with transaction.atomic():
        Progress.objects.filter(pk=BEGINNING).update(ended_at=clock.now())
        Progress.objects.get_or_create(pk=NAME, defaults={"total": ORDERS, "done": past.orders(), "began_at": row.began_at})


def ask_for_the_rest() -> None:
    """Have a worker go on, if there is something left to make."""
    with transaction.atomic():
        if Progress.objects.filter(pk=NAME, ended_at=None).exists():
            go_on.request()


# Set while the demo is being filled: what follows from a change follows at once then, but this job is the worker's.
is_filling: ContextVar[bool] = ContextVar("is_filling", default=False)


@contextmanager
def filling() -> Iterator[None]:
    """Inside, the job that makes the rest ends at once; ask for it again afterwards."""
    token = is_filling.set(True)
    try:
        yield
    finally:
        is_filling.reset(token)


@long_market_task
def go_on() -> None:
    """Whole lives of order groups, for a while; then the next share is asked for."""
    row = Progress.objects.get(pk=NAME)
    if row.ended_at or is_filling.get():
        return
    past, until = Past(row.began_at), time.monotonic() + AT_A_TIME_S
    group = past.next_group()
    while time.monotonic() < until and past.orders() < ORDERS:
        past.live(group)
        group += 1
    row.done, row.changed_at = past.orders(), clock.now()
    if row.done >= ORDERS:
        past.do(Step(past.length_s, -1, "settle_some"))
        spread_stock()
        row.ended_at = clock.now()
    with transaction.atomic():
        row.save(update_fields=["done", "changed_at", "ended_at"])
        if not row.ended_at:
            go_on.request()
        else:  # days that were counted before their orders were made
            for merchant_id in Merchant.objects.exclude(opened_at=None).order_by("pk").values_list("pk", flat=True):
                count_shop_days.request(merchant_id=merchant_id, anew=True)
            evaluate_past(BY)


class Past:
    """Ninety days that end when the demo was first opened."""

    def __init__(self, end: datetime) -> None:
        self.start = end - timedelta(days=DAYS)
        self.length_s = DAYS * 86_400.0

    def at(self, after_s: float) -> AbstractContextManager[None]:
        """Inside, it is so many seconds after the past begins."""
        return clock.shifted(self.start + timedelta(seconds=after_s) - clock.now())

    def next_group(self) -> int:
        """The groups are made in the order of their numbers."""
        keys = OrderGroup.objects.filter(key__startswith=MARK).values_list("key", flat=True)
        return max((int(key.removeprefix(f"{MARK}-")) for key in keys), default=-1) + 1

    def orders(self) -> int:
        return OrderCopy.objects.filter(group__key__startswith=MARK).count()

    def live(self, group: int) -> None:
        """All that has happened to a group until today. Who bought the last piece meanwhile has bought it: then the rest does not happen."""
        try:
            for step in life_of(group):
                if step.after_s < self.length_s:
                    self.do(step)
        except MarketError as refused:
            log.info("the demo's past, group %s: %s", group, refused)

    def do(self, step: Step) -> None:
        """One step at its moment. What follows from it is the worker's, but money that goes back goes back at that moment."""
        with self.at(step.after_s):
            scene = self.scene(step)
            if step.what == "place":
                for wanted in scene.basket:
                    restock(wanted)
            with transaction.atomic():
                (STEPS | VOICES)[step.what](scene)
                forget_deadlines(scene, datetime.now(UTC))
            for refund in Refund.objects.filter(payment__group__key=scene.key, status=Refund.Status.DUE):
                send_refund(RefundDue(refund_id=refund.pk))

    def scene(self, step: Step) -> Scene:
        buyers = all_buyers()
        buyer = buyers[buyer_of(step.group)] if step.group >= 0 else None
        return Scene(
            step=step,
            buyer=person(buyer) if buyer else BY,
            key=f"{MARK}-{step.group}",
            basket=basket_of(step.group) if step.group >= 0 else [],
        )

    def let_in_buyers(self) -> None:
        with clock.shifted(self.start - clock.now()):
            for n, name in enumerate(NAMES):
                province, city, district, street = PLACES[n % len(PLACES)]
                fields = {"recipient": name, "phone": f"139{n:08d}", "country": "CN", "province": province, "city": city, "district": district}
                email = f"buyer{n + 1:02d}@buyer.localhost"
                with transaction.atomic():
                    buyer = ensure_person(by=BY, email=email, name=name, language="zh-hans")
                    acting = Actor(kind="person", user_id=buyer.pk, label=buyer.email)
                    address = {**fields, "street": f"{street} {n * 7 + 12} 号"}
                    save_address(by=acting, address_id=key_of(email, "address"), fields=address, is_default=True)


def all_buyers() -> list[str]:
    return [*(buyer["email"] for buyer in catalogue()["buyers"]), *(f"buyer{n + 1:02d}@buyer.localhost" for n in range(len(NAMES)))]


@cache
def _key_of_person(email: str) -> UUID:
    return UUID(str(User.objects.get(email=email).pk))


def person(email: str) -> Actor:
    return Actor(kind="person", user_id=_key_of_person(email), label=email)


def forget_deadlines(scene: Scene, now: datetime) -> None:
    """A deadline that has passed by now would be acted on now: the next steps say what became of it."""
    groups = OrderGroup.objects.filter(key=scene.key)
    subjects = [*groups.values_list("pk", flat=True)]
    subjects += OrderCopy.objects.filter(group__in=groups).values_list("pk", flat=True)
    subjects += ReturnCopy.objects.filter(order__group__in=groups).values_list("pk", flat=True)
    for kind, subject_id in Deadline.objects.filter(subject_id__in=subjects, status=Deadline.Status.WAITING, due_at__lte=now).values_list("kind", "subject_id"):
        meet(kind=kind, subject_id=subject_id)
