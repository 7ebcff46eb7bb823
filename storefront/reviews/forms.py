"""The forms of reviews and questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.inputs import FilesField, FilesInput
from marketplace.platform.reviews.actions import MOST_SIGNS, Marks, Opinion
from marketplace.platform.reviews.asking import MOST_ANSWERED, MOST_ASKED
from marketplace.platform.reviews.pictures import MOST_PICTURES, store_pictures

STARS = [
    ("1", pgettext_lazy("stars", "Bad")),
    ("2", pgettext_lazy("stars", "Poor")),
    ("3", pgettext_lazy("stars", "Fair")),
    ("4", pgettext_lazy("stars", "Good")),
    ("5", pgettext_lazy("stars", "Very good")),
]
MARKS = (
    ("goods", pgettext_lazy("mark", "Goods as described")),
    ("service", pgettext_lazy("mark", "Service")),
    ("delivery", pgettext_lazy("mark", "Speed of delivery")),
)


def stars_field(label: Any) -> forms.ChoiceField:
    said = {"invalid_choice": _("Give one to five stars.")}
    return forms.ChoiceField(label=label, choices=STARS, required=False, widget=forms.RadioSelect, error_messages=said)


@dataclass
class LineFields:
    """What the form asks about one line of the order."""

    line: dict[str, Any]
    stars: Any
    text: Any
    pictures: Any


class ReviewForm(forms.Form):
    """Stars, words and pictures for each line of an order, and three marks for its shop. The hidden key makes the same form sent twice one review."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    is_anonymous = forms.BooleanField(
        label=_lazy("Show only the first sign of my name"), required=False, initial=True, widget=forms.CheckboxInput(attrs={"class": "check"})
    )

    def __init__(self, *args: Any, lines: list[dict[str, Any]], rates_shop: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.rates_shop = lines, rates_shop
        for line in lines:
            of = UUID(line["id"]).hex
            self.fields[f"stars_{of}"] = stars_field(_("Your stars"))
            self.fields[f"text_{of}"] = forms.CharField(
                label=_("In your words"),
                required=False,
                max_length=MOST_SIGNS,
                widget=forms.Textarea(attrs={"rows": 4, "placeholder": _("What is it like, and for whom is it right?")}),
            )
            self.fields[f"pictures_{of}"] = FilesField(
                label=_("Pictures"),
                required=False,
                help_text=_("Up to {most}, JPEG, PNG or WebP, each at most 10 MB.").format(most=MOST_PICTURES),
                widget=FilesInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
            )
        if rates_shop:
            for name, label in MARKS:
                self.fields[name] = stars_field(label)

    def line_fields(self) -> list[LineFields]:
        named = [(line, UUID(line["id"]).hex) for line in self.lines]
        return [LineFields(line, self[f"stars_{of}"], self[f"text_{of}"], self[f"pictures_{of}"]) for line, of in named]

    def mark_fields(self) -> list[Any]:
        return [self[name] for name, _label in MARKS] if self.rates_shop else []

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        said = False
        for line in self.lines:
            of = UUID(line["id"]).hex
            if data.get(f"stars_{of}"):
                said = True
            elif f"stars_{of}" not in self.errors and (data.get(f"text_{of}") or data.get(f"pictures_{of}") or len(self.lines) == 1):
                self.add_error(f"stars_{of}", _("Give one to five stars."))
        given = [bool(data.get(name)) for name, _label in MARKS] if self.rates_shop else []
        if any(given) and not all(given):
            for (name, _label), is_given in zip(MARKS, given, strict=True):
                if not is_given and name not in self.errors:
                    self.add_error(name, _("Give one to five stars."))
        if not said and not self.errors:
            self.add_error(None, _("Give at least one product its stars."))
        return data

    def opinions(self) -> list[Opinion]:
        """What was said of each line that got stars. Stores the pictures. Raises InvalidInput, naming the form's field."""
        found = []
        for line in self.lines:
            of = UUID(line["id"]).hex
            if not (stars := self.cleaned_data[f"stars_{of}"]):
                continue
            pictures = store_pictures(self.cleaned_data[f"pictures_{of}"], f"pictures_{of}")
            found.append(Opinion(UUID(line["id"]), int(stars), self.cleaned_data[f"text_{of}"], pictures))
        return found

    def marks(self) -> Marks | None:
        if not self.rates_shop or not self.cleaned_data["goods"]:
            return None
        return Marks(*(int(self.cleaned_data[name]) for name, _label in MARKS))

    def refuse(self, refusal: Exception) -> None:
        """Show a refusal of the verb where it belongs."""
        field = refusal.field if isinstance(refusal, InvalidInput) else None
        self.add_error(field if field in self.fields else None, str(refusal))


class AskForm(forms.Form):
    question_id = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_lazy("Your question"),
        max_length=MOST_ASKED,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _lazy("Size, material, use: what would you like to know?")}),
    )


class AnswerForm(forms.Form):
    text = forms.CharField(label=_lazy("Your answer"), max_length=MOST_ANSWERED, widget=forms.Textarea(attrs={"rows": 2}))


class AdditionForm(forms.Form):
    text = forms.CharField(label=_lazy("What you would add"), max_length=MOST_SIGNS, widget=forms.Textarea(attrs={"rows": 3}))
