"""People and their memberships: verbs."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.verbs import verb
from tenants.access.models import UserGroup
from tenants.accounts.addresses import checked_address
from tenants.accounts.models import Membership, User
from tenants.accounts.proving import check_own_password
from tenants.accounts.sign_ins import end_sessions
from tenants.tenancy.schemas import merchant_schema, public_schema


@verb
def ensure_person(*, by: Actor, email: str, name: str = "", password: str | None = None, language: str = "") -> User:
    """The person with this address, made first if there is none. A password is set only for a new person. Raises InvalidInput."""
    email = checked_address(email.lower())
    with transaction.atomic():
        if known := User.objects.filter(email__iexact=email).first():
            return known
        user = User.objects.create_user(email, password, name=name, language=language)
        audit(by=by, action="person.made", subject="person", subject_id=user.pk, after={"email": email, "name": name})
    return user


@verb
def sign_out_elsewhere(*, by: Actor, request: HttpRequest, password: str) -> None:
    """End all sessions of the person but the request's. Raises InvalidInput for a wrong password.

    A session is bound to the stored form of the password: storing the same password anew is what ends the others.
    """
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=by.person)
        check_own_password(row, password)
        row.set_password(password)
        row.save(update_fields=["password"])
        audit(by=by, action="person.signed_out_elsewhere", subject="person", subject_id=row.pk)
        update_session_auth_hash(request, row)
        end_sessions(row.pk, but=request)


@verb
def give_role(*, by: Actor, user_id: UUID, role: str, merchant_id: UUID | None) -> None:
    """Let a person work for a merchant (None: for the operator) in a role. Safe to repeat."""
    with transaction.atomic():
        Membership.objects.update_or_create(user_id=user_id, merchant_id=merchant_id, defaults={"is_active": True, "ended_at": None})
        with merchant_schema(merchant_id) if merchant_id else public_schema():
            group = Group.objects.get(name=role)
            _row, made = UserGroup.objects.get_or_create(user_id=user_id, group=group)
        if made:
            audit(by=by, action="role.given", subject="person", subject_id=user_id, merchant_id=merchant_id, after={"role": role})
