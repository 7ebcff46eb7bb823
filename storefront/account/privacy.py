"""What is kept of a person, to look at, to take along and to have deleted."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib.auth import logout
from django.core.files.storage import storages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.close_account import Hindrance, close_account, hindrances
from marketplace.flows.my_data import ask_for_my_data
from marketplace.kernel.errors import MarketError
from marketplace.platform.members.exports import export_of
from marketplace.platform.members.models import DataExport
from storefront.account.liking import has_agreed
from storefront.account.profile import PasswordForm
from storefront.account.recent import remembers
from tenants.access.actors import actor_of, person_of
from tenants.tenancy.schemas import public_schema


class CloseForm(PasswordForm):
    sure = forms.BooleanField(label=_lazy("Yes, delete my account for good"))


def privacy(request: HttpRequest) -> HttpResponse:
    kept = {"remembers": remembers(request), "is_personalised": has_agreed(request.user.pk)}
    return render(request, "account/privacy.html", {"section": "privacy", **kept, **_exports(request)})


def _exports(request: HttpRequest) -> dict[str, Any]:
    rows = list(DataExport.objects.filter(user_id=person_of(request).pk).order_by("-requested_at")[:3])
    waiting = next((row for row in rows if row.status == DataExport.Status.WAITING), None)
    return {"exports": rows, "waiting": waiting, "export_id": uuid4()}


def data(request: HttpRequest) -> HttpResponse:
    """How far the packing is; a POST asks for it. The page asks again while one is being packed."""
    if request.method == "POST":
        form = ExportForm(request.POST)
        if form.is_valid():
            ask_for_my_data(by=actor_of(request), export_id=form.cleaned_data["export_id"])
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(reverse("privacy") + "#data")
    return render(request, "account/_exports.html", _exports(request))


class ExportForm(forms.Form):
    """The hidden key makes the same form sent twice one export."""

    export_id = forms.UUIDField()


def download(request: HttpRequest, export_id: UUID) -> FileResponse:
    """The packed data, to whom it belongs, while it is there."""
    row = export_of(person_of(request).pk, export_id)
    with public_schema():
        file = storages["papers"].open(row.key)
    name = f"my-data-{row.requested_at:%Y-%m-%d}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def close(request: HttpRequest) -> HttpResponse:
    """Delete the account: says what stands in the way, and asks for the password."""
    user = person_of(request)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            close_account(by=actor_of(request), password=form.cleaned_data["password"])
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            logout(request)
            return HttpResponseRedirect(reverse("account-closed"))
    in_the_way = [(thing, _where(thing)) for thing in hindrances(user.pk)]
    return render(request, "account/close.html", {"section": "privacy", "form": form, "in_the_way": in_the_way}, status=422 if form.errors else 200)


def closed(request: HttpRequest) -> HttpResponse:
    return render(request, "account/closed.html")


def _where(thing: Hindrance) -> tuple[str, str]:
    """(what it is, the page where it can be ended; "" where somebody else ends it)."""
    match thing.kind:
        case "order":
            return _("Order {number} is not finished").format(number=thing.name), reverse("order-group", args=[thing.name])
        case "return":
            return _("Return {number} is open").format(number=thing.name), reverse("return", args=[thing.name])
        case "refund":
            return _("Money of order {number} is on its way to you").format(number=thing.name), reverse("order-group", args=[thing.name])
        case "application":
            return _("Application {number} is open").format(number=thing.name), reverse("application", args=[thing.name])
    return _("You work for {name}: its owner or the operator has to end that first").format(name=thing.name), ""
