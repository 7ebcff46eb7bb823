"""What pages about staff say of roles."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from marketplace.web.staff.choices import duty_warnings
from tenants.access.rights import Right
from tenants.access.staff import Role

register = template.Library()


@register.filter
def rights_of_role(role: Role) -> list[str]:
    """What a role allows, in words."""
    return [_(right.label) for right in Right if right in role.rights]


@register.filter
def role_warnings(role: Role) -> list[str]:
    return duty_warnings([role])


@register.filter
def add_text(text: str, more: object) -> str:
    return f"{text}{more}"
