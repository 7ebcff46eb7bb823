"""Log and journal as back offices read them."""

from __future__ import annotations

from django import template

from marketplace.kernel.models import AuditEvent
from marketplace.web import told

register = template.Library()
register.filter(told.action_in_words)
register.filter(told.why_in_words)
register.filter(told.entry_in_words)


@register.filter
def changes(row: AuditEvent) -> list[tuple[str, str, str]]:
    """Field, before and after of each field that changed."""
    return list(told.changes(row.before, row.after))
