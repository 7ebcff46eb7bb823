"""Fields whose text lies encrypted in the database, and what stands for it in memory: a `Secret`, which nobody prints by accident.

    number = EncryptedTextField()
    number_print = BlindIndexField(of="number")       # for `filter(number_print__in=prints(BankAccount, "number", "6222…"))`

`row.number` is a Secret: it shows dots in templates, logs, errors and JSON, and `row.number.plain()` opens it. What is encrypted opens
in its own row and column only. It is written by `save()`, `create()` and `bulk_create()`; `update()`, `bulk_update()` and filters refuse it.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from marketplace.kernel.field_keys import print_of, prints_of, seal, unseal

DOTS = "••••"


class _Sealed(str):
    """Encrypted text on its way to the database."""


class Secret:
    """A text that is not shown. Falsy where there is none."""

    __slots__ = ("_place", "_plain", "_sealed")

    def __init__(self, *, plain: str | None = None, sealed: str = "", place: str = "") -> None:
        self._plain, self._sealed, self._place = plain, sealed, place

    def plain(self) -> str:
        """What it says. Raises KeyMissing, Unreadable. Who calls it writes down why (see tests/architecture/test_secrets.py)."""
        if self._plain is not None:
            return self._plain
        return unseal(self._sealed, self._place) if self._sealed else ""

    def at(self, place: str) -> str:
        """Encrypted for a place; what came from there is kept as it is."""
        if self._sealed and self._place == place:
            return self._sealed
        text = self.plain()
        return seal(text, place) if text else ""

    def __bool__(self) -> bool:
        return bool(self._plain or self._sealed)

    def __str__(self) -> str:
        return DOTS if self else ""

    __repr__ = __str__

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not put into caches, messages or files")


def place_of(field: models.Field[Any, Any], key: object) -> str:
    return f"{field.model._meta.db_table}.{field.column}:{key}"


def column_of(model: type[models.Model], name: str) -> str:
    return f"{model._meta.db_table}.{model._meta.get_field(name).column}"  # type: ignore[union-attr]


class _SecretAttribute(DeferredAttribute):
    """Takes a text or a Secret, and gives a Secret that knows where it lies."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        held = super().__get__(instance, cls)
        if isinstance(held, Secret) and held._sealed and not held._place:
            held._place = place_of(self.field, instance.pk)
        return held

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value if isinstance(value, Secret) else Secret(plain=str(value or ""))


class EncryptedTextField(models.TextField):
    """Text of any length, encrypted with the current key for its row and column. Empty is kept as empty. The key of the row is made by us
    (a UUID), so that it is known before the row is written."""

    _pyi_private_set_type: str | Secret  # type: ignore[assignment]  # for the type checker
    _pyi_private_get_type: Secret  # type: ignore[assignment]
    descriptor_class = _SecretAttribute

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else Secret(sealed=value)

    def to_python(self, value: Any) -> Any:
        return value

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        if instance.pk is None:
            raise ValueError(f"{instance._meta.label} needs its key before {self.name} can be encrypted")
        return _Sealed(getattr(instance, self.attname).at(place_of(self, instance.pk)))

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "" or isinstance(value, _Sealed):
            return value if value is None else str(value)
        raise TypeError(f"{self.model._meta.label}.{self.name} is written by save() only: update() does not know the row it would be encrypted for")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.model._meta.label}.{self.name} is encrypted, so nothing is found by it; a BlindIndexField finds equal ones")

    def value_to_string(self, obj: models.Model) -> str:
        return DOTS if getattr(obj, self.attname) else ""


class BlindIndexField(models.CharField):
    """The fingerprint of an EncryptedTextField of the same row, written with it."""

    def __init__(self, *args: Any, of: str = "", **options: Any) -> None:
        self.of = of
        options.setdefault("max_length", 90)
        options.setdefault("db_index", True)
        options.setdefault("editable", False)
        options.setdefault("default", "")
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "of": self.of}

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        text = getattr(instance, self.of).plain()
        made = print_of(text, column_of(type(instance), self.of)) if text else ""
        setattr(instance, self.attname, made)
        return made


class TailField(models.CharField):
    """The last signs of an EncryptedTextField of the same row, which everybody may see; nothing of a text so short that they would tell it."""

    def __init__(self, *args: Any, of: str = "", **options: Any) -> None:
        self.of = of
        options.setdefault("editable", False)
        options.setdefault("default", "")
        super().__init__(*args, **{"max_length": 4} | options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "of": self.of}

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        text = getattr(instance, self.of).plain()
        made = text[-self.max_length :] if self.max_length and len(text) >= 2 * self.max_length else ""
        setattr(instance, self.attname, made)
        return made


def prints(model: type[models.Model], name: str, text: str) -> list[str]:
    """What to look for in the BlindIndexField of `name` to find rows with this text."""
    return prints_of(text, column_of(model, name))
