"""What buyers may wish of a product: the fields, entered one below the other. Works without JavaScript: steps of the form change nothing but the form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.customising import customise_product
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.kernel.money import Money
from marketplace.merchant.catalogue.models import Product
from marketplace.merchant.customising.models import Customisation
from marketplace.platform.customising.asking import asked_of
from marketplace.platform.customising.fields import (
    LONGEST_HINT,
    LONGEST_LABEL,
    LONGEST_TEXT,
    LONGEST_UNIT,
    MOST_CHOICES,
    MOST_DAYS,
    MOST_FIELDS,
    MOST_NUMBER,
    Choice,
    Field,
    Kind,
    Signs,
    fields_of,
)
from marketplace.platform.customising.queries import Customisation as Asking
from tenants.access.actors import actor_of

LANGUAGES = {"zh": "zh-hans", "en": "en"}
BLANK_CHOICES = 3
NEEDED: dict[str, tuple[str, ...]] = {Kind.TEXT: ("most", "signs"), Kind.NUMBER: ("least", "greatest")}  # whatever else a kind knows may stay empty
AMOUNT = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class FieldForm(forms.Form):
    """One field. What its kind does not know is not shown and not read."""

    id = forms.RegexField(regex=r"^[a-z0-9]{1,16}$", widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=Kind.choices, widget=forms.HiddenInput)
    label_zh = forms.CharField(label=_lazy("What the buyer is asked, in Chinese"), max_length=LONGEST_LABEL, required=False)
    label_en = forms.CharField(label=_lazy("What the buyer is asked, in English"), max_length=LONGEST_LABEL, required=False)
    hint_zh = forms.CharField(label=_lazy("Hint in Chinese"), max_length=LONGEST_HINT, required=False)
    hint_en = forms.CharField(label=_lazy("Hint in English"), max_length=LONGEST_HINT, required=False)
    is_required = forms.BooleanField(label=_lazy("Nobody can buy it without this"), required=False)
    surcharge = forms.CharField(label=_lazy("Surcharge, where it is wished"), max_length=20, required=False, widget=AMOUNT)
    most = forms.IntegerField(label=_lazy("Characters at most"), min_value=1, max_value=LONGEST_TEXT, initial=20, required=False)
    signs = forms.ChoiceField(label=_lazy("Characters that can be made"), choices=Signs.choices, initial=Signs.ANY, required=False)
    has_lines = forms.BooleanField(label=_lazy("Several lines"), required=False)
    has_emoji = forms.BooleanField(label=_lazy("Emoji, too"), required=False)
    least = forms.IntegerField(label=_lazy("Smallest number"), min_value=-MOST_NUMBER, max_value=MOST_NUMBER, initial=1, required=False)
    greatest = forms.IntegerField(label=_lazy("Greatest number"), min_value=-MOST_NUMBER, max_value=MOST_NUMBER, initial=100, required=False)
    unit = forms.CharField(label=_lazy("Unit, such as cm"), max_length=LONGEST_UNIT, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NEEDED.get(str(self["kind"].value()), ()):
            self.fields[name].required = True


class ChoiceForm(forms.Form):
    """One of what a choice offers; without a name it is left out."""

    id = forms.RegexField(regex=r"^[a-z0-9]{1,16}$", widget=forms.HiddenInput)
    name_zh = forms.CharField(label=_lazy("Choice in Chinese"), max_length=LONGEST_LABEL, required=False)
    name_en = forms.CharField(label=_lazy("Choice in English"), max_length=LONGEST_LABEL, required=False)
    surcharge = forms.CharField(label=_lazy("Surcharge"), max_length=20, required=False, widget=AMOUNT)


@dataclass
class Row:
    """A field of the form, with its choices."""

    form: FieldForm
    choices: list[ChoiceForm] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return str(self.form["kind"].value())

    @property
    def kind_name(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def can_have_more(self) -> bool:
        return len(self.choices) < MOST_CHOICES


class DaysForm(forms.Form):
    days = forms.IntegerField(
        label=_lazy("Days it takes to make"),
        min_value=0,
        max_value=MOST_DAYS,
        help_text=_lazy("So much later than your other goods it is promised to leave."),
    )


Raw = dict[str, Any]


def _texts(data: Raw, name: str) -> dict[str, str]:
    return {code: " ".join(data[f"{name}_{short}"].split()) for short, code in LANGUAGES.items() if data[f"{name}_{short}"].strip()}


def _raw_of(one: Field, currency: str) -> Raw:
    """What a form shows of a field that is kept."""
    raw: Raw = {name: getattr(one, name) for name in ("id", "kind", "is_required", "most", "signs", "has_lines", "has_emoji", "least", "greatest", "unit")}
    for short, code in LANGUAGES.items():
        raw |= {f"label_{short}": one.labels.get(code, ""), f"hint_{short}": one.hints.get(code, "")}
    raw["surcharge"] = _amount(one.surcharge_minor, currency)
    raw["choices"] = [
        {"id": each.id, "name_zh": each.names.get("zh-hans", ""), "name_en": each.names.get("en", ""), "surcharge": _amount(each.surcharge_minor, currency)}
        for each in one.choices
    ]
    return raw


def _amount(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).decimal:f}" if minor else ""


def _new(kind: str) -> Raw:
    return {"id": uuid4().hex[:8], "kind": kind, "choices": []}


def _sent(request: HttpRequest) -> list[Raw]:
    """The fields as they were sent, as typed."""
    found = []
    for n in range(min(_count(request, "count"), MOST_FIELDS)):
        raw: Raw = {name: request.POST.get(f"f{n}-{name}", "") for name in FieldForm.base_fields}
        for name in ("is_required", "has_lines", "has_emoji"):
            raw[name] = bool(raw[name])
        many = min(_count(request, f"f{n}-count"), MOST_CHOICES)
        raw["choices"] = [{name: request.POST.get(f"f{n}c{m}-{name}", "") for name in ChoiceForm.base_fields} for m in range(many)]
        found.append(raw)
    return found


def _count(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _rows(raws: list[Raw], blanks: int = BLANK_CHOICES) -> list[Row]:
    """Forms that show these, with a few choices to fill in."""
    rows = []
    for n, raw in enumerate(raws):
        choices = list(raw["choices"])
        if raw["kind"] == Kind.CHOICE:
            room = max(0, min(blanks, MOST_CHOICES - len(choices)) if not choices else 0)
            choices += [{"id": uuid4().hex[:8]} for _each in range(room)]
        row = Row(FieldForm(prefix=f"f{n}", initial=raw), [ChoiceForm(prefix=f"f{n}c{m}", initial=each) for m, each in enumerate(choices)])
        rows.append(row)
    return rows


def _stepped(raws: list[Raw], step: str) -> list[Raw]:
    """After a step of the form: add-<kind>, drop-<n>, up-<n>, more-<n>."""
    what, _dash, which = step.partition("-")
    if what == "add" and which in Kind.values and len(raws) < MOST_FIELDS:
        return [*raws, _new(which)]
    n = int(which) if which.isascii() and which.isdigit() and len(which) < 4 else -1
    if not 0 <= n < len(raws):
        return raws
    if what == "drop":
        return [*raws[:n], *raws[n + 1 :]]
    if what == "up" and n:
        return [*raws[: n - 1], raws[n], raws[n - 1], *raws[n + 1 :]]
    if what == "more":
        room = min(BLANK_CHOICES, MOST_CHOICES - len(raws[n]["choices"]))
        raws[n]["choices"] += [{"id": uuid4().hex[:8]} for _each in range(room)]
    return raws


def _bound(request: HttpRequest, raws: list[Raw]) -> list[Row]:
    return [
        Row(FieldForm(request.POST, prefix=f"f{n}"), [ChoiceForm(request.POST, prefix=f"f{n}c{m}") for m in range(len(raw["choices"]))])
        for n, raw in enumerate(raws)
    ]


def _money(form: forms.Form, currency: str) -> int:
    text = form.cleaned_data["surcharge"].strip()
    try:
        return Money.parse(text, currency).minor if text else 0
    except MarketError as wrong:
        form.add_error("surcharge", str(wrong))
        return 0


def _meant(row: Row, currency: str) -> Field:
    """Of valid forms; an amount that is none is marked in its form."""
    data = row.form.cleaned_data
    kind = Kind(data["kind"])
    about: dict[str, Any] = {}
    if kind == Kind.TEXT:
        about = {"most": data["most"], "signs": data["signs"], "has_lines": data["has_lines"], "has_emoji": data["has_emoji"]}
    elif kind == Kind.NUMBER:
        about = {"least": data["least"], "greatest": data["greatest"], "unit": data["unit"].strip()}
    else:
        named = [one for one in row.choices if _texts(one.cleaned_data, "name")]
        about = {"choices": tuple(Choice(one.cleaned_data["id"], _texts(one.cleaned_data, "name"), _money(one, currency)) for one in named)}
    surcharge = 0 if kind == Kind.CHOICE else _money(row.form, currency)
    return Field(data["id"], kind, _texts(data, "label"), _texts(data, "hint"), data["is_required"], surcharge, **about)


def customising(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Say what buyers may wish of a product, change it, or take it away."""
    row = Product.objects.filter(pk=product_id).first()
    if row is None:
        raise NotFound
    currency = request.market.currency  # type: ignore[attr-defined]
    kept = Customisation.objects.filter(product=row).first()
    fields = fields_of(kept.fields) if kept else ()
    if request.method != "POST":
        return _page(request, row, _rows([_raw_of(one, currency) for one in fields]), DaysForm(initial={"days": kept.days if kept else 0}), fields)
    raws, then = _sent(request), request.POST.get("then", "")
    if then != "keep":
        return _page(request, row, _rows(_stepped(raws, then)), DaysForm(initial={"days": request.POST.get("days", "0")}), fields)
    rows, days = _bound(request, raws), DaysForm(request.POST)
    if not all([days.is_valid(), *(form.is_valid() for one in rows for form in (one.form, *one.choices))]):
        return _page(request, row, rows, days, fields)
    meant = [_meant(one, currency) for one in rows]
    if any(form.errors for one in rows for form in (one.form, *one.choices)):
        return _page(request, row, rows, days, fields)
    try:
        saved = customise_product(by=actor_of(request), product_id=row.pk, fields=meant, days=days.cleaned_data["days"])
    except MarketError as refusal:
        return _page(request, row, rows, days, fields, refusal=refusal)
    messages.success(request, _said(saved, bool(meant)))
    return HttpResponseRedirect(reverse("product-customising", args=[row.pk]))


