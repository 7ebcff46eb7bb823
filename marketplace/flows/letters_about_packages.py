"""What shops' owners, and the operator's people, are told of packages and services. Reactions: each runs once for an event."""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.flows.approvals import who_may
from marketplace.kernel.formats import format_money
from marketplace.platform.notices.messages import Message
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
            facts = {"before": format_money(former.monthly), "after": format_money(version.monthly), "day": version.existing_from, "name": version.name}
            return Message(
                "package_published",
                _("Your package “{name}” changes on {day}").format(**facts),
                [
                    _("A month costs {after} instead of {before}, from the first month that begins on {day} or later.").format(**facts),
                    _("What it holds stands in the workbench. Until then everything stays as it is, and you can choose another package."),
                ],
                button=(_("To the package"), workbench_url(shop, "/package/")),
            )

        tell(staff_with([shop.pk], Right.MANAGE_PAYOUTS)[shop.pk], compose)


def package_changed(event: PackageChanged) -> None:
    """Only what happened by itself: that a smaller package has begun, or could not."""
    change = PackageChange.objects.select_related("merchant", "before", "after").get(pk=event.change_id)
    if change.kind not in (C.AT_END, C.TOO_MUCH) or change.after is None:
        return
    after = change.after

    def compose() -> Message:
        if change.kind == C.AT_END:
            subject, line = _("Your shop has the package “{name}” now"), _("From this month on it costs {price} a month.")
        else:
            subject, line = (
                _("The package “{name}” did not begin"),
                _("More is used than it holds, so the larger one goes on for a month. Use less, and choose it anew."),
            )
        lines = [line.format(price=format_money(after.monthly))]
        return Message("package_changed", subject.format(name=after.name), lines, button=(_("To the package"), workbench_url(change.merchant, "/package/")))

    tell(staff_with([change.merchant_id], Right.MANAGE_PAYOUTS)[change.merchant_id], compose)


def service_moved(event: ServiceOrderMoved) -> None:
    """Who lets shops in hears of what is asked for; the owners of everything after that."""
    row = ServiceOrder.objects.select_related("merchant", "extra").get(pk=event.order_id)
    facts = {"shop": row.merchant.name, "number": row.number}
    if event.status in (S.ASKED, S.WITHDRAWN):
        subject = _("“{shop}” asks for a service: {what}") if event.status == S.ASKED else _("“{shop}” no longer needs a service: {what}")
        tell(
            who_may(Right.OPEN_MERCHANTS),
            lambda: Message(
                "service_moved",
                subject.format(what=row.extra.name, **facts),
                [row.note] if row.note else [row.number],
                button=(_("Look at it"), console_url("/services/")),
            ),
        )
        return

    def compose() -> Message:
        subject = {
            S.ACCEPTED: _("We are on it: {what}"),
            S.DONE: _("Done: {what}"),
            S.DECLINED: _("Not possible: {what}"),
        }[S(event.status)]
        lines = [row.answer] if row.answer else []
        if event.status == S.DONE and row.extra.price:
            lines.append(_("{price} stand on your next statement.").format(price=format_money(row.extra.price)))
        return Message(
            "service_moved", subject.format(what=row.extra.name), lines or [row.number], button=(_("To the package"), workbench_url(row.merchant, "/package/"))
        )

    tell(staff_with([row.merchant_id], Right.MANAGE_PAYOUTS)[row.merchant_id], compose)
