"""Roles as forms offer them, and what speaks against holding some of them together."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tenants.access.duties import clashes
from tenants.access.staff import Role, all_rights


class RolesField(forms.MultipleChoiceField):
    """At least one role; drawn by `staff/_role_choices.html`."""

    def __init__(self) -> None:
        super().__init__(label=_lazy("Roles"), error_messages={"required": _lazy("Choose at least one role.")})


def role_choices(roles: Iterable[Role]) -> list[tuple[str, str]]:
    return [(role.code, role.name) for role in roles]


def duty_warnings(roles: Iterable[Role]) -> list[str]:
    """Pairs of duties that these roles hold together, in a sentence each; nothing for who may do everything."""
    held = list(roles)
    if any(role.is_whole for role in held):
        return []
    return [
        _("“{first}” and “{second}” in one hand: {why}.").format(first=_(pair.first.label), second=_(pair.second.label), why=pair.why)
        for pair in clashes(all_rights(held))
    ]
