"""The database connection as django-tenants makes it: it knows which schema is open. Untyped, because its type does not say so."""

from __future__ import annotations

from typing import Any

from django.db import connection as _connection

connection: Any = _connection
