"""Long lists of keys in a condition: one parameter, and not one for each.

`key__in=[…]` of some hundred keys is a third of the work of making the statement, for Django and for psycopg. PostgreSQL reads a list of constants as
an array anyway, so plans are the same.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import ForeignKey, UUIDField
from django.db.models.expressions import Col
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In

LONG = 9  # keys


class _AsArray(In):
    """`= ANY` for a long list of UUIDs; for whatever else as Django does it."""

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        if not self.rhs_is_direct_value() or len(self.rhs) < LONG or not isinstance(self.lhs, Col):
            return self.as_sql(compiler, connection)
        field = self.lhs.output_field
        field = field.target_field if isinstance(field, ForeignKey) else field
        if not isinstance(field, UUIDField) or any(hasattr(key, "resolve_expression") for key in self.rhs):
            return self.as_sql(compiler, connection)
        keys = [field.get_db_prep_value(key, connection, prepared=True) for key in dict.fromkeys(self.rhs) if key is not None]
        if not keys:
            raise EmptyResultSet
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::uuid[])", [*params, keys]


class KeyIn(_AsArray):
    lookup_name = "in"


class RelatedKeyIn(_AsArray, RelatedIn):
    lookup_name = "in"


def install() -> None:
    UUIDField.register_lookup(KeyIn)
    ForeignKey.register_lookup(RelatedKeyIn)
