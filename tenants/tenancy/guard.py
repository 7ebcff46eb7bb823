"""A row remembers the schema it was read or made in, and refuses to be saved, deleted or related in another.

Without this, a row of merchant A that is saved while B's schema is open overwrites B's row with the same key.
Our own merchant tables use `MerchantModel`, whose querysets are bound to their schema as well; tables of Django and
Wagtail that exist in every schema are guarded by signals.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.signals import m2m_changed, post_init, pre_delete, pre_save

from marketplace.kernel.ids import new_id
from tenants.tenancy.link import connection


class WrongSchema(RuntimeError):
    """A row or query of one schema was used in another: always a defect, stopped before it does harm."""


def _here() -> str:
    return str(connection.schema_name)


def _home(row: models.Model) -> str | None:
    return getattr(row._state, "home_schema", None)


def check(row: models.Model) -> None:
    """Raise WrongSchema unless the row belongs to the schema that is open."""
    home = _home(row)
    if home is not None and home != _here():
        raise WrongSchema(f"{row._meta.label} {row.pk} belongs to {home}, not to {_here()}")


class MerchantQuerySet(models.QuerySet[Any]):
    """A queryset that runs only in the schema it was made in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._home_schema = _here()

    def _clone(self) -> MerchantQuerySet:
        clone: MerchantQuerySet = super()._clone()  # type: ignore[misc]
        clone._home_schema = self._home_schema
        return clone

    def _check(self) -> None:
        if self._home_schema != _here():
            raise WrongSchema(f"a query on {self.model._meta.label} was made in {self._home_schema} and runs in {_here()}: evaluate it inside")

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._check()
        super()._fetch_all()  # type: ignore[misc]

    def iterator(self, *args: Any, **kwargs: Any) -> Any:
        self._check()
        for row in super().iterator(*args, **kwargs):
            self._check()
            yield row

    def update(self, **kwargs: Any) -> int:
        self._check()
        return super().update(**kwargs)

    def delete(self) -> Any:
        self._check()
        return super().delete()

    def count(self) -> int:
        self._check()
        return super().count()

    def exists(self) -> bool:
        self._check()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> Any:
        self._check()
        return super().aggregate(*args, **kwargs)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        objs = list(objs)
        check_rows(objs)
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> int:
        objs = list(objs)
        check_rows(objs)
        return super().bulk_update(objs, *args, **kwargs)


def check_rows(rows: Iterable[models.Model]) -> None:
    """check() for many, and for what they point at."""
    here = _here()
    for row in rows:
        if _home(row) not in (None, here):
            check(row)
        if row._state.fields_cache:
            _check_related(row)


class MerchantModel(models.Model):
    """Base of every table of a merchant's own schema."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    objects = MerchantQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


def _is_per_schema(model: type[models.Model]) -> bool:
    return apps.get_app_config(model._meta.app_label).name in settings.TENANT_APPS


def _stamp(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    instance._state.home_schema = _here()  # type: ignore[attr-defined]


def _check_related(row: models.Model) -> None:
    for name, related in row._state.fields_cache.items():
        if isinstance(related, models.Model) and _home(related) not in (None, _here()):
            raise WrongSchema(f"{row._meta.label}.{name} points at a row of {_home(related)}, not of {_here()}")


def _before_save(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    check(instance)
    _check_related(instance)


def _before_delete(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    check(instance)


def _before_relate(sender: type[models.Model], instance: models.Model, action: str, **kwargs: Any) -> None:
    if action.startswith("pre_"):
        check(instance)


def install() -> None:
    """Guard every table that exists in merchant schemas, ours and others'."""
    for model in apps.get_models(include_auto_created=True):
        if _is_per_schema(model):
            post_init.connect(_stamp, sender=model, dispatch_uid=f"guard-{model._meta.label}")
            pre_save.connect(_before_save, sender=model, dispatch_uid=f"guard-{model._meta.label}")
            pre_delete.connect(_before_delete, sender=model, dispatch_uid=f"guard-{model._meta.label}")
            for field in model._meta.local_many_to_many:
                m2m_changed.connect(_before_relate, sender=field.remote_field.through, dispatch_uid=f"guard-{model._meta.label}-{field.name}")
