"""Who has which role, per schema: this app's tables exist in the public schema and in every merchant's.

So a person who is an editor of one merchant is nobody at the next.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import models

from tenants.access.rights import Right


class UserGroup(models.Model):
    """A person's role in this schema."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="one_role_once")]


class UserPermission(models.Model):
    """A single permission of a person in this schema. We give roles only; Django's interface asks for the table."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    permission = models.ForeignKey(Permission, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "permission"], name="one_permission_once")]


class OwnRole(models.Model):
    """A role that a shop, or the market, made for itself: the group that carries its rights, and what it is called."""

    group = models.OneToOneField(Group, primary_key=True, on_delete=models.CASCADE, related_name="+")
    names = models.JSONField()  # language code → name


class BackOffice(models.Model):
    """No table: the content type that our permissions hang on."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [(right.codename, right.label) for right in Right]
