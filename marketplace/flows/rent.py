"""Packages that cost something (软件租用): charged by calendar months to what the market owes a shop, up at once, down at the end of the month.

Every charge is one row and one entry of the journal, made once by its reference, with the merchant's row locked: so settling, charging and
changing follow one another. Parts of a month cost, to the last unit, what the whole does (tenants/packages/sharing.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.flows.use_of_packages import too_much_for
from marketplace.kernel import clock
from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.deadlines import meet, set_deadline
from marketplace.kernel.errors import InvalidInput, KeyReused, NotFound, check_reason
from marketplace.kernel.events import DeadlineReached
from marketplace.kernel.money import Money
from marketplace.kernel.numbers import free_number
from marketplace.kernel.outbox import record
from marketplace.kernel.two_people import needs_two
from marketplace.kernel.verbs import verb
from marketplace.platform.ledger.actions import credit, debit, post
from marketplace.platform.ledger.models import Account
from tenants.packages.errors import AddOnOver, OfferUnknown, SamePackage, TooMuchForPackage
from tenants.packages.events import PackageChanged
from tenants.packages.models import AddOn, Extra, FeeCharge, PackageChange, PackageVersion, ServicePackage, Subscription
from tenants.packages.queries import default_version, newest_version, price_for, subscription_of, today, version_for
from tenants.packages.sharing import month_of, share
from tenants.tenancy.errors import MerchantUnknown, NotForOwnShops
from tenants.tenancy.models import Market, Merchant
from tenants.tenancy.own import check_not_own

RENT = "package.month"
BOOK_FEE = "fee.book"  # the kind of request for two people
MOST_DAYS, MOST_OF_ONE = 366, 1000
K, C = FeeCharge.Kind, PackageChange.Kind
Names = Mapping[str, str]


def locked_merchant(merchant_id: UUID) -> Merchant:
    """As a settlement holds it. Raises MerchantUnknown, NotForOwnShops: the market rents nothing to itself."""
    found = Merchant.objects.select_for_update(no_key=True).filter(pk=merchant_id).first()
    if found is None:
        raise MerchantUnknown
    if found.is_own:
        raise NotForOwnShops(shop=found.name)
    return found


@verb
def charge(
    *,
    by: Actor,
    merchant_id: UUID,
    kind: str,
    ref: str,
    names: Names,
    amount: Money,
    days: tuple[date, date] | None = None,
    reason: str = "",
    waives: FeeCharge | None = None,
) -> FeeCharge | None:
    """Charge a merchant, or give back (a negative amount): once for a `ref`. None where it is nothing. `days`: the first, and the first that is not part."""
    if not amount:
        return None
    with transaction.atomic():
        locked_merchant(merchant_id)
        if same := FeeCharge.objects.filter(merchant_id=merchant_id, ref=ref).first():
            return same
        number = free_number(FeeCharge.objects, clock.now(), Market.objects.get().tz)
        against = Account.OWN_BANK if kind == K.PAID else Account.FEE_INCOME
        whose = None if kind == K.PAID else merchant_id
        to_shop, to_market = (debit, credit) if amount.minor > 0 else (credit, debit)
        size = Money(abs(amount.minor), amount.currency)
        sides = [to_shop(Account.MERCHANT_PAYABLE, size, merchant_id), to_market(against, size, whose)]
        entry = post(by=by, kind="fee", ref=number, sides=sides, order_number=number)
        row = FeeCharge.objects.create(
            number=number,
            merchant_id=merchant_id,
            kind=kind,
            ref=ref,
            names=dict(names),
            from_day=days[0] if days else None,
            to_day=days[1] - timedelta(days=1) if days else None,
            currency=amount.currency,
            amount_minor=amount.minor,
            waives=waives,
            entry_id=entry.pk,
            reason=reason.strip()[:500],
            by_label=by.label,
        )
        audit(
            by=by,
            action="fee.charged" if amount.minor > 0 else "fee.given_back",
            subject="fee",
            subject_id=number,
            merchant_id=merchant_id,
            before={"charged": 0},
            after={"charged": amount.minor, "what": ref},
            why=reason,
        )
    return row


# ── The package one has ──────────────────────────────────────────────────────────────────────────────────────────────


@verb
def change_package(*, by: Actor, change_id: UUID, merchant_id: UUID, package_id: UUID) -> PackageChange:
    """Take another package: one that costs as much or more at once, for the days that are left; a cheaper one from the next month on.

    The same `change_id` changes once. Raises OfferUnknown, SamePackage, TooMuchForPackage, MerchantUnknown, KeyReused.
    """
    with transaction.atomic():
        locked_merchant(merchant_id)
        if same := PackageChange.objects.filter(pk=change_id).first():
            if same.merchant_id != merchant_id:
                raise KeyReused
            return same
        package = ServicePackage.objects.filter(pk=package_id).first()
        after = newest_version(package) if package and package.is_offered else None
        if after is None:
            raise OfferUnknown
        has, day = subscription_of(merchant_id), today()
        if has is not None and has.period_end <= day:  # the worker is late: first the month that has begun
            bring_up_to_date(by=by, merchant_id=merchant_id)
            has = subscription_of(merchant_id)
        before = has.version if has else default_version()
        if before is not None and before.package_id == package_id:
            if has is not None and has.next_package_id:
                return give_up_plan(by=by, change_id=change_id, merchant_id=merchant_id)  # type: ignore[no-any-return]
            raise SamePackage
        if too_much := too_much_for(merchant_id, after):
            raise TooMuchForPackage(what=too_much)
        new_price = price_for(merchant_id, after, day)
        old_price = has.paid if has else Money.zero(after.currency)
        if has is not None and new_price < old_price:
            has.next_package, has.changed_at = package, clock.now()
            has.save(update_fields=["next_package", "changed_at"])
            return _note(by, change_id, merchant_id, C.PLANNED, before, after)
        start, end = month_of(day)
        if has is not None:
            start, end = has.period_start, has.period_end
            give_back = -share(has.paid, start, day, end, end)
            charge(by=by, merchant_id=merchant_id, kind=K.CHANGE, ref=f"left:{change_id}", names=has.version.names, amount=give_back, days=(day, end))
        part = share(new_price, start, day, end, end)
        charge(by=by, merchant_id=merchant_id, kind=K.CHANGE, ref=f"taken:{change_id}", names=after.names, amount=part, days=(day, end))
        fields = {"version": after, "since": day, "period_start": start, "period_end": end, "next_package": None, "changed_at": clock.now()}
        Subscription.objects.update_or_create(pk=merchant_id, defaults=fields | {"currency": new_price.currency, "paid_minor": new_price.minor})
        _watch(merchant_id, end)
        return _note(by, change_id, merchant_id, C.AT_ONCE, before, after)


@verb
def give_up_plan(*, by: Actor, change_id: UUID, merchant_id: UUID) -> PackageChange:
    """Keep the package, instead of the smaller one that was planned. Raises NotFound where none is."""
    with transaction.atomic():
        locked_merchant(merchant_id)
        if same := PackageChange.objects.filter(pk=change_id, merchant_id=merchant_id).first():
            return same
        has = subscription_of(merchant_id)
        if has is None or has.next_package is None:
            raise NotFound
        planned, has.next_package, has.changed_at = newest_version(has.next_package), None, clock.now()
        has.save(update_fields=["next_package", "changed_at"])
        return _note(by, change_id, merchant_id, C.GIVEN_UP, planned, has.version)


def _note(by: Actor, key: UUID, merchant_id: UUID, kind: str, before: PackageVersion | None, after: PackageVersion | None) -> PackageChange:
    row = PackageChange.objects.create(pk=key, merchant_id=merchant_id, kind=kind, before=before, after=after, by_label=by.label, at=clock.now())
    audit(
        by=by,
        action=f"package.{kind}",
        subject="package",
        subject_id=after.package.code if after else "",
        merchant_id=merchant_id,
        before={"package": before.package.code if before else None},
        after={"package": after.package.code if after else None, "version": after.number if after else None},
    )
    record(PackageChanged(merchant_id=merchant_id, change_id=row.pk))
    return row


def _watch(merchant_id: UUID, end: date) -> None:
    set_deadline(kind=RENT, subject_id=merchant_id, merchant_id=merchant_id, due_at=datetime.combine(end, time(), Market.objects.get().tz))


@verb
def bring_up_to_date(*, by: Actor, merchant_id: UUID) -> int:
    """Begin every month that has begun: the planned package, or the newer version that may reach it by now, and its charge. Returns how many.

    Safe to repeat and to run twice at once: all of it is one transaction, and each month is charged once. A shop that has closed ends its package.
    """
    with transaction.atomic():
        merchant, n = locked_merchant(merchant_id), 0
        has = subscription_of(merchant_id)
        if has is None:
            return 0
        if merchant.status == Merchant.Status.CLOSED:
            meet(kind=RENT, subject_id=merchant_id)
            return 0
        while has.period_end <= today():
            _begin_month(by, has)
            n += 1
        if n:
            has.changed_at = clock.now()
            has.save()
        _watch(merchant_id, has.period_end)
    return n


def _begin_month(by: Actor, has: Subscription) -> None:
    start, end = month_of(has.period_end)
    key = uuid5(has.pk, f"month {start}")
    has.period_start, has.period_end = start, end
    if has.next_package is not None and (smaller := newest_version(has.next_package)):
        if too_much_for(has.pk, smaller):
            _note(by, key, has.pk, C.TOO_MUCH, has.version, smaller)
        else:
            _note(by, key, has.pk, C.AT_END, has.version, smaller)
            has.version, has.since = smaller, start
        has.next_package = None
    has.version = _newer(has.version, start)
    price = price_for(has.pk, has.version, start)
    has.currency, has.paid_minor = price.currency, price.minor
    charge(by=by, merchant_id=has.pk, kind=K.MONTH, ref=f"month:{start:%Y-%m}", names=has.version.names, amount=price, days=(start, end))


def _newer(version: PackageVersion, day: date) -> PackageVersion:
    """What a subscriber of this version has from a day on; never an older one."""
    found = version_for(version.package, day)
    return found if found is not None and found.number > version.number else version


def begin_when_due(event: DeadlineReached) -> None:
    """The outcome of the deadline `package.month`."""
    bring_up_to_date(by=SYSTEM, merchant_id=event.subject_id)


def begin_what_is_late() -> None:
    """A duty: months that have begun and whose deadline came to nothing."""
    for merchant_id in Subscription.objects.filter(period_end__lte=today()).exclude(merchant__status=Merchant.Status.CLOSED).values_list("pk", flat=True):
        bring_up_to_date(by=SYSTEM, merchant_id=merchant_id)


# ── More for some days ───────────────────────────────────────────────────────────────────────────────────────────────


@verb
def take_add_on(*, by: Actor, add_on_id: UUID, merchant_id: UUID, extra_id: UUID, quantity: int, from_day: date, to_day: date) -> AddOn:
    """More of something from one day until another (which is not part of it any more), paid for all its days now. The same `add_on_id` takes one.

    Raises InvalidInput, OfferUnknown, MerchantUnknown, KeyReused.
    """
    extra = Extra.objects.filter(pk=extra_id, kind=Extra.Kind.ADD_ON, is_offered=True).first()
    if extra is None:
        raise OfferUnknown
    if not 1 <= quantity <= MOST_OF_ONE:
        raise InvalidInput(field="quantity", why=_("Choose from {least} to {most}.").format(least=1, most=MOST_OF_ONE))
    days = (to_day - from_day).days
    if from_day < today() or not 1 <= days <= MOST_DAYS:
        raise InvalidInput(field="to", why=_("An add-on begins today or later, and lasts at most {days} days.").format(days=MOST_DAYS))
    with transaction.atomic():
        locked_merchant(merchant_id)
        if same := AddOn.objects.filter(pk=add_on_id).first():
            if same.merchant_id != merchant_id:
                raise KeyReused
            return same
        row = AddOn.objects.create(
            pk=add_on_id, merchant_id=merchant_id, extra=extra, quantity=quantity, from_day=from_day, to_day=to_day, by_label=by.label, at=clock.now()
        )
        after = {"extra": extra.code, "quantity": quantity, "from": from_day, "to": row.last_day}
        audit(by=by, action="add_on.taken", subject="add_on", subject_id=extra.code, merchant_id=merchant_id, before={"quantity": 0}, after=after)
        amount = extra.price.times(days * quantity)
        charge(by=by, merchant_id=merchant_id, kind=K.ADD_ON, ref=f"add_on:{row.pk}", names=extra.names, amount=amount, days=(from_day, to_day))
    return row


@verb
def give_up_add_on(*, by: Actor, add_on_id: UUID, merchant_id: UUID) -> AddOn:
    """End it with today; the days that are left are given back. One that has not begun never does. Raises NotFound, AddOnOver."""
    with transaction.atomic():
        locked_merchant(merchant_id)
        row = AddOn.objects.select_related("extra").filter(pk=add_on_id, merchant_id=merchant_id).first()
        if row is None:
            raise NotFound
        if row.given_up_at is not None:
            return row
        last, end = row.to_day, max(today() + timedelta(days=1), row.from_day) if row.from_day <= today() else row.from_day
        if end >= last:
            raise AddOnOver
        row.to_day, row.given_up_at = end, clock.now()
        row.save(update_fields=["to_day", "given_up_at"])
        audit(
            by=by,
            action="add_on.given_up",
            subject="add_on",
            subject_id=row.extra.code,
            merchant_id=merchant_id,
            before={"until": last},
            after={"until": end},
        )
        back = -row.extra.price.times((last - end).days * row.quantity)
        charge(by=by, merchant_id=merchant_id, kind=K.ADD_ON, ref=f"add_on_left:{row.pk}", names=row.extra.names, amount=back, days=(end, last))
    return row


# ── By hand ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def check_booking(merchant_id: UUID, kind: str, amount: Money, waives: FeeCharge | None) -> None:
    """Raises InvalidInput, NotFound, MerchantUnknown, NotForOwnShops."""
    if not Merchant.objects.filter(pk=merchant_id).exists():
        raise MerchantUnknown
    check_not_own(merchant_id)
    if kind == K.WAIVED:
        if waives is None or waives.merchant_id != merchant_id or waives.amount_minor <= 0 or FeeCharge.objects.filter(waives=waives).exists():
            raise NotFound
    elif kind not in (K.SERVICE, K.PAID) or not 0 < amount.minor < 10**13:
        raise InvalidInput(field="amount", why=_("Write an amount above zero."))


@verb
def book_fee(*, by: Actor, key: UUID, merchant_id: UUID, kind: str, names: Names, amount: Money, why: str, waives_id: UUID | None = None) -> FeeCharge:
    """By hand: charge a service at an agreed price, waive a charge whole, or note what a shop that owed has paid by bank.

    Raises SecondPersonNeeded, ReasonMissing, and what check_booking() does.
    """
    needs_two(by, BOOK_FEE)
    check_reason(why)
    with transaction.atomic():
        locked_merchant(merchant_id)
        waives = FeeCharge.objects.filter(pk=waives_id).first() if waives_id else None
        if not FeeCharge.objects.filter(merchant_id=merchant_id, ref=f"by_hand:{key}").exists():
            check_booking(merchant_id, kind, amount, waives)
        size = -waives.amount if waives else amount if kind == K.SERVICE else -amount
        row: FeeCharge | None = charge(
            by=by, merchant_id=merchant_id, kind=kind, ref=f"by_hand:{key}", names=waives.names if waives else names, amount=size, reason=why, waives=waives
        )
    assert row is not None  # what is booked by hand is something
    return row
