"""The row of a list: `{% row name %} {% cell "key" %}…{% endcell %} {% endrow %}`. Cells stand in the order of the columns that are chosen."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()


class CellNode(template.Node):
    def __init__(self, key: str, body: NodeList) -> None:
        self.key, self.nodelist = key, body

    def render(self, context: template.Context) -> SafeString:
        return self.nodelist.render(context)


class RowNode(template.Node):
    def __init__(self, name: FilterExpression, cells: dict[str, CellNode]) -> None:
        self.name, self.cells = name, cells

    def render(self, context: template.Context) -> SafeString:
        parts = ['<tr data-row tabindex="-1">', tick(context, self.name.resolve(context)) if context.get("bulk") else ""]
        columns = context.get("columns")  # outside a list, as on an order's page, a row shows all it has
        parts += [self.cells[column.key].render(context) for column in columns] if columns else [cell.render(context) for cell in self.cells.values()]
        return mark_safe("".join([*parts, "</tr>"]))  # noqa: S308  cells are rendered templates


def tick(context: template.Context, name: Any) -> SafeString:
    """The box before a row; its amount, in minor units, is added up in the bar of what is chosen."""
    row, amount_of = context["row"], context["list"].amount
    amount = getattr(row, amount_of) if amount_of else None
    sum_up = format_html(' data-minor="{}" data-currency="{}"', amount.minor, amount.currency) if amount is not None else ""
    state = " checked disabled" if context.get("is_all") else ""
    label = _("Choose {name}").format(name=name)
    return format_html(
        '<td class="tick"><input type="checkbox" class="check" name="chosen" value="{}" form="bulk" aria-label="{}"{}{}></td>', row.pk, label, sum_up, state
    )


@register.tag
def row(parser: Parser, token: Token) -> RowNode:
    _tag, name = token.split_contents()
    body = parser.parse(("endrow",))
    parser.delete_first_token()
    cells = {node.key: node for node in body if isinstance(node, CellNode)}
    return RowNode(parser.compile_filter(name), cells)


@register.tag
def cell(parser: Parser, token: Token) -> CellNode:
    _tag, key = token.split_contents()
    body = parser.parse(("endcell",))
    parser.delete_first_token()
    return CellNode(key.strip("\"'"), body)
