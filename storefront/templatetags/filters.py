"""The filters of a list page. There are hundreds of them, and all stand on the page twice, so they are made once, and their rows without a template."""

from __future__ import annotations

from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from marketplace.kernel.formats import format_count
from storefront.shop.search_page import Group, Row
from storefront.templatetags.market import html_language, icon

register = template.Library()

AT = "\0at\0"  # where the copies differ; no text of ours holds a NUL


@register.simple_tag(takes_context=True)
def filters(context: template.Context) -> dict[str, SafeString]:
    """What shop/_facets.html makes, for the `column` and for the `sheet`, whose links come back with the sheet open."""
    engine = context.template.engine  # type: ignore[union-attr]
    with context.push(at=AT):
        made = engine.get_template("shop/_facets.html").render(context)
    return {"column": mark_safe(made.replace(AT, "")), "sheet": mark_safe(made.replace(AT, "#filters"))}  # noqa: S308  as it was made


@register.simple_tag(takes_context=True)
def facet_rows(context: template.Context, group: Group, classes: str = "truncate") -> SafeString:
    """What one can choose of a group, each with the address that chooses it; `classes` of its name."""
    about = pgettext("estimated count", "about {n}") if context["answer"].is_estimate else "{n}"
    return mark_safe("".join(_row(row, group.parameter, about.format(n=format_count(row.count)), classes) for row in group.rows))  # noqa: S308  escaped there


def _row(row: Row, parameter: str, count: str, classes: str) -> str:
    chosen, ticked, tick = (" font-semibold", " bg-brand! border-brand! text-on-brand", icon("check", "xs")) if row.is_chosen else ("", "", "")
    language = f' lang="{html_language(row.language)}"' if row.language else ""
    return (
        f'<li><a href="{escape(row.href)}{AT}" data-facet="{parameter}:{row.id}" rel="nofollow" role="checkbox" aria-checked="{str(row.is_chosen).lower()}"'
        f' class="facet{chosen}"><span class="check size-4.5!{ticked}">{tick}</span><span class="min-w-0 {classes}"{language}>{escape(row.name)}</span>'
        f'<span class="count ms-auto">{escape(count)}</span></a></li>'
    )
