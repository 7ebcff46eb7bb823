"""A question back: the shop asks the buyer about the wishes of a line before it makes it."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from marketplace.flows.custom_lines import ask_buyer
from marketplace.kernel.errors import MarketError
from marketplace.kernel.ids import new_id
from marketplace.merchant.customising.errors import CustomLineUnknown
from marketplace.merchant.customising.models import CustomLine
from marketplace.merchant.customising.queries import asked_in_order
from marketplace.merchant.customising.questions import LONGEST, STANDS_STILL
from tenants.access.actors import actor_of


class QuestionForm(forms.Form):
    """The hidden key makes the same form sent twice one question."""

    question_id = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_lazy("Your question"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_lazy("The buyer gets it by letter and answers on the page of the order."),
        error_messages={"required": _lazy("Write what you want to know.")},
    )


def ask(request: HttpRequest, custom_id: UUID) -> HttpResponse:
    """The wishes, what was asked before, and a question."""
    row = CustomLine.objects.filter(pk=custom_id, line__order__paid_at__isnull=False).select_related("line__order").prefetch_related(asked_in_order()).first()
    if row is None:
        raise CustomLineUnknown
    form = QuestionForm(request.POST or None, initial={"question_id": new_id()})
    if request.method == "POST" and form.is_valid():
        try:
            order = ask_buyer(by=actor_of(request), key=custom_id, **form.cleaned_data)
        except MarketError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The buyer is asked. The answer will stand beside the wishes."))
            return HttpResponseRedirect(reverse("order", args=[order.number]) + "#ship")
    context = {"title": _("Ask the buyer"), "row": row, "line": row.line, "order": row.line.order, "form": form, "days": STANDS_STILL.days}
    return render(request, "seller/wish_question.html", context, status=422 if form.errors else 200)
