"""Signing on screen, the same for an applicant, a shop and the market."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.contracts.queries import Offer


class SignatureForm(forms.Form):
    name = forms.CharField(
        label=_("Your full name"), max_length=60, help_text=_("Typed, it is your signature"), widget=forms.TextInput({"autocomplete": "name"})
    )
    title = forms.CharField(label=_("In what capacity you sign"), max_length=60, help_text=_("e.g. legal representative, managing director"))
    password = forms.CharField(
        label=_("Your password"),
        max_length=128,
        strip=False,
        help_text=_("Again, so that nobody signs on your screen"),
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class MerchantSignatureForm(SignatureForm):
    """`seen`: SHA-256 of the text that the page shows; nothing else is signed."""

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    agrees = forms.BooleanField(label=_("We have read the contract and agree, and I may sign for the company."))


def show_offer(form: MerchantSignatureForm, offer: Offer, name: str, moved: bool) -> None:
    """Bind the form to the text that is shown. Where it has moved since, the signer reads and agrees anew."""
    form.initial = {**form.initial, "seen": offer.sha256, "name": name}
    if moved:
        form.data = {**{name: form.data[name] for name in form.data if name != "agrees"}, "seen": offer.sha256}
