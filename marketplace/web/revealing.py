"""Something secret on a page: masked, with a form that asks why and, when some minutes have passed, for the password again.

The answer to that form shows it, once: nothing keeps it, and the next answer is masked again. Who looked and why is written down by the verb
that gives it out (see payments.actions.show_account_number), where its owner reads it: `last_looks`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _lazy

from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import MarketError
from marketplace.kernel.models import AuditEvent
from tenants.access.actors import actor_of
from tenants.accounts.proving import ProofMissing, is_proved, prove

LOOKS_SHOWN = 5


class ProofForm(forms.Form):
    """A form that needs the password again when some minutes have passed since it was last given."""

    password = forms.CharField(
        label=_lazy("Your password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_lazy("Asked again, so that nobody who finds your screen open can do this."),
        error_messages={"required": ProofMissing.message},
    )

    def __init__(self, request: HttpRequest, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.request = request
        if is_proved(request):
            del self.fields["password"]

    def clean(self) -> dict[str, object]:
        """The password comes last: a wrong form does not use up a try."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                prove(self.request, str(cleaned.pop("password", "")))
            except MarketError as refusal:
                self.add_error("password", str(refusal))
        return cleaned


class RevealForm(ProofForm):
    why = forms.CharField(label=_lazy("Why do you need it? It is kept in the log"), max_length=300)
    field_order = ("why", "password")


@dataclass
class Masked:
    """What a page shows of a secret. `plain` is there in one answer only."""

    masked: str
    action: str  # where the form goes
    may_show: bool
    form: RevealForm | None = None
    plain: str = ""
    looks: list[AuditEvent] = field(default_factory=list)

    @property
    def grouped(self) -> str:
        """In fours, as it stands on cards and statements."""
        return " ".join(self.plain[n : n + 4] for n in range(0, len(self.plain), 4))


def masked(request: HttpRequest, text: str, *, action: str, may_show: bool, looks: list[AuditEvent] | None = None) -> Masked:
    return Masked(text, action, may_show, RevealForm(request, auto_id="show_%s") if may_show else None, looks=looks or [])


def reveal(request: HttpRequest, shown: Masked, look: Callable[[Actor, str], str], page: Callable[[int], HttpResponse]) -> HttpResponse:
    """Answer the form: `look` writes down who and why and gives the secret; `page` renders, with a status. Nobody keeps the answer."""
    form = shown.form = RevealForm(request, request.POST, auto_id="show_%s")
    status = 422
    if form.is_valid():
        try:
            shown.plain = look(actor_of(request), str(form.cleaned_data["why"]))
            status, shown.form = 200, None
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            status = refusal.status
    response = page(status)
    response.headers["Cache-Control"] = "no-store, private"
    return response


def last_looks(subject: str, subject_id: UUID | str, action: str) -> list[AuditEvent]:
    """Who looked lately, the last first."""
    found = AuditEvent.objects.filter(subject_type=subject, subject_id=str(subject_id), action=action)
    return list(found.order_by("-at", "-pk")[:LOOKS_SHOWN])
