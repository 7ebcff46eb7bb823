"""Figures of stock in templates."""

from __future__ import annotations

from django import template

from marketplace.kernel.formats import format_count

register = template.Library()


@register.filter
def signed(number: int) -> str:
    """A change with its sign: +3, −3."""
    return f"+{format_count(number)}" if number > 0 else f"−{format_count(-number)}" if number < 0 else "0"
