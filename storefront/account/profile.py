"""Who one is, to the market: name, phone, language; and how one signs in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import override, pgettext_lazy

from marketplace.kernel.errors import MarketError
from marketplace.platform.members.actions import save_profile
from marketplace.platform.members.models import Profile
from storefront.context import LANGUAGE_NAMES
from tenants.access.actors import actor_of, person_of
from tenants.accounts.actions import sign_out_elsewhere
from tenants.accounts.addresses import ask_for_address, drop_asked_address, waiting_address
from tenants.accounts.sign_ins import devices_of, end_device, refused_lately


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=80,
        required=False,
        help_text=_lazy("As shops and reviews may call you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_lazy("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"})
    )
    language = forms.ChoiceField(label=_lazy("Language of pages and letters"))

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [(code, LANGUAGE_NAMES.get(code, code)) for code in languages]  # type: ignore[attr-defined]


class PasswordForm(forms.Form):
    """The password once more, before something that cannot be taken back."""

    password = forms.CharField(label=_lazy("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False)


class EmailForm(PasswordForm):
    email = forms.EmailField(label=_lazy("New e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    field_order = ("email", "password")


def email(request: HttpRequest) -> HttpResponse:
    """Ask for another address, or stay with the old one (`stay`)."""
    if request.POST.get("stay"):
        drop_asked_address(by=actor_of(request))
        messages.success(request, _("Your address stays as it was."))
        return HttpResponseRedirect(reverse("profile"))
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_address(by=actor_of(request), request=request, **form.cleaned_data)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The letter is on its way to {email}.").format(email=form.cleaned_data["email"]))
            return HttpResponseRedirect(reverse("profile"))
    return render(request, "account/email.html", {"form": form, "waiting": waiting_address(person_of(request))}, status=422 if form.errors else 200)


def profile(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    form = ProfileForm(request.POST, languages=list(request.market.languages))  # type: ignore[attr-defined]
    if form.is_valid():
        try:
            save_profile(by=actor_of(request), **form.cleaned_data)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return _saved(request, form.cleaned_data["language"])
    return _page(request, form=form)


def _saved(request: HttpRequest, language: str) -> HttpResponse:
    """The pages follow the language at once."""
    with override(language):
        messages.success(request, _("Saved."))
    response = HttpResponseRedirect(reverse("profile"))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=settings.LANGUAGE_COOKIE_AGE, secure=settings.HTTPS, samesite="Lax", httponly=True)
    return response


def sign_out_others(request: HttpRequest) -> HttpResponse:
    """End every session but this one."""
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            sign_out_elsewhere(by=actor_of(request), request=request, password=form.cleaned_data["password"])
        except MarketError as refusal:
            form.add_error("password", str(refusal))
        else:
            messages.success(request, _("You are signed out everywhere else."))
            return HttpResponseRedirect(reverse("profile"))
    return _page(request, others=form)


def device_ended(request: HttpRequest, sign_in_id: UUID) -> HttpResponse:
    """Sign out on one device. Raises SignInUnknown."""
    end_device(by=actor_of(request), sign_in_id=sign_in_id)
    messages.success(request, _("Signed out on that device."))
    return HttpResponseRedirect(reverse("profile") + "#devices")


def _page(request: HttpRequest, form: ProfileForm | None = None, others: PasswordForm | None = None) -> HttpResponse:
    user = person_of(request)
    if form is None:
        known = Profile.objects.filter(pk=user.pk).first()
        initial = {"name": user.name, "phone": known.phone if known else "", "language": user.language or request.LANGUAGE_CODE}  # type: ignore[attr-defined]
        form = ProfileForm(initial=initial, languages=list(request.market.languages))  # type: ignore[attr-defined]
    mine = EmailAddress.objects.filter(user_id=user.pk)
    context = {
        "section": "profile",
        "form": form,
        "others": others or PasswordForm(),
        "is_confirmed": mine.filter(email__iexact=user.email, verified=True).exists(),
        "waiting": waiting_address(user),
        "devices": devices_of(request, user.pk),
        "refused": refused_lately(user.pk),
    }
    return render(request, "account/profile.html", context, status=422 if form.errors or (others and others.errors) else 200)
