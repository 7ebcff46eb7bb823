"""People and their memberships: verbs."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.verbs import verb
from tenants.access.models import UserGroup
from tenants.accounts.models import Membership, User
from tenants.tenancy.schemas import merchant_schema, public_schema


@verb
def ensure_person(*, by: Actor, email: str, name: str = "", password: str | None = None, language: str = "") -> User:
    """The person with this address, made first if there is none. A password is set only for a new person. Raises InvalidInput."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise InvalidInput(field="email", why=_("“{email}” is not an e-mail address.").format(email=email)) from wrong
    with transaction.atomic():
        if known := User.objects.filter(email__iexact=email).first():
            return known
        user = User.objects.create_user(email, password, name=name, language=language)
        audit(by=by, action="person.made", subject="person", subject_id=user.pk, after={"email": email, "name": name})
    return user


@verb
def give_role(*, by: Actor, user_id: UUID, role: str, merchant_id: UUID | None) -> None:
    """Let a person work for a merchant (None: for the operator) in a role. Safe to repeat."""
    with transaction.atomic():
        Membership.objects.update_or_create(user_id=user_id, merchant_id=merchant_id, defaults={"is_active": True})
        with merchant_schema(merchant_id) if merchant_id else public_schema():
            group = Group.objects.get(name=role)
            _row, made = UserGroup.objects.get_or_create(user_id=user_id, group=group)
        if made:
            audit(by=by, action="role.given", subject="person", subject_id=user_id, merchant_id=merchant_id, after={"role": role})