def _said(saved: Product, has_fields: bool) -> str:
    if saved.review == Product.Review.WAITING:
        return _("Kept. The words wait for the market's review; surcharges and days hold at once.")
    return _("Kept. Buyers are asked this from now on.") if has_fields and saved.status == Product.Status.ON_SALE else _("Kept.")


def _mark(rows: list[Row], days: DaysForm, refusal: MarketError) -> str:
    """Beside the input that a refusal names; else it is told above."""
    at = refusal.field or ""
    if at == "days":
        days.add_error("days", str(refusal))
        return ""
    prefix, _dash, name = at.partition("-")
    for row in rows:
        for form in (row.form, *row.choices):
            if form.prefix == prefix:
                form.add_error(name if name in form.fields else None, str(refusal))
                return ""
    return str(refusal)


def _page(
    request: HttpRequest, product: Product, rows: list[Row], days: DaysForm, kept: tuple[Field, ...], *, refusal: MarketError | None = None
) -> HttpResponse:
    said = _mark(rows, days, refusal) if refusal else ""
    is_wrong = bool(refusal) or any(form.errors for row in rows for form in (days, row.form, *row.choices))
    zero = Money.zero(request.market.currency)  # type: ignore[attr-defined]
    context = {
        "title": _("Wishes of buyers"),
        "product": product,
        "rows": rows,
        "days": days,
        "kinds": Kind.choices if len(rows) < MOST_FIELDS else [],
        "refusal": said,
        "is_wrong": is_wrong,
        "asked": asked_of(Asking(kept, 0), zero) if kept else None,
    }
    return render(request, "seller/customising.html", context, status=422 if is_wrong else 200)
