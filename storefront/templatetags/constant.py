"""`translate` and `url` as Django has them, made once where they say the same on every page: a text without variables, an address without arguments."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from django import template
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.templatetags.i18n import TranslateNode, do_translate
from django.urls import get_urlconf
from django.utils.translation import get_language

register = template.Library()


class Constant(Node):
    """What the node gave the first time, for each value of what it depends on."""

    def __init__(self, node: Node, depends_on: Callable[[], Hashable]) -> None:
        self.node, self.depends_on = node, depends_on
        self.known: dict[Hashable, str] = {}

    def render(self, context: Context) -> str:
        key = (self.depends_on(), context.autoescape)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self.node.render(context)
        return found


@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    node: TranslateNode = do_translate(parser, token)
    is_constant = not node.asvar and _is_literal(node.filter_expression) and (node.message_context is None or _is_literal(node.message_context))
    return Constant(node, get_language) if is_constant else node


@register.tag("url")
def url(parser: Parser, token: Token) -> Node:
    node: URLNode = django_url(parser, token)
    is_constant = not (node.asvar or node.args or node.kwargs) and _is_literal(node.view_name) and ":" not in token.contents
    return Constant(node, get_urlconf) if is_constant else node


def _is_literal(said: FilterExpression) -> bool:
    return not said.filters and getattr(said.var, "lookups", None) is None
