"""The end of a shop, and everything of it in one file: for its owners."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.files.storage import storages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.closing import GRACE, ask_to_close, close_shop, take_closing_back
from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError
from marketplace.web.shop_export.contents import contents
from tenants.access.actors import actor_of, person_of
from tenants.access.owners import check_owner, is_owner
from tenants.tenancy.exports import FILE_DAYS, KEPT_DAYS, ask_for_export, export_of, fetched_until, note_fetched
from tenants.tenancy.life import MOVES, closing_of
from tenants.tenancy.models import Merchant, ShopExport
from tenants.tenancy.obligations import obligations_of

MOST_SHOWN = 5


class PasswordForm(forms.Form):
    """The password once more, before something that cannot be taken back."""

    password = forms.CharField(label=_lazy("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False)


class CloseForm(PasswordForm):
    name = forms.CharField(label=_lazy("The shop's name, typed"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    reason = forms.CharField(label=_lazy("Why, for the market"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("name", "reason", "password")


def closing(request: HttpRequest) -> HttpResponse:
    """Begin to close, take it back, or close for good: which one says `then`."""
    merchant: Merchant = request.merchant  # type: ignore[attr-defined]
    then = request.POST.get("then", "") if request.method == "POST" else ""
    begin = CloseForm(request.POST if then == "begin" else None, auto_id="id_begin_%s")
    end = PasswordForm(request.POST if then == "close" else None, auto_id="id_close_%s")
    refusal = ""
    sent = {"begin": begin, "close": end}.get(then)
    if then == "keep" or (sent is not None and sent.is_valid()):
        try:
            return _act(request, then, sent.cleaned_data if sent is not None else {})
        except MarketError as problem:
            if sent is not None:
                sent.add_error(problem.field if problem.field in sent.fields else None, str(problem))
            else:
                refusal = str(problem)
    running = closing_of(merchant.pk)
    left = obligations_of(merchant)
    context = {
        "title": _("Close the shop"),
        "closing": running,
        "left": left,
        "begin": begin,
        "end": end,
        "refusal": refusal,
        "may_begin": MOVES.allows(merchant.status, Merchant.Status.CLOSING),
        "is_owner": is_owner(person_of(request).pk, merchant.pk),
        "grace": GRACE.days,
        "kept": KEPT_DAYS,
    }
    wrong = bool(refusal or begin.errors or end.errors)
    return render(request, "seller/closing.html", context, status=422 if wrong else 200)


def _act(request: HttpRequest, then: str, data: dict[str, Any]) -> HttpResponse:
    by, merchant_id = actor_of(request), request.merchant.pk  # type: ignore[attr-defined]
    if then == "begin":
        ask_to_close(by=by, merchant_id=merchant_id, password=data["password"], name=data["name"], reason=data["reason"])
        messages.success(request, _("The shop takes no more orders. Here stands what is left."))
    elif then == "close":
        close_shop(by=by, merchant_id=merchant_id, password=data["password"])
        messages.success(request, _("The shop has closed. Take everything along."))
        return HttpResponseRedirect("/export/")
    else:
        take_closing_back(by=by, merchant_id=merchant_id)
        messages.success(request, _("The shop stays."))
    return HttpResponseRedirect("/closing/")


class ExportForm(forms.Form):
    """The hidden key makes the same form sent twice one export."""

    export_id = forms.UUIDField(widget=forms.HiddenInput)


def export(request: HttpRequest) -> HttpResponse:
    """What there is to fetch, and how far the packing is; a POST asks for it. The page asks again while one is being packed."""
    merchant: Merchant = request.merchant  # type: ignore[attr-defined]
    if request.method == "POST":
        form = ExportForm(request.POST)
        if form.is_valid():
            check_owner(actor_of(request), merchant.pk)
            language = get_language() or "en"
            ask_for_export(by=actor_of(request), merchant_id=merchant.pk, export_id=form.cleaned_data["export_id"], language=language)
            if not request.htmx:  # type: ignore[attr-defined]
                return HttpResponseRedirect("/export/")
    rows = list(ShopExport.objects.filter(merchant=merchant).order_by("-asked_at", "-pk")[:MOST_SHOWN])
    waiting = next((row for row in rows if row.status == ShopExport.Status.WAITING), None)
    for row in rows:
        row.named = [(part.about, row.counts[part.name]) for part in contents() if row.counts.get(part.name)]  # type: ignore[attr-defined]
    until = fetched_until(merchant)
    context = {
        "title": _("Everything of the shop"),
        "rows": rows,
        "waiting": waiting,
        "part": next((part.about for part in contents() if waiting and part.name == waiting.part), ""),
        "export_id": uuid4(),
        "is_owner": is_owner(person_of(request).pk, merchant.pk),
        "until": until,
        "is_over": until is not None and until <= clock.now(),
        "days": FILE_DAYS,
    }
    return render(request, "seller/_exports.html" if request.htmx else "seller/export.html", context)  # type: ignore[attr-defined]


def export_file(request: HttpRequest, export_id: UUID) -> FileResponse:
    """The file, to an owner, while it is kept. Raises OwnersOnly, ShopExportGone."""
    merchant: Merchant = request.merchant  # type: ignore[attr-defined]
    check_owner(actor_of(request), merchant.pk)
    row = export_of(merchant.pk, export_id)
    file = storages["papers"].open(row.key)
    note_fetched(by=actor_of(request), export_id=row.pk)
    name = f"{merchant.slug}-{timezone.localtime(row.asked_at):%Y%m%d-%H%M}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
