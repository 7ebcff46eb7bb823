"""What the market's notices say: every kind, its words in each language with a preview, and when buyers are reminded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import override, pgettext_lazy

from marketplace.kernel.errors import MarketError
from marketplace.platform.notices.errors import NoticeUnknown
from marketplace.platform.notices.examples import examples
from marketplace.platform.notices.kinds import ALL, Audience, Kind
from marketplace.platform.notices.messages import Message, said
from marketplace.platform.notices.models import Wording
from marketplace.platform.notices.queries import reminders
from marketplace.platform.notices.wording import LIMITS, put_words, reset_words, set_reminders
from marketplace.platform.notices.words import Words, check_words, newest, our_words, paragraphs, with_market, words_of
from tenants.access.actors import actor_of
from tenants.tenancy.hosts import market_url

HISTORY = 10
LANGUAGE_NAMES = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}


class RemindersForm(forms.Form):
    pay_percent = forms.IntegerField(
        label=_lazy("Remind of paying after so many percent of the time to pay"), min_value=0, max_value=95, help_text=_lazy("0: never")
    )
    receipt_days = forms.IntegerField(
        label=_lazy("Ask for receipt so many days before an order counts as received"), min_value=0, max_value=30, help_text=_lazy("0: never")
    )


class WordsForm(forms.Form):
    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    subject = forms.CharField(label=_lazy("Subject, and title of the notice"), max_length=LIMITS["subject"])
    body = forms.CharField(
        label=pgettext_lazy("notice", "Text"),
        max_length=LIMITS["body"],
        widget=forms.Textarea({"rows": 8}),
        help_text=_lazy("An empty line begins a new paragraph. A paragraph whose place is empty is left out."),
    )
    button = forms.CharField(label=_lazy("What the button says"), max_length=LIMITS["button"])
    sms = forms.CharField(label=_lazy("SMS"), max_length=LIMITS["sms"], widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("button", "sms"):
            if not getattr(kind, name):
                del self.fields[name]


def notice_words(request: HttpRequest) -> HttpResponse:
    return _all(request, RemindersForm(initial={name: getattr(reminders(), name) for name in RemindersForm.base_fields}))


def _all(request: HttpRequest, form: RemindersForm) -> HttpResponse:
    changed: dict[str, list[str]] = {}
    for row in Wording.objects.order_by("kind", "language", "-version").distinct("kind", "language"):
        if not row.is_built_in:
            changed.setdefault(row.kind, []).append(LANGUAGE_NAMES.get(row.language, row.language))
    groups = [
        (audience.label, [(kind, our_words(kind).subject, changed.get(kind.code, [])) for kind in ALL.values() if kind.audience is audience])
        for audience in Audience
    ]
    context = {"title": _("Words of notices"), "groups": groups, "form": form}
    return render(request, "operator/notice_words.html", context, status=422 if form.errors else 200)


def reminders_set(request: HttpRequest) -> HttpResponse:
    form = RemindersForm(request.POST)
    if form.is_valid():
        try:
            set_reminders(by=actor_of(request), **form.cleaned_data)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Saved. It holds for orders from now on."))
            return HttpResponseRedirect(reverse("notice-words"))
    return _all(request, form)


def notice_word(request: HttpRequest, kind: str) -> HttpResponse:
    """Words of one kind in one language. `then`: preview shows what was typed and keeps nothing, reset goes back to ours, else it is kept."""
    known = ALL.get(kind)
    if known is None:
        raise NoticeUnknown
    codes = list(request.market.languages)  # type: ignore[attr-defined]
    asked = request.GET.get("language", "")
    language = asked if asked in codes else str(request.LANGUAGE_CODE) if request.LANGUAGE_CODE in codes else codes[0]  # type: ignore[attr-defined]
    form = WordsForm(request.POST or None, kind=known)
    if request.method != "POST":
        return _one(request, known, language, _as_they_are(known, language))
    if request.POST.get("then") == "reset" and form.fields["seen_version"].clean(request.POST.get("seen_version", "")) is not None:
        return _kept(request, known, language, form)
    if form.is_valid():
        try:
            if request.POST.get("then") != "preview":
                return _kept(request, known, language, form)
            with override(language):
                check_words(known, **_texts(form))
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return _one(request, known, language, form)


def _texts(form: WordsForm) -> dict[str, str]:
    return {name: form.cleaned_data.get(name, "") for name in LIMITS}


def _kept(request: HttpRequest, kind: Kind, language: str, form: WordsForm) -> HttpResponse:
    """Raises what the verbs raise."""
    by = actor_of(request)
    if request.POST.get("then") == "reset":
        reset_words(by=by, kind=kind.code, language=language, seen_version=int(request.POST["seen_version"]))
        messages.success(request, _("Our words are in force again. Yours stand in the history."))
    else:
        put_words(by=by, kind=kind.code, language=language, seen_version=form.cleaned_data["seen_version"], **_texts(form))
        messages.success(request, _("Saved. It holds from the next notice on."))
    return HttpResponseRedirect(f"{reverse('notice-word', args=[kind.code])}?{urlencode({'language': language})}")


def _as_they_are(kind: Kind, language: str) -> WordsForm:
    row = newest(kind.code, language)
    with override(language):
        words = words_of(kind)
    initial = {"subject": words.subject, "body": words.body_text, "button": words.button, "sms": words.sms, "seen_version": row.version if row else 0}
    return WordsForm(initial=initial, kind=kind)


def _one(request: HttpRequest, kind: Kind, language: str, form: WordsForm) -> HttpResponse:
    row = newest(kind.code, language)
    with override(language):
        ours = our_words(kind)
        typed = {name: str(form[name].value() or "") if name in form.fields else "" for name in LIMITS}
        shown = Words(typed["subject"], paragraphs(typed["body"]), typed["button"], typed["sms"], ours.closing)
        facts = examples(kind)
        preview: Message = said(kind.code, shown, facts, link=market_url("/…"))
        known = sorted(with_market(facts).items())
    in_sms = [("{link}", _("in the SMS alone: where it leads"), True)] if kind.sms and "link" in kind.sms_needed else []
    context = {
        "title": kind.label,
        "kind": kind,
        "form": form,
        "language": language,
        "languages": [(code, LANGUAGE_NAMES.get(code, code)) for code in request.market.languages],  # type: ignore[attr-defined]
        "preview": preview,
        "places": [*((f"{{{name}}}", value, name in kind.needed) for name, value in known), *in_sms],
        "is_ours": row is None or row.is_built_in,
        "version": row.version if row else 0,
        "history": Wording.objects.filter(kind=kind.code, language=language).order_by("-version")[:HISTORY],
    }
    return render(request, "operator/notice_word.html", context, status=422 if form.errors else 200)
