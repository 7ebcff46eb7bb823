"""Log and journal as back offices read them."""

from __future__ import annotations

from django import template

from marketplace.kernel.models import AuditEvent
from marketplace.web import told
from marketplace.web.log_things import subject_in_words
from marketplace.web.logs import integrity_of_log

register = template.Library()
register.filter(told.action_in_words)
register.filter(told.why_in_words)
register.filter(told.entry_in_words)
register.filter(subject_in_words)
register.simple_tag(integrity_of_log)


@register.filter
def changes(row: AuditEvent) -> list[tuple[str, str, str]]:
    """Field, before and after of each field that changed."""
    return list(told.changes(row.before, row.after))
