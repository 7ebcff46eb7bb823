"""A person's notices, what they want to be told and how, and the link at the foot of a letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.csrf import csrf_exempt

from marketplace.kernel.errors import MarketError
from marketplace.platform.notices.bouncing import address_works
from marketplace.platform.notices.channels import sms
from marketplace.platform.notices.choosing import choose, confirm_number, drop_number, give_number, refuse_kind, set_hours
from marketplace.platform.notices.errors import NoticeUnknown
from marketplace.platform.notices.hours import hours_of
from marketplace.platform.notices.kinds import ALL, Audience, Kind
from marketplace.platform.notices.marking import take_marks
from marketplace.platform.notices.models import Channel, NoticeChoice, SmsNumber
from marketplace.platform.notices.queries import dead_address_of, inbox_of
from marketplace.platform.notices.refusing import read_token
from marketplace.platform.notices.wishes import by_itself
from tenants.access.actors import actor_of, holder_of_link, person_of
from tenants.accounts.models import Membership, User
from tenants.tenancy.models import Domain


def my_notices(request: HttpRequest) -> HttpResponse:
    """What the market told this person, newest first; htmx swaps the list."""
    person = person_of(request)
    inbox = inbox_of(person.pk, Domain.Kind.MARKET, None, only_new=request.GET.get("show") == "new", before=request.GET.get("before", ""))
    context = {"section": "notices", "inbox": inbox, "mark_at": reverse("my-notices-read"), "dead": dead_address_of(person)}
    return render(request, "account/notices.html", context)


def read(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(take_marks(actor_of(request), request.POST, reverse("my-notices")))


# ── What somebody wants to be told ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Choice:
    """A line of the page: a kind, and by which ways it comes. None: that way is not offered."""

    kind: Kind
    mail: bool | None
    sms: bool | None


AT_ONCE = "no"


def _hour(hour: int) -> tuple[str, str]:
    return str(hour), f"{hour:02}:00"


class HoursForm(forms.Form):
    daily_at = forms.TypedChoiceField(label=_lazy("One letter a day for what has time"), coerce=lambda hour: None if hour == AT_ONCE else int(hour))
    quiet_from = forms.TypedChoiceField(label=_lazy("Quiet from"), coerce=int)
    quiet_until = forms.TypedChoiceField(label=_lazy("Quiet until"), coerce=int)
    is_mail_quiet = forms.BooleanField(label=_lazy("No mail in quiet hours either, if it has time"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hours = [_hour(hour) for hour in range(24)]
        self.fields["daily_at"].choices = [(AT_ONCE, _("No: tell me at once")), *hours]  # type: ignore[attr-defined]
        for name in ("quiet_from", "quiet_until"):
            self.fields[name].choices = hours  # type: ignore[attr-defined]


class NumberForm(forms.Form):
    number = forms.CharField(
        label=_lazy("Mobile number"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"})
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_lazy("Code from the SMS"), max_length=10, widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})
    )


def settings_page(request: HttpRequest) -> HttpResponse:
    form = HoursForm(request.POST) if request.POST.get("then") == "hours" else None
    if request.method == "POST":
        if form is None:
            choose(by=actor_of(request), wanted=_wanted(request))
        elif form.is_valid():
            set_hours(by=actor_of(request), **form.cleaned_data)
        if form is None or not form.errors:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("notice-settings"))
    return _page(request, hours=form)


def _wanted(request: HttpRequest) -> dict[tuple[str, str], bool]:
    offered = [choice for _audience, choices in _offers(person_of(request)) for choice in choices]
    ways = [(choice.kind.code, way) for choice in offered for way, now in ((Channel.MAIL, choice.mail), (Channel.SMS, choice.sms)) if now is not None]
    return {(code, str(way)): f"{way}:{code}" in request.POST for code, way in ways}


def number(request: HttpRequest) -> HttpResponse:
    """Give a number, confirm it, or take it out."""
    by, then = actor_of(request), request.POST.get("then", "")
    form: forms.Form = CodeForm(request.POST) if then == "confirm" else NumberForm(request.POST)
    if then == "drop":
        drop_number(by=by)
        messages.success(request, _("No more SMS."))
        return HttpResponseRedirect(reverse("notice-settings"))
    if form.is_valid():
        try:
            if then == "confirm":
                confirm_number(by=by, code=form.cleaned_data["code"])
                messages.success(request, _("Your number is confirmed. Now tick what may come by SMS."))
            else:
                give_number(by=by, number=form.cleaned_data["number"], country="CN")
                messages.success(request, _("The code is on its way."))
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return HttpResponseRedirect(reverse("notice-settings") + "#sms")
    return _page(request, **{"code" if then == "confirm" else "given": form})


def works(request: HttpRequest) -> HttpResponse:
    address_works(by=actor_of(request))
    messages.success(request, _("Mail is sent to you again."))
    return HttpResponseRedirect(reverse("my-notices"))


def _offers(person: User) -> list[tuple[Audience, list[Choice]]]:
    """Kinds that this person can be told and may choose about."""
    places = set(Membership.objects.filter(user=person, is_active=True).values_list("merchant_id", flat=True))
    audiences = [Audience.BUYER, *([Audience.SHOP] if places - {None} else []), *([Audience.MARKET] if None in places else [])]
    chosen = {(kind, channel): on for kind, channel, on in NoticeChoice.objects.filter(person=person).values_list("kind", "channel", "is_wanted")}
    has_number = sms.is_on() and SmsNumber.objects.filter(person=person, confirmed_at__isnull=False).exists()

    def choice(kind: Kind) -> Choice:
        by_mail = chosen.get((kind.code, Channel.MAIL), by_itself(kind, Channel.MAIL)) if kind.may_refuse_mail else None
        by_sms = chosen.get((kind.code, Channel.SMS), by_itself(kind, Channel.SMS)) if kind.sms and kind.code != "phone_code" and has_number else None
        return Choice(kind, by_mail, by_sms)

    found = [(audience, [choice(kind) for kind in ALL.values() if kind.audience is audience]) for audience in audiences]
    return [(audience, [each for each in choices if each.mail is not None or each.sms is not None]) for audience, choices in found]


def _page(request: HttpRequest, hours: forms.Form | None = None, given: forms.Form | None = None, code: forms.Form | None = None) -> HttpResponse:
    person = person_of(request)
    offers = _offers(person)
    now = hours_of(person)
    mine = SmsNumber.objects.filter(person=person).first()
    context = {
        "section": "notices",
        "offers": [(audience.label, choices) for audience, choices in offers if choices],
        "locked": [
            kind.label for kind in ALL.values() if not kind.may_refuse_mail and kind.audience in {audience for audience, _c in offers} and not kind.is_secret
        ],
        "hours": hours
        or HoursForm(
            initial={
                "daily_at": AT_ONCE if now.daily_at is None else now.daily_at,
                "quiet_from": now.quiet_from,
                "quiet_until": now.quiet_until,
                "is_mail_quiet": now.is_mail_quiet,
            }
        ),
        "has_sms": sms.is_on(),
        "has_choice_of_sms": any(each.sms is not None for _audience, choices in offers for each in choices),
        "mine": mine,
        "given": given or NumberForm(),
        "code": code or CodeForm(),
        "zone": str(now.zone),
        "dead": dead_address_of(person),
    }
    is_wrong = any(form is not None and form.errors for form in (hours, given, code))
    return render(request, "account/notice_settings.html", context, status=422 if is_wrong else 200)


# ── The link at the foot of a letter ─────────────────────────────────────────────────────────────────────────────────


@csrf_exempt  # mail programs post here without having been here; whoever holds the link may
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """A question, and its answer. Raises NoticeUnknown."""
    known = read_token(token)
    kind = ALL.get(known[1]) if known else None
    person = User.objects.filter(pk=known[0], is_active=True).first() if known else None
    if person is None or kind is None or not kind.may_refuse_mail:
        raise NoticeUnknown
    if request.method == "POST":
        refuse_kind(by=holder_of_link(request, person), person_id=person.pk, kind=kind.code)
    return render(request, "account/notice_refused.html", {"kind": kind, "is_done": request.method == "POST"})
