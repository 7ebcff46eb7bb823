"""The page behind the link in a letter: a change of a shop's payout account is looked at and stopped, without signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from marketplace.flows.letters_about_accounts import change_of, stop_by_link
from tenants.access.actors import actor_of


def stop_change(request: HttpRequest) -> HttpResponse:
    """GET changes nothing: programs that look at mails follow links. Nobody keeps the answer, and the address goes nowhere else."""
    token = request.GET.get("token", "") or request.POST.get("token", "")
    if request.method == "POST":
        stop_by_link(by=actor_of(request), token=token)
        return HttpResponseRedirect(f"{request.path}?{urlencode({'token': token})}")
    row, email = change_of(token)
    context = {"title": _("Stop a change of the payout account"), "row": row, "email": email, "token": token}
    response = render(request, "stop/payout_account.html", context)
    response.headers["Cache-Control"] = "no-store, private"
    return response
