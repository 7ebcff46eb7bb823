"""Selling here: what a merchant gets, applying, and following the application."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel import clock
from marketplace.kernel.errors import MarketError, NotFound
from marketplace.platform.taxonomy.models import Category
from marketplace.platform.taxonomy.queries import path_name
from storefront.sell.forms import PARTS, ApplicationForm
from tenants.access.actors import actor_of, person_of
from tenants.accounts.addresses import is_in_doubt
from tenants.contracts.queries import makes_contracts
from tenants.onboarding.access import application_of, applications_of, fresh_application, open_application_of, paper_in
from tenants.onboarding.actions import (
    add_paper,
    missing_by_part,
    open_application,
    remove_paper,
    save_application,
    submit_application,
    withdraw_application,
)
from tenants.onboarding.market_rules import accept_rules, rules_in_force, rules_version, unaccepted
from tenants.onboarding.models import Application, Decision, MarketRules, Paper, Requirement, Step
from tenants.onboarding.opening import lacks_of
from tenants.onboarding.papers import paper_response, paper_titles
from tenants.onboarding.requirements import items_of
from tenants.packages.models import ServicePackage
from tenants.packages.queries import newest_version
from tenants.tenancy.hosts import shop_host, shop_url, workbench_url
from tenants.tenancy.models import Merchant


def sell(request: HttpRequest) -> HttpResponse:
    """What a merchant gets here, and how to begin."""
    mine = applications_of(person_of(request).pk) if request.user.is_authenticated else []
    offered = [newest_version(package) for package in ServicePackage.objects.filter(is_offered=True)]
    context = {
        "applications": mine,
        "makes_contracts": makes_contracts(),
        "rules": rules_in_force(),
        "asked": _asked_of_sellers(),
        "offered": [version for version in offered if version is not None],
    }
    return render(request, "sell/sell.html", context)


def _asked_of_sellers() -> list[tuple[Requirement, str]]:
    """What has to be shown, each with whom it is asked of; "": of everybody. Of brands it is asked when goods are entered."""
    rows = [one for one in Requirement.objects.filter(is_active=True).exclude(check_by=Requirement.Check.COMPUTED) if one.brand_id is None]
    names = {one.pk: path_name(one) for one in Category.objects.filter(pk__in={key for row in rows for key in row.categories})}
    found = []
    for row in rows:
        of = [str(Application.Kind(kind).label) for kind in row.kinds if kind in Application.Kind.values]
        of += [str(row.get_brands_display())] if row.brands != Requirement.Brands.ANY else []
        found.append((row, _(", ").join([*of, *(names[key] for key in row.categories if key in names)])))
    return found


def apply(request: HttpRequest) -> HttpResponse:
    """Write the application part by part, add and remove its documents, and hand it in.

    Whatever is pressed keeps what the form holds; so does leaving a field (`then=auto`, answered with the progress alone). Without
    `part` the form may hold all fields at once.
    """
    by, person = actor_of(request), person_of(request)
    row = open_application_of(person.pk) or fresh_application(person.pk, person.email)
    if row.status not in Application.WRITABLE:
        return HttpResponseRedirect(f"/sell/applications/{row.number}/")
    if request.method != "POST":
        part = _part(request.GET.get("part", "") or _first_to_mend(row))
        return _form_page(request, row, ApplicationForm.of(row, part=part), part)
    row = open_application(by=by, language=request.LANGUAGE_CODE)  # type: ignore[attr-defined]
    part = _part(request.POST["part"]) if "part" in request.POST else ""
    form = ApplicationForm.of(row, request.POST, request.FILES, part)
    then = request.POST.get("then", "")
    if not form.is_valid():
        return _form_page(request, row, form, part, then)
    try:
        save_application(by=by, application_id=row.pk, fields=form.fields_to_keep())
        if upload := form.cleaned_data.get("file"):
            data = form.cleaned_data
            add_paper(by=by, application_id=row.pk, kind=data["paper_kind"], name=upload.name, upload=upload, ends_on=data["ends_on"])
        if accepted := form.cleaned_data.get("rules"):
            accept_rules(by=by, rules_ids=map(UUID, accepted), application=row)
        if then.startswith("remove:"):
            remove_paper(by=by, application_id=row.pk, paper_id=_uuid(then.removeprefix("remove:")))
        if then == "submit":
            submit_application(by=by, application_id=row.pk)
    except MarketError as refusal:
        field = {"names": "name_zh", "kind": "kind" if part == "seller" else "paper_kind"}.get(refusal.field or "", refusal.field)
        form.add_error(field if field in form.fields else None, str(refusal))
        return _form_page(request, row, form, part, then)
    if then == "auto":
        return _form_page(request, row, form, part, then)
    if then == "submit":
        messages.success(request, _("Your application is handed in. You read here, and by mail, what comes of it."))
        return HttpResponseRedirect(f"/sell/applications/{row.number}/")
    if then == "next" and part and part != LAST_PART:
        return HttpResponseRedirect(f"/sell/apply/?part={ORDER[ORDER.index(part) + 1]}")
    messages.success(request, _("Kept. You can go on whenever you like."))
    about_papers = then == "paper" or then.startswith("remove:")
    return HttpResponseRedirect("/sell/apply/" + (f"?part={part}" if part else "") + ("#papers" if about_papers else ""))


ORDER = list(PARTS)
LAST_PART = ORDER[-1]
PART_NAMES = {
    "seller": _lazy("Kind of seller"),
    "company": _lazy("Company"),
    "shop": _lazy("Contact and shop"),
    "papers": _lazy("Documents"),
    "confirm": _lazy("Hand in"),
}


def _part(text: str) -> str:
    return text if text in PARTS else ORDER[0]


def _first_to_mend(row: Application) -> str:
    """Where an application that came back is gone on with: the first part that lacks something."""
    if row.status != Application.Status.RETURNED:
        return ""
    return next((part for part, lacking in missing_by_part(row).items() if lacking), LAST_PART)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _form_page(request: HttpRequest, row: Application, form: ApplicationForm, part: str, then: str = "") -> HttpResponse:
    is_new = row._state.adding
    if not is_new:
        row.refresh_from_db()
    missing, items = missing_by_part(row), items_of(row)
    context = {
        "application": row,
        "form": form,
        "part": part,
        "parts": [(code, PART_NAMES[code], missing[code]) for code in ORDER],
        "before": ORDER[ORDER.index(part) - 1] if part and part != ORDER[0] else "",
        "is_last": part == LAST_PART,
        "items": items,
        "is_marked": bool(row.refused) or any(item.refused for item in items),
        "rules": unaccepted(application=row),
        "accepted_rules": [] if is_new else list(row.accepted_rules.select_related("rules").order_by("at")),
        "others": [] if is_new else list(row.papers.filter(kind=Paper.OTHER).order_by("added_at")),
        "reviews": [] if is_new else list(row.reviews.order_by("-at")),
        "missing": [word for words in missing.values() for word in words],
        "host_tail": shop_host(""),
        "unconfirmed": is_in_doubt(row.applicant),
        "is_carried_over": is_new and bool(row.company),
        "is_auto": then == "auto",
        "kept_at": clock.now() if then == "auto" and not form.errors else None,
    }
    template = "sell/_progress.html" if then == "auto" else "sell/apply.html"
    return render(request, template, context, status=422 if form.errors and then != "auto" else 200)


def application(request: HttpRequest, number: str) -> HttpResponse:
    """How it stands."""
    row = application_of(person_of(request).pk, number)
    return render(request, "sell/_application.html" if request.htmx else "sell/application.html", _standing(row))  # type: ignore[attr-defined]


def _standing(row: Application) -> dict[str, Any]:
    is_open = row.merchant is not None and row.merchant.status not in (Merchant.Status.OPENING, Merchant.Status.CLOSED)
    lacks = lacks_of(row.merchant) if row.merchant else []
    steps = [(step.label, Decision(getattr(row, step)), getattr(row, step)) for step in Step]
    return {
        "application": row,
        "steps": steps,
        "signed": row.merchant.contracts.order_by("-signed_at").first() if row.merchant else None,
        "reviews": list(row.reviews.order_by("-at")),
        "papers": paper_titles(row.papers.order_by("added_at")),
        "sells": [path_name(one) for one in Category.objects.filter(pk__in=[path[-1] for path in row.sells if path]).order_by("position", "pk")],
        "is_late": row.review_due is not None and row.review_due < clock.now(),
        "lacks": lacks,
        "is_opening": row.merchant is not None and row.merchant.status == Merchant.Status.OPENING and all(lack.is_markets for lack in lacks),
        "looks_again": 10 if lacks else 1,
        "shop_address": shop_url(row.merchant) if row.merchant and is_open else "",
        "workbench_address": workbench_url(row.merchant) if row.merchant and is_open else "",
        "can_withdraw": row.status in Application.OPEN,
        "last_reason": next((review.reason for review in row.reviews.order_by("-at") if review.decision != Decision.PASSED), ""),
    }


def rules(request: HttpRequest, kind: str, version: int | None = None) -> HttpResponse:
    """A version of the market's rules, by default the one in force: to read, for everybody."""
    found = rules_version(kind, version)
    others = MarketRules.objects.filter(kind=kind, since__lte=clock.now()).exclude(pk=found.pk).order_by("-version")
    return render(request, "sell/rules.html", {"rules": found, "others": list(others)})


def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    row = application_of(person_of(request).pk, number)
    withdraw_application(by=actor_of(request), application_id=row.pk)
    messages.success(request, _("The application is withdrawn."))
    return HttpResponseRedirect(f"/sell/applications/{number}/")


def paper(request: HttpRequest, number: str, paper_id: UUID) -> Any:
    return paper_response(paper_in(application_of(person_of(request).pk, number), paper_id))
