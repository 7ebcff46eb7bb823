"""The form of a rule of search, and its parts in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.kernel.texts import localised
from marketplace.platform.listings.models import Listing
from marketplace.platform.taxonomy.models import Brand, Category
from marketplace.web.rule_form import called
from search.models import SearchRule
from search.rules import merged_of
from search.ruling import MOST_PINS, Draft, draft
from tenants.tenancy.models import Merchant

Kind = SearchRule.Kind
ONS = [
    ("category", _lazy("A category, with everything below it")),
    ("brand", _lazy("A brand")),
    ("shop", _lazy("A shop")),
    ("listing", _lazy("One product")),
]
FACTORS = [
    ("5.0", pgettext_lazy("search rule", "Far higher (times 5)")),
    ("2.0", pgettext_lazy("search rule", "Higher (times 2)")),
    ("1.25", pgettext_lazy("search rule", "A little higher (times 1.25)")),
    ("0.8", pgettext_lazy("search rule", "A little lower (times 0.8)")),
    ("0.5", pgettext_lazy("search rule", "Lower (half)")),
    ("0.2", pgettext_lazy("search rule", "Far lower (a fifth)")),
]
HOWS = [
    ("whole", pgettext_lazy("search rule", "exactly these words, in any order")),
    ("holds", pgettext_lazy("search rule", "these words, and others beside them")),
]
# What each kind asks for, and what its words are.
FIELDS: dict[str, tuple[str, ...]] = {
    Kind.SYNONYMS: ("words",),
    Kind.LEADS: ("words", "into"),
    Kind.STOPS: ("words",),
    Kind.PINS: ("words", "how", "listings"),
    Kind.WEIGHT: ("words", "how", "on", "which", "factor"),
}
WORDS: dict[str, Any] = {
    Kind.SYNONYMS: (_lazy("Words that mean the same"), _lazy("Two or more, one a line. Who searches for one finds the others, too, a little lower.")),
    Kind.LEADS: (_lazy("Who searches for"), _lazy("One a line. The other direction does not hold.")),
    Kind.STOPS: (_lazy("Words to leave out"), _lazy("One a line. Left out of a search where other words remain.")),
    Kind.PINS: (_lazy("For searches of"), _lazy("One a line: each line is a search of its own")),
    Kind.WEIGHT: (_lazy("For searches of"), _lazy("One a line: each line is a search of its own")),
}
LINES = forms.Textarea({"rows": 4})
_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def keys_in(text: str) -> list[UUID]:
    """Keys of goods, as they stand in addresses or alone."""
    return list(dict.fromkeys(UUID(found) for found in _KEY.findall(text.lower())))


class SearchRuleForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    words = forms.CharField(max_length=8000, widget=LINES)
    into = forms.CharField(label=_lazy("Also finds"), max_length=8000, widget=LINES, help_text=_lazy("One a line"))
    how = forms.ChoiceField(label=_lazy("It holds for searches of"), choices=HOWS)
    listings = forms.CharField(
        label=_lazy("Goods, the first at the top"),
        max_length=4000,
        widget=LINES,
        help_text=_lazy("One address or key of a product a line. They stand first where they fit the filters that the buyer chose."),
    )
    on = forms.ChoiceField(label=_lazy("What stands higher or lower"), choices=ONS)
    which = forms.CharField(
        label=_lazy("Which one"), max_length=300, help_text=_lazy("Its name; of a shop also its web address; of a product its address or key")
    )
    factor = forms.ChoiceField(label=_lazy("By how much"), choices=FACTORS, initial="2.0")
    language = forms.ChoiceField(label=_lazy("On pages in"), required=False, choices=[("", _lazy("All languages")), *settings.LANGUAGES])
    why = forms.CharField(label=_lazy("Why"), max_length=500, required=False, help_text=_lazy("Kept in the log with your name"))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in {name for names in FIELDS.values() for name in names} - set(FIELDS[kind]):
            del self.fields[name]
        self.fields["words"].label, self.fields["words"].help_text = WORDS[kind]

    def clean_listings(self) -> list[UUID]:
        lines = [line for line in self.cleaned_data["listings"].splitlines() if line.strip()]
        keys = keys_in("\n".join(lines))
        if not keys or any(not keys_in(line) for line in lines):
            raise forms.ValidationError(_("Name goods by their address or key, one a line; at most {most}.").format(most=MOST_PINS))
        return keys

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.kind == Kind.WEIGHT and data.get("which") and data.get("on"):
            found = keys_called(data["on"], data["which"])
            if len(found) != 1:
                why = _("“{name}” is not known. Write it as it stands on its page.") if not found else _("Several are called “{name}”. Write its number.")
                self.add_error("which", why.format(name=data["which"]))
            else:
                data["key"] = found[0]
        return data

    def wanted(self) -> Draft:
        """As the verb takes it. Raises InvalidInput."""
        data = self.cleaned_data
        body: dict[str, Any] = {name: data[name].splitlines() for name in ("words", "into") if name in data}
        body |= {name: data[name] for name in ("how", "listings", "on", "key", "factor") if name in data}
        return draft(kind=self.kind, language=data["language"], body=body)


def keys_called(on: str, text: str) -> list[int | UUID]:
    """Keys of what is called so: two at most."""
    text = " ".join(text.split())
    if on == "listing":
        return list[int | UUID](keys_in(text)[:2])
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
    if on == "shop":
        shops = Merchant.objects.filter(slug=text.lower()) or Merchant.objects.filter(called(text))
        return list(shops.values_list("ordinal", flat=True)[:2])
    model: Any = Category if on == "category" else Brand
    rows = model.objects.filter(merged_into=None)
    named = rows.filter(pk=number) if number and rows.filter(pk=number).exists() else rows.filter(called(text))
    return list(named.values_list("pk", flat=True)[:2]) or list(merged_of(on, [number] if number else []).values())


def begun(row: SearchRule | None, asked: Any) -> dict[str, Any]:
    """What the fields begin with: of the rule, or of the page that led here."""
    if row is None:
        text = " ".join(asked.get("words", "").split())[:200]
        return {"words": text + "\n" if text else "", "listings": "\n".join(map(str, keys_in(asked.get("listing", "")[:400]))), "how": "whole"}
    body = row.body
    which = ""
    if row.kind == Kind.WEIGHT:
        # A number is never ambiguous; a shop is known by its web address.
        which = Merchant.objects.filter(ordinal=body["key"]).values_list("slug", flat=True).first() or "" if body["on"] == "shop" else str(body["key"])
    return {
        "seen": row.version,
        "words": "\n".join(row.said("words")),
        "into": "\n".join(row.said("into")),
        "listings": "\n".join(row.said("listings")),
        "how": body.get("how", "whole"),
        "on": body.get("on", ""),
        "which": which,
        "factor": str(body.get("factor", "")),
        "language": row.language,
    }


def names_of(targets: Iterable[tuple[str, int | UUID]]) -> dict[tuple[str, int | UUID], str]:
    """What categories, brands, shops (by ordinal) and goods are called, what was merged by the other's name; a query or two a kind."""
    wanted: dict[str, set[Any]] = {}
    for on, key in targets:
        wanted.setdefault(on, set()).add(key)
    found: dict[tuple[str, int | UUID], str] = {}
    for on, (model, name, texts) in {
        "category": (Category, "pk", "names"),
        "brand": (Brand, "pk", "names"),
        "shop": (Merchant, "ordinal", "names"),
        "listing": (Listing, "pk", "titles"),
    }.items():
        if keys := wanted.get(on):
            into = merged_of(on, keys)
            rows = model.objects.filter(**{f"{name}__in": {into.get(key, key) for key in keys}})  # type: ignore[attr-defined]
            called_so = {getattr(row, name): localised(getattr(row, texts)).text for row in rows}
            found |= {(on, key): called_so[into.get(key, key)] for key in keys if into.get(key, key) in called_so}
    return found


def effect_of(row: SearchRule, names: dict[tuple[str, int | UUID], str]) -> str:
    """What a rule does, in words."""
    if row.kind == Kind.LEADS:
        return "→ " + ", ".join(row.said("into"))
    if row.kind == Kind.PINS:
        return ", ".join(names.get(("listing", key), str(key)) for key in row.pins())
    if weight := row.weight():
        return f"{names.get(weight[:2], weight[1])}: {dict(FACTORS).get(str(weight[2]), str(weight[2]))}"
    return ""


def targets_of(rows: Iterable[SearchRule]) -> list[tuple[str, int | UUID]]:
    """What these rules pin or weigh."""
    found: list[tuple[str, int | UUID]] = []
    for row in rows:
        found += [("listing", key) for key in row.pins()]
        if weight := row.weight():
            found.append(weight[:2])
    return found
