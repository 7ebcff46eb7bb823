"""What shops' owners, and the operator's people, are told of packages and services. Reactions: each runs once for an event."""

from __future__ import annotations

from marketplace.flows.approvals import who_may
from marketplace.kernel.formats import format_money, full_day
from marketplace.platform.notices.messages import Message, worded
from marketplace.platform.notices.telling import tell
from tenants.access.people import staff_with
from tenants.access.rights import Right
from tenants.packages.events import PackageChanged, PackagePublished, ServiceOrderMoved
from tenants.packages.models import PackageChange, PackageVersion, ServiceOrder, Subscription
from tenants.tenancy.hosts import console_url, workbench_url
from tenants.tenancy.models import Merchant

C, S = PackageChange.Kind, ServiceOrder.Status


def package_published(event: PackagePublished) -> None:
    """Shops that have the package are told what changes and from when; of a first version there are none."""
    version = PackageVersion.objects.select_related("package").get(pk=event.version_id)
    having = Subscription.objects.filter(version__package=version.package).exclude(version=version).exclude(merchant__status=Merchant.Status.CLOSED)
    for has in having.select_related("merchant", "version").order_by("pk"):
        shop, former = has.merchant, has.version

        def compose(shop: Merchant = shop, former: PackageVersion = former) -> Message:
            prices = {"before": format_money(former.monthly), "after": format_money(version.monthly)}
            facts = {"day": full_day(version.existing_from), "name": version.name, **prices}
            return worded("package_published", facts, link=workbench_url(shop, "/package/"))

        tell(staff_with([shop.pk], Right.MANAGE_PAYOUTS)[shop.pk], compose)


def package_changed(event: PackageChanged) -> None:
    """Only what happened by itself: that a smaller package has begun, or could not."""
    change = PackageChange.objects.select_related("merchant", "before", "after").get(pk=event.change_id)
    if change.kind not in (C.AT_END, C.TOO_MUCH) or change.after is None:
        return
    after, kind = change.after, "package_began" if change.kind == C.AT_END else "package_not_begun"

    def compose() -> Message:
        return worded(kind, {"name": after.name, "price": format_money(after.monthly)}, link=workbench_url(change.merchant, "/package/"))

    tell(staff_with([change.merchant_id], Right.MANAGE_PAYOUTS)[change.merchant_id], compose)


def service_moved(event: ServiceOrderMoved) -> None:
    """Who lets shops in hears of what is asked for; the owners of everything after that."""
    row = ServiceOrder.objects.select_related("merchant", "extra").get(pk=event.order_id)
    if event.status in (S.ASKED, S.WITHDRAWN):
        kind = "service_asked" if event.status == S.ASKED else "service_withdrawn"
        people = who_may(Right.OPEN_MERCHANTS)
        tell(people, lambda: worded(kind, {"shop": row.merchant.name, "what": row.extra.name, "note": row.note or row.number}, link=console_url("/services/")))
        return
    kind = {S.ACCEPTED: "service_accepted", S.DONE: "service_done", S.DECLINED: "service_declined"}[S(event.status)]

    def compose() -> Message:
        price = format_money(row.extra.price) if row.extra.price else ""
        facts = {"what": row.extra.name, "answer": row.answer or row.number, "price": price}
        return worded(kind, facts, link=workbench_url(row.merchant, "/package/"))

    tell(staff_with([row.merchant_id], Right.MANAGE_PAYOUTS)[row.merchant_id], compose)
