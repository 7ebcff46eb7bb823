"""A shop's size tables: the list, and entering one. Rows are typed or pasted from a spreadsheet, one size a line."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.listing_details import as_read
from marketplace.flows.size_tables import remove_size_table, save_size_table
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.merchant.catalogue.models import Product, SizeTable
from marketplace.merchant.catalogue.sizes import LONGEST_NAME, LONGEST_NOTE, MOST_COLUMNS, UNITS, SizeTableInput
from marketplace.platform.taxonomy.models import Category
from marketplace.platform.taxonomy.queries import path_name
from tenants.access.actors import actor_of

UNIT_CHOICES = [(unit, unit or _lazy("no unit")) for unit in UNITS]


class SizeTableForm(forms.Form):
    table_id = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_lazy("Name, for yourself"), max_length=60)
    rows = forms.CharField(
        label=_lazy("Sizes and measures"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "num"}),
        help_text=_lazy("One size a line: the size, then a measure for each column, such as: M 98-102 68. Lines of a spreadsheet can be pasted."),
    )
    notes_zh = forms.CharField(label=_lazy("How it is measured, in Chinese"), max_length=LONGEST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    notes_en = forms.CharField(label=_lazy("How it is measured, in English"), max_length=LONGEST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    categories = forms.MultipleChoiceField(
        label=_lazy("For these categories of your goods"),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "check"}),
        help_text=_lazy("Products that name no table of their own show it. Of two tables the one saved last has the category."),
    )

    def __init__(self, *args: Any, table: SizeTable | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = set(Product.objects.values_list("category_id", flat=True).distinct()[:200]) | set(table.category_ids if table else ())
        found = sorted((path_name(row), str(row.pk)) for row in Category.objects.filter(pk__in=keys))
        self.fields["categories"].choices = [(key, name) for name, key in found]  # type: ignore[attr-defined]
        for n in range(MOST_COLUMNS):
            self.fields[f"name_zh_{n}"] = forms.CharField(label=_("Column {n} in Chinese").format(n=n + 1), max_length=LONGEST_NAME, required=False)
            self.fields[f"name_en_{n}"] = forms.CharField(label=_("Column {n} in English").format(n=n + 1), max_length=LONGEST_NAME, required=False)
            self.fields[f"unit_{n}"] = forms.ChoiceField(label=_("Unit of column {n}").format(n=n + 1), choices=UNIT_CHOICES, required=False, initial="cm")

    def columns(self) -> list[dict[str, Any]]:
        return [{"n": n, "zh": self[f"name_zh_{n}"], "en": self[f"name_en_{n}"], "unit": self[f"unit_{n}"]} for n in range(MOST_COLUMNS)]

    def meant(self) -> SizeTableInput:
        """Of a valid form."""
        data = self.cleaned_data
        names = [({"zh-hans": data[f"name_zh_{n}"], "en": data[f"name_en_{n}"]}, data[f"unit_{n}"]) for n in range(MOST_COLUMNS)]
        columns = [(texts, unit) for texts, unit in names if any(text.strip() for text in texts.values())]
        return SizeTableInput(
            name=data["name"],
            columns=columns,
            rows=read_rows(data["rows"]),
            notes={"zh-hans": data["notes_zh"], "en": data["notes_en"]},
            category_ids=[int(key) for key in data["categories"]],
        )


def read_rows(text: str) -> list[tuple[str, list[str]]]:
    """Lines of a spreadsheet (tabs), or typed with commas, semicolons or spaces between: whichever comes first in this order is what separates."""
    mark = next((mark for mark in ("\t", ";", "；", ",", "，") if mark in text), None)
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in (line.split(mark) if mark else re.split(r"\s+", line.strip()))]
        if any(cells):
            found.append((cells[0], cells[1:]))
    return found


def size_tables(request: HttpRequest) -> HttpResponse:
    rows: list[Any] = list(SizeTable.objects.order_by("name"))
    categories = Category.objects.in_bulk({key for row in rows for key in row.category_ids})
    for row in rows:
        row.categories = [categories[key].name for key in row.category_ids if key in categories]
        row.sizes = [size for size, _cells in row.rows]
        row.used = row.products.count()
    return render(request, "seller/sizes/tables.html", {"title": _("Size tables"), "tables": rows})


def size_table(request: HttpRequest, table_id: UUID | None = None) -> HttpResponse:
    """Enter a new table, or change one."""
    table = SizeTable.objects.filter(pk=table_id).first() if table_id else None
    if table_id and table is None:
        raise NotFound
    if request.method != "POST":
        return _page(request, table, SizeTableForm(table=table, initial=_initial(table) if table else {"table_id": uuid4()}))
    form = SizeTableForm(request.POST, table=table)
    if form.is_valid():
        try:
            key, seen = (table.pk, form.cleaned_data["seen"]) if table else (form.cleaned_data["table_id"], None)
            saved = save_size_table(by=actor_of(request), table_id=key, table=form.meant(), seen=seen)
        except MarketError as refusal:
            field = {"columns": "name_zh_0", "notes": "notes_zh"}.get(refusal.field or "", refusal.field)
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("“{name}” is saved; the pages of its products show it.").format(name=saved.name))
            return HttpResponseRedirect(reverse("size-table", args=[saved.pk]))
    return _page(request, table, form)


def _page(request: HttpRequest, table: SizeTable | None, form: SizeTableForm) -> HttpResponse:
    context = {
        "title": table.name if table else _("New size table"),
        "table": table,
        "form": form,
        "shown": as_read(table) if table else None,
        "columns_shown": sum(1 for one in form.columns() if one["zh"].value() or one["en"].value()) or 3,
    }
    return render(request, "seller/sizes/table.html", context, status=422 if form.errors else 200)


def _initial(table: SizeTable) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "table_id": table.pk,
        "seen": table.version,
        "name": table.name,
        "rows": "\n".join("\t".join([size, *cells]) for size, cells in table.rows),
        "notes_zh": table.notes.get("zh-hans", ""),
        "notes_en": table.notes.get("en", ""),
        "categories": [str(key) for key in table.category_ids],
    }
    for n, column in enumerate(table.columns):
        initial |= {f"name_zh_{n}": column["names"].get("zh-hans", ""), f"name_en_{n}": column["names"].get("en", ""), f"unit_{n}": column["unit"]}
    return initial


def remove(request: HttpRequest, table_id: UUID) -> HttpResponse:
    remove_size_table(by=actor_of(request), table_id=table_id)
    messages.success(request, _("The size table is removed."))
    return HttpResponseRedirect(reverse("size-tables"))
