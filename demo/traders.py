"""Who stands behind the demo's shops: each came by an application that was approved, as a shop would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demo.catalogue import both
from demo.waiting import hand_in_papers
from marketplace.kernel.actors import Actor
from marketplace.platform.taxonomy.models import Category
from tenants.accounts.models import User
from tenants.onboarding.actions import note_review, open_application, save_application, submit_application
from tenants.onboarding.licences import check_character
from tenants.onboarding.models import Application, Decision, Step

# slug → (company, kind of seller, licence number without its check character)
TRADERS = {
    "kiln": ("景德镇山岚陶瓷有限公司", "manufacturer", "91360203MA38K7TQ2"),
    "trail": ("北京北野户外装备有限公司", "brand_owner", "91110105MA01R5XK8"),
    "mono": ("深圳白昼声学科技有限公司", "manufacturer", "91440300MA5G2HWD4"),
}
KINDS = ("retailer", "brand_owner", "distributor", "manufacturer")


def root_of(code: str) -> int:
    """The key of the topmost category above this one."""
    found: int = Category.objects.get(code=code).path[0]
    return found


def apply_for(shop: Mapping[str, Any], owner: User, n: int, by: Actor) -> Application:
    """An application of the shop's owner with both steps passed; the caller opens the shop and notes the approval."""
    acting = Actor(kind="person", user_id=owner.pk, label=owner.email)
    names = both(shop["names"])
    company, kind, licence = TRADERS.get(shop["slug"], (f"{names['zh-hans']}（上海）商贸有限公司", KINDS[n % len(KINDS)], f"91310104MA1FR{n:03}K"))
    row: Application = open_application(by=acting, language="zh-hans")
    fields = {
        "kind": kind,
        "company": company,
        "licence_number": licence + check_character(licence),
        "representative": owner.name,
        "contact_name": owner.name,
        "contact_phone": f"1380000{n:04}",
        "contact_email": owner.email,
        "names": names,
        "slug": shop["slug"],
        "about": names["zh-hans"],
        "brands": [names["zh-hans"]],
        "service_address": f"上海市黄浦区福州路 {100 + n} 号",
        "sells": [[key] for key in sorted({root_of(product["category"]) for product in shop["products"]})],
    }
    save_application(by=acting, application_id=row.pk, fields=fields)
    hand_in_papers(acting, row, names["en"])
    submit_application(by=acting, application_id=row.pk)
    for step in Step:
        note_review(by=by, application_id=row.pk, step=step, decision=Decision.PASSED, reason="")
    return Application.objects.select_for_update().get(pk=row.pk)
