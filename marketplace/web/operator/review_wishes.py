"""What a product asks of its buyers, as the operator who reviews reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel.formats import format_money
from marketplace.kernel.money import Money
from marketplace.platform.customising.fields import Field, Kind, Signs, fields_of


def wishes_told(form: Mapping[str, Any] | None, currency: str) -> list[str]:
    """A line for each field and each of its choices, in every language in which it says something; nothing of what is sold as it is."""
    custom = (form or {}).get("customising") or {}
    lines: list[str] = []
    for field in fields_of(custom.get("fields", ())):
        lines.append(" · ".join([_both(field.labels), *_rules(field), *_cost(field.surcharge_minor, currency)]))
        if field.hints:
            lines.append(f"– {_both(field.hints)}")
        lines += [f"– {' · '.join([_both(one.names), *_cost(one.surcharge_minor, currency)])}" for one in field.choices]
    if lines and custom.get("days"):
        lines.append(ngettext("leaves {n} day later", "leaves {n} days later", custom["days"]).format(n=custom["days"]))
    return lines


def _both(texts: Mapping[str, str]) -> str:
    return " / ".join(texts[code] for code in ("zh-hans", "en") if texts.get(code))


def _rules(field: Field) -> list[str]:
    found = [str(Kind(field.kind).label)]
    if field.kind == Kind.TEXT:
        found += [ngettext("up to {n} character", "up to {n} characters", field.most).format(n=field.most), str(Signs(field.signs).label)]
        found += [_("several lines")] if field.has_lines else []
        found += [_("emoji")] if field.has_emoji else []
    elif field.kind == Kind.NUMBER:
        found.append(f"{field.least} – {field.greatest} {field.unit}".strip())
    return [*found, _("required") if field.is_required else _("optional")]


def _cost(minor: int, currency: str) -> list[str]:
    return [f"+{format_money(Money(minor, currency))}"] if minor else []
