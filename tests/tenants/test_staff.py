"""Roles of people who work somewhere: who may give what to whom, the last one who may do everything, duties, and the end of somebody's work."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client

from marketplace.kernel.actors import SYSTEM, Actor
from marketplace.kernel.errors import InvalidInput, ReasonMissing
from marketplace.kernel.models import AuditEvent
from tenants.access.areas import AREAS, EXPLAINED, areas_of
from tenants.access.duties import PAIRS, clashes
from tenants.access.errors import (
    BeyondYourRights,
    DutiesClash,
    NotYourself,
    RoleBuiltIn,
    RoleInUse,
    RoleKept,
    RoleMissing,
    RoleUnknown,
    StaffUnknown,
)
from tenants.access.models import OwnRole, UserGroup
from tenants.access.own_roles import change_role, delete_role, make_role
from tenants.access.rights import Right
from tenants.access.roles import DEPARTMENTS, MARKET_ROLES, MERCHANT_ROLES, ROLE_NAMES, WHOLE, sync_roles
from tenants.access.staff import office_schema, roles_here, roles_of
from tenants.access.staffing import change_roles, end_work
from tenants.accounts.actions import give_role
from tenants.accounts.models import Membership, User
from tests import factories as make
from tests.databases import MERCHANTS

pytestmark = pytest.mark.django_db
A, B = MERCHANTS["a"], MERCHANTS["b"]
PLACES = [A, None]
WHOLE_OF = {A: "owner", None: "operator"}


def head(place: UUID | None) -> Actor:
    return make.acting(User.objects.get(email="owner-a@market.localhost" if place else "operator@market.localhost"))


def member(place: UUID | None, *roles: str) -> Membership:
    user = make.a_buyer()
    for role in roles:
        give_role(by=SYSTEM, user_id=user.pk, role=role, merchant_id=place)
    return Membership.objects.get(user=user)


def with_rights(place: UUID | None, *rights: Right) -> Membership:
    """Somebody in an own role of just these rights."""
    return member(place, own_role(place, *rights))


def own_role(place: UUID | None, *rights: Right) -> str:
    return make_role(by=SYSTEM, merchant_id=place, role_id=uuid4(), names={"en": uuid4().hex[:12]}, rights=rights).code


def acting(row: Membership) -> Actor:
    return make.acting(row.user)


def roles(row: Membership) -> set[str]:
    with office_schema(row.merchant_id):
        return {role.code for role in roles_of([row.user_id]).get(row.user_id, [])}


def manages(place: UUID | None) -> Right:
    return Right.MANAGE_STAFF if place else Right.MANAGE_MARKET_STAFF


def group_id(code: str, place: UUID | None) -> int:
    with office_schema(place):
        return Group.objects.get(name=code).pk


class TestTheTables:
    def test_every_role_has_a_name_and_a_department_and_rights_of_its_scope(self):
        for scope, table in (("merchant", MERCHANT_ROLES), ("market", MARKET_ROLES)):
            for code, rights in table.items():
                assert rights and {right.scope for right in rights} == {scope}
                assert ROLE_NAMES[code] and DEPARTMENTS[code]
        assert set(ROLE_NAMES) == {*MERCHANT_ROLES, *MARKET_ROLES}

    def test_every_right_stands_in_an_area_of_the_matrix_and_is_explained(self):
        for scope in ("merchant", "market"):
            shown = [right for area in areas_of(scope) for right in area.rights]
            assert sorted(shown, key=str) == sorted((right for right in Right if right.scope == scope), key=str)
        assert {right for area in AREAS for right in area.rights} == set(Right), "none is left for “Other”"
        assert set(EXPLAINED) == set(Right)

    def test_pairs_of_duties_are_of_one_scope_and_money_is_the_markets(self):
        assert all(pair.first.scope == pair.second.scope for pair in PAIRS)
        assert all(pair.first.scope == "market" for pair in PAIRS if pair.is_money)

    def test_no_role_that_comes_with_the_market_holds_a_money_pair_but_who_may_do_everything(self):
        assert {code for code, rights in {**MERCHANT_ROLES, **MARKET_ROLES}.items() if any(pair.is_money for pair in clashes(rights))} == {"operator"}

    @pytest.mark.parametrize("place", PLACES)
    def test_roles_are_there_in_every_schema_and_own_ones_outlive_a_sync(self, place):
        code = own_role(place, manages(place))
        with office_schema(place):
            sync_roles()
            here = roles_here()
        assert {role.code: role.rights for role in here.values() if not role.is_own} == dict(MERCHANT_ROLES if place else MARKET_ROLES)
        assert here[code].rights == {manages(place)}


@pytest.mark.parametrize("place", PLACES)
class TestChangingRoles:
    def test_they_are_these_from_now_on_and_the_log_says_so(self, place):
        first, second = ("dispatcher", "bookkeeper") if place else ("auditor", "reviewer")
        row = member(place, first)
        change_roles(by=head(place), membership_id=row.pk, merchant_id=place, roles=[second], why="moved")
        event = AuditEvent.objects.get(action="role.changed")
        assert roles(row) == {second}
        assert (event.before["roles"], event.after["roles"], event.why, event.merchant_id) == ([first], [second], "moved", place)
        assert event.actor_id == head(place).user_id

    def test_the_same_again_changes_nothing_and_leaves_no_trace(self, place):
        code = "dispatcher" if place else "auditor"
        row = member(place, code)
        change_roles(by=head(place), membership_id=row.pk, merchant_id=place, roles=[code], why="")
        assert not AuditEvent.objects.filter(action="role.changed").exists()

    @pytest.mark.parametrize(("wanted", "why", "refusal"), [([], "x", RoleMissing), (["nobody"], "x", RoleUnknown), (["*"], " ", ReasonMissing)])
    def test_what_cannot_be_changes_nothing(self, place, wanted, why, refusal):
        row = member(place, "dispatcher" if place else "auditor")
        before = roles(row)
        wanted = [("bookkeeper" if place else "reviewer") if code == "*" else code for code in wanted]
        with pytest.raises(refusal):
            change_roles(by=head(place), membership_id=row.pk, merchant_id=place, roles=wanted, why=why)
        assert roles(row) == before

    def test_nobody_changes_their_own(self, place):
        mine = Membership.objects.get(user_id=head(place).user_id, merchant_id=place)
        member(place, WHOLE_OF[place])
        for attempt in (
            lambda: change_roles(by=head(place), membership_id=mine.pk, merchant_id=place, roles=["dispatcher" if place else "auditor"], why="x"),
            lambda: end_work(by=head(place), membership_id=mine.pk, merchant_id=place, why="x"),
        ):
            with pytest.raises(NotYourself):
                attempt()

    def test_the_last_who_may_do_everything_stays(self, place):
        mine = Membership.objects.get(user_id=head(place).user_id, merchant_id=place)
        for attempt in (
            lambda: change_roles(by=SYSTEM, membership_id=mine.pk, merchant_id=place, roles=["dispatcher" if place else "auditor"], why="x"),
            lambda: end_work(by=SYSTEM, membership_id=mine.pk, merchant_id=place, why="x"),
        ):
            with pytest.raises(RoleKept):
                attempt()
        second = member(place, WHOLE_OF[place])
        end_work(by=acting(second), membership_id=mine.pk, merchant_id=place, why="retired")
        assert roles(mine) == set()

    def test_nobody_gives_or_takes_what_they_may_not_do_themselves(self, place):
        own = {right for right in Right if right.scope == ("merchant" if place else "market")}
        weak = own - {Right.PAY_OUT, Right.SETTLE, Right.MANAGE_MARKET, Right.MANAGE_PAYOUTS, Right.VIEW_STATEMENTS}
        clerk = with_rights(place, *weak)
        strong = "bookkeeper" if place else "accountant"
        row, rich, whole = member(place, "dispatcher" if place else "auditor"), member(place, strong), member(place, WHOLE_OF[place])
        for victim, wanted in (
            (row, strong),
            (row, WHOLE_OF[place]),
            (rich, "dispatcher" if place else "auditor"),
            (whole, "dispatcher" if place else "auditor"),
        ):
            before = roles(victim)
            with pytest.raises(BeyondYourRights):
                change_roles(by=acting(clerk), membership_id=victim.pk, merchant_id=place, roles=[wanted], why="x")
            assert roles(victim) == before
        for victim in (rich, whole):
            with pytest.raises(BeyondYourRights):
                end_work(by=acting(clerk), membership_id=victim.pk, merchant_id=place, why="x")
        end_work(by=acting(clerk), membership_id=row.pk, merchant_id=place, why="within reach")

    def test_whoever_lost_the_right_meanwhile_is_stopped(self, place):
        row, stranger = member(place, "dispatcher" if place else "auditor"), make.a_buyer()
        clerk = with_rights(place, manages(place))
        end_work(by=head(place), membership_id=clerk.pk, merchant_id=place, why="left")
        for by in (acting(clerk), make.acting(stranger), acting(member(place, "dispatcher" if place else "auditor"))):
            with pytest.raises(BeyondYourRights):
                end_work(by=by, membership_id=row.pk, merchant_id=place, why="x")

    def test_people_of_another_place_are_nobody_here(self, place):
        elsewhere = member(B, "dispatcher")
        with pytest.raises(StaffUnknown):
            change_roles(by=head(place), membership_id=elsewhere.pk, merchant_id=place, roles=["dispatcher" if place else "auditor"], why="x")
        with pytest.raises(StaffUnknown):
            end_work(by=head(place), membership_id=elsewhere.pk, merchant_id=place, why="x")
        assert roles(elsewhere) == {"dispatcher"}

    def test_ended_work_is_over_with_the_next_request_and_other_places_stay(self, place):
        row = member(place, "dispatcher" if place else "auditor")
        give_role(by=SYSTEM, user_id=row.user_id, role="dispatcher", merchant_id=B)
        client, host = Client(), "kiln.seller.market.localhost" if place else "ops.market.localhost"
        client.force_login(row.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        assert client.get("/", headers={"host": host}).status_code == 200
        end_work(by=head(place), membership_id=row.pk, merchant_id=place, why="left")
        assert client.get("/", headers={"host": host}).status_code == 403
        assert client.get("/", headers={"host": "trail.seller.market.localhost"}).status_code == 200
        event = AuditEvent.objects.get(action="staff.ended")
        assert event.why == "left" and event.after["roles"] == [] and event.merchant_id == place


class TestDuties:
    def test_at_the_market_nobody_holds_a_money_pair_once_there_are_two_operators(self):
        row = member(None, "accountant")
        both = ["accountant", "cashier"]
        change_roles(by=head(None), membership_id=row.pk, merchant_id=None, roles=both, why="we are two")
        change_roles(by=head(None), membership_id=row.pk, merchant_id=None, roles=["accountant"], why="no more")
        member(None, "operator")
        with pytest.raises(DutiesClash) as refused:
            change_roles(by=head(None), membership_id=row.pk, merchant_id=None, roles=both, why="x")
        assert refused.value.field == "roles" and roles(row) == {"accountant"}

    @pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.is_money], ids=lambda pair: f"{pair.first.codename}+{pair.second.codename}")
    def test_no_role_of_ones_own_holds_a_money_pair(self, pair):
        member(None, "operator")
        with pytest.raises(DutiesClash):
            own_role(None, pair.first, pair.second)
        code = own_role(None, pair.first)
        with pytest.raises(DutiesClash):
            change_role(by=head(None), merchant_id=None, group_id=group_id(code, None), names={"en": "x"}, rights=[pair.first, pair.second], why="x")

    def test_a_role_does_not_grow_into_a_pair_with_another_role_of_whoever_has_it(self):
        member(None, "operator")
        code = own_role(None, Right.VIEW_LEDGER)
        member(None, code, "cashier")
        with pytest.raises(DutiesClash):
            change_role(by=head(None), merchant_id=None, group_id=group_id(code, None), names={"en": "x"}, rights=[Right.SETTLE], why="x")

    def test_a_shop_is_only_warned(self):
        assert own_role(A, Right.MANAGE_STAFF, Right.MANAGE_PAYOUTS)


@pytest.mark.parametrize("place", PLACES)
class TestOwnRoles:
    def test_it_is_made_once_given_changed_at_once_and_told(self, place):
        right, more = (Right.VIEW_ORDERS, Right.VIEW_PRODUCTS) if place else (Right.VIEW_MERCHANTS, Right.VIEW_MARKET_ORDERS)
        key = uuid4()
        made = make_role(by=head(place), merchant_id=place, role_id=key, names={"en": "Helper", "zh-hans": "帮手"}, rights=[right])
        again = make_role(by=head(place), merchant_id=place, role_id=key, names={"en": "Helper"}, rights=[right])
        assert made.group_id == again.group_id
        row = member(place, made.code)
        with office_schema(place):
            assert User.objects.get(pk=row.user_id).has_perm(right.full_name) and not User.objects.get(pk=row.user_id).has_perm(more.full_name)
        change_role(by=head(place), merchant_id=place, group_id=made.group_id, names={"en": "Helper"}, rights=[more], why="less")
        with office_schema(place):
            assert User.objects.get(pk=row.user_id).has_perm(more.full_name) and not User.objects.get(pk=row.user_id).has_perm(right.full_name)
        event = AuditEvent.objects.get(action="role.rights_changed")
        assert (event.before["rights"], event.after["rights"], event.why) == ([right.codename], [more.codename], "less")

    def test_one_that_is_in_use_stays(self, place):
        code = own_role(place, manages(place))
        row = member(place, code)
        with pytest.raises(RoleInUse):
            delete_role(by=head(place), merchant_id=place, group_id=group_id(code, place))
        end_work(by=head(place), membership_id=row.pk, merchant_id=place, why="left")
        delete_role(by=head(place), merchant_id=place, group_id=group_id(code, place))
        with office_schema(place):
            assert not Group.objects.filter(name=code).exists() and not OwnRole.objects.exists()

    def test_those_that_come_with_the_market_stay_as_they_are(self, place):
        for code in MERCHANT_ROLES if place else MARKET_ROLES:
            for attempt in (
                lambda key: change_role(by=head(place), merchant_id=place, group_id=key, names={"en": "x"}, rights=[manages(place)], why="x"),
                lambda key: delete_role(by=head(place), merchant_id=place, group_id=key),
            ):
                with pytest.raises(RoleBuiltIn):
                    attempt(group_id(code, place))

    def test_nobody_widens_a_role_beyond_themselves_or_one_they_have(self, place):
        clerk = with_rights(place, manages(place))
        other = Right.MANAGE_PAYOUTS if place else Right.SETTLE
        with pytest.raises(BeyondYourRights):
            make_role(by=acting(clerk), merchant_id=place, role_id=uuid4(), names={"en": "Mine"}, rights=[other])
        code = own_role(place, manages(place))
        with pytest.raises(BeyondYourRights):
            change_role(by=acting(clerk), merchant_id=place, group_id=group_id(code, place), names={"en": "Mine"}, rights=[other], why="x")
        strong = own_role(place, other)
        with pytest.raises(BeyondYourRights):
            change_role(by=acting(clerk), merchant_id=place, group_id=group_id(strong, place), names={"en": "Mine"}, rights=[manages(place)], why="x")
        with pytest.raises(BeyondYourRights):
            delete_role(by=acting(clerk), merchant_id=place, group_id=group_id(strong, place))
        both = with_rights(place, manages(place), other)
        (mine,) = roles(both)
        with pytest.raises(NotYourself):
            change_role(by=acting(both), merchant_id=place, group_id=group_id(mine, place), names={"en": "Mine"}, rights=[manages(place)], why="x")

    @pytest.mark.parametrize(("name", "rights"), [("", 1), (" ", 1), ("x" * 41, 1), ("OWNER|Operator", 1), ("Fine", 0)])
    def test_odd_names_and_no_rights_are_refused(self, place, name, rights):
        name = name.partition("|")[0 if place else 2] or name
        with pytest.raises(InvalidInput):
            make_role(by=head(place), merchant_id=place, role_id=uuid4(), names={"en": name}, rights=[manages(place)][:rights])

    def test_rights_of_the_other_scope_mean_nothing_and_are_refused(self, place):
        with pytest.raises(InvalidInput):
            make_role(by=head(place), merchant_id=place, role_id=uuid4(), names={"en": "x"}, rights=[manages(None if place else A)])

    def test_a_role_without_pages_loses_what_wagtail_was_given(self, place):
        from wagtail.models import GroupCollectionPermission, GroupPagePermission

        pages = Right.EDIT_SHOP_PAGES if place else Right.EDIT_MARKET_PAGES
        code = own_role(place, pages)
        key = group_id(code, place)
        with office_schema(place):
            assert GroupPagePermission.objects.filter(group_id=key).exists()
        change_role(by=head(place), merchant_id=place, group_id=key, names={"en": "x"}, rights=[manages(place)], why="x")
        with office_schema(place):
            assert not GroupPagePermission.objects.filter(group_id=key).exists() and not GroupCollectionPermission.objects.filter(group_id=key).exists()
            assert not Group.objects.get(pk=key).permissions.filter(codename="access_admin").exists()


def test_own_roles_of_one_shop_are_not_there_in_the_next():
    code = own_role(A, Right.VIEW_ORDERS)
    with office_schema(B):
        assert code not in roles_here() and not UserGroup.objects.filter(group__name=code).exists()


def test_whole_roles_are_the_ones_that_may_do_everything():
    assert {code for code in WHOLE if code in MERCHANT_ROLES or code in MARKET_ROLES} == {"owner", "operator"}
