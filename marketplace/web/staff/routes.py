"""The pages about staff, at the same addresses in workbench and console."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import URLPattern

from marketplace.web.lists.pages import ListPage
from marketplace.web.staff import invitations, people, roles
from tenants.access.rights import Right
from tenants.access.rules import Rule, route


def staff_routes(may: Callable[..., Rule], right: Right, the_list: ListPage) -> list[URLPattern]:
    """`may` is staff or operator. What each role allows may be read by everybody who works there; the rest needs the right."""
    manage = may(right)
    return [
        route("staff/", the_list, may=manage, name="staff", methods="GET POST"),
        route("staff/invite/", invitations.invite_page, may=manage, name="staff-invite", methods="GET POST"),
        route("staff/invitations/", invitations.invitations, may=manage, name="staff-invitations"),
        route("staff/invitations/<uuid:invitation_id>/again/", invitations.again, may=manage, name="staff-invitation-again", methods="POST"),
        route("staff/invitations/<uuid:invitation_id>/take-back/", invitations.taken_back, may=manage, name="staff-invitation-taken-back", methods="POST"),
        route("staff/roles/", roles.matrix, may=may(), name="staff-roles"),
        route("staff/roles/new/", roles.role_new, may=manage, name="staff-role-new", methods="GET POST"),
        route("staff/roles/<int:group_id>/", roles.role, may=manage, name="staff-role", methods="GET POST"),
        route("staff/roles/<int:group_id>/delete/", roles.role_deleted, may=manage, name="staff-role-deleted", methods="POST"),
        route("staff/<uuid:membership_id>/", people.person, may=manage, name="staff-person"),
        route("staff/<uuid:membership_id>/roles/", people.roles_changed, may=manage, name="staff-person-roles", methods="POST"),
        route("staff/<uuid:membership_id>/end/", people.ended, may=manage, name="staff-person-end", methods="POST"),
    ]
