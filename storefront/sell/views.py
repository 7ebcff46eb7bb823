"""Selling here: what a merchant gets, applying, and following the application."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.kernel.errors import MarketError, NotFound
from storefront.sell.forms import ApplicationForm
from tenants.access.actors import actor_of, person_of
from tenants.accounts.addresses import is_in_doubt
from tenants.onboarding.access import application_of, applications_of, open_application_of, paper_in
from tenants.onboarding.actions import add_paper, missing_of, open_application, remove_paper, save_application, submit_application, withdraw_application
from tenants.onboarding.models import Application, Decision, Step
from tenants.onboarding.papers import paper_response
from tenants.tenancy.hosts import shop_host, shop_url, workbench_url
from tenants.tenancy.models import Merchant


def sell(request: HttpRequest) -> HttpResponse:
    """What a merchant gets here, and how to begin."""
    mine = applications_of(person_of(request).pk) if request.user.is_authenticated else []
    return render(request, "sell/sell.html", {"applications": mine, "shop_count": Merchant.objects.filter(status=Merchant.Status.OPEN).count()})


def apply(request: HttpRequest) -> HttpResponse:
    """Write the application, add and remove its documents, and hand it in: one form, which keeps what it holds whatever is pressed."""
    by, person = actor_of(request), person_of(request)
    row = open_application_of(person.pk) or Application(applicant=person, contact_email=person.email)
    if row.status not in Application.WRITABLE:
        return HttpResponseRedirect(f"/sell/applications/{row.number}/")
    if request.method != "POST":
        return _form_page(request, row, ApplicationForm.of(row))
    row = open_application(by=by, language=request.LANGUAGE_CODE)  # type: ignore[attr-defined]
    form = ApplicationForm.of(row, request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, row, form)
    then = request.POST.get("then", "")
    try:
        save_application(by=by, application_id=row.pk, fields=form.fields_to_keep())
        if upload := form.cleaned_data["file"]:
            add_paper(by=by, application_id=row.pk, kind=form.cleaned_data["paper_kind"], name=upload.name, upload=upload)
        if then.startswith("remove:"):
            remove_paper(by=by, application_id=row.pk, paper_id=_uuid(then.removeprefix("remove:")))
        if then == "submit":
            submit_application(by=by, application_id=row.pk)
    except MarketError as refusal:
        field = {"names": "name_zh"}.get(refusal.field or "", refusal.field)
        form.add_error(field if field in form.fields else None, str(refusal))
        return _form_page(request, row, form)
    if then == "submit":
        messages.success(request, _("Your application is handed in. You read here, and by mail, what comes of it."))
        return HttpResponseRedirect(f"/sell/applications/{row.number}/")
    messages.success(request, _("Kept. You can go on whenever you like."))
    return HttpResponseRedirect("/sell/apply/" + ("#papers" if then == "paper" or then.startswith("remove:") else ""))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _form_page(request: HttpRequest, row: Application, form: ApplicationForm) -> HttpResponse:
    if not row._state.adding:
        row.refresh_from_db()
    is_new = row._state.adding
    context = {
        "application": row,
        "form": form,
        "papers": [] if is_new else list(row.papers.order_by("added_at")),
        "reviews": [] if is_new else list(row.reviews.order_by("-at")),
        "missing": [] if is_new else missing_of(row),
        "host_tail": shop_host(""),
        "unconfirmed": is_in_doubt(row.applicant),
    }
    return render(request, "sell/apply.html", context, status=422 if form.errors else 200)


def application(request: HttpRequest, number: str) -> HttpResponse:
    """How it stands."""
    row = application_of(person_of(request).pk, number)
    return render(request, "sell/_application.html" if request.htmx else "sell/application.html", _standing(row))  # type: ignore[attr-defined]


def _standing(row: Application) -> dict[str, Any]:
    is_open = row.merchant is not None and row.merchant.status == Merchant.Status.OPEN
    steps = [(step.label, Decision(getattr(row, step)), getattr(row, step)) for step in Step]
    return {
        "application": row,
        "steps": steps,
        "reviews": list(row.reviews.order_by("-at")),
        "papers": list(row.papers.order_by("added_at")),
        "is_opening": row.merchant is not None and row.merchant.status == Merchant.Status.OPENING,
        "shop_address": shop_url(row.merchant) if row.merchant and is_open else "",
        "workbench_address": workbench_url(row.merchant) if row.merchant and is_open else "",
        "can_withdraw": row.status in Application.OPEN,
        "last_reason": next((review.reason for review in row.reviews.order_by("-at") if review.decision != Decision.PASSED), ""),
    }


def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    row = application_of(person_of(request).pk, number)
    withdraw_application(by=actor_of(request), application_id=row.pk)
    messages.success(request, _("The application is withdrawn."))
    return HttpResponseRedirect(f"/sell/applications/{number}/")


def paper(request: HttpRequest, number: str, paper_id: UUID) -> Any:
    return paper_response(paper_in(application_of(person_of(request).pk, number), paper_id))
